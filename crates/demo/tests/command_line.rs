//! What the program says of itself and of a call it does not understand.

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fireline-demo")).args(arguments).output().expect("it starts")
}

#[test]
fn help_names_every_option() {
    let help = String::from_utf8(run(&["--help"]).stdout).expect("help is text");
    let options = ["--server", "--service", "--seconds", "--zipkin", "--loki", "--scrape-targets"];
    for option in options.into_iter().chain(["--scrape-host"]) {
        assert!(help.contains(option), "{help}");
    }
}

#[test]
fn what_is_not_understood_is_named() {
    for (arguments, named) in [
        (&["--sever", "x"][..], "--sever"),
        (&["--service", "kitchen"][..], "kitchen"),
        (&["--seconds", "soon"][..], "--seconds"),
        (&["--service", "checkout", "--zipkin", "localhost"][..], "--zipkin"),
        (&["--service", "checkout", "--loki", "localhost"][..], "--loki"),
    ] {
        let output = run(arguments);
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(named), "{said}");
    }
}
