//! Programs that end when this one does, however it ends.

use std::ffi::OsStr;
use std::process::Command;

use crate::ground;

/// A command for a program that Linux ends (`SIGTERM`) when the thread that started it is gone: a command
/// that is killed cleans up nothing itself. Elsewhere it is the program as it is.
pub(crate) fn tied(program: impl AsRef<OsStr>) -> Command {
    let setpriv = cfg!(target_os = "linux").then(|| ground::find_program("setpriv")).flatten();
    let Some(setpriv) = setpriv else { return Command::new(program) };
    let mut command = Command::new(setpriv);
    command.args(["--pdeathsig", "TERM"]).arg(program);
    command
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn a_tied_program_ends_with_the_thread_that_started_it() {
        let started = std::thread::spawn(|| {
            let mut child = tied("sleep").arg("60").spawn().expect("sleep is there");
            // Until it runs: before that, nothing ties it yet.
            let name = format!("/proc/{}/comm", child.id());
            let since = Instant::now();
            while std::fs::read_to_string(&name).is_ok_and(|name| name.trim() != "sleep")
                && since.elapsed() < Duration::from_secs(10)
            {
                std::thread::sleep(Duration::from_millis(10));
            }
            assert!(matches!(child.try_wait(), Ok(None)), "it ended too early");
            child
        });
        let mut child = started.join().expect("it started");
        let since = Instant::now();
        let ended = loop {
            match child.try_wait().expect("its state") {
                Some(status) => break Some(status),
                None if since.elapsed() > Duration::from_secs(10) => break None,
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        let _ = child.kill();
        assert_eq!(ended.and_then(|status| status.signal()), Some(15));
    }
}
