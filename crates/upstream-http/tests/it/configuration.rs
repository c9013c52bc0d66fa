//! Configurations with which no client is built, and what is said of them.

use upstream_http::{
    Authentication, ClientCertificate, ConfigError, HttpConfig, ProxyConfig, SecureSocksProxy,
    Transport,
};

fn problem(configure: impl FnOnce(&mut HttpConfig)) -> ConfigError {
    let mut config = HttpConfig::new("https://server:4040");
    config.proxy = ProxyConfig::Direct;
    configure(&mut config);
    Transport::new(&config).expect_err("an unusable configuration")
}

#[test]
fn addresses_must_be_for_http() {
    let url = |url: &str| problem(|config| config.url = url.to_owned()).to_string();
    assert_eq!(url(" "), "the server's URL is empty, expected for instance \"http://server:4040\"");
    assert!(url("ftp://host").contains("only http and https"));
    assert!(url("host:4040").contains("http"), "{}", url("host:4040"));
    assert!(url("http://host/?x=1").contains("query"));
    assert!(url("http://").contains("\"http://\" cannot be used"));
}

#[test]
fn a_password_in_the_address_is_not_repeated() {
    let error = problem(|config| config.url = "ftp://me:hunter2@host/x".to_owned());
    assert_eq!(
        error.to_string(),
        "the server's URL \"ftp://host/x\" cannot be used: only http and https can be spoken"
    );
}

#[test]
fn what_is_not_done_is_refused() {
    let error = problem(|config| config.aws_signing = true);
    assert_eq!(error, ConfigError::AwsSigning);
    let error = problem(|config| config.proxy = ProxyConfig::Url("ftp://proxy:21".into()));
    assert_eq!(error, ConfigError::ProxyScheme { scheme: "ftp".to_owned() });
    let proxy = SecureSocksProxy {
        address: "proxy".to_owned(),
        user: String::new(),
        password: "".into(),
        tls: None,
    };
    let error = problem(|config| config.proxy = ProxyConfig::SecureSocks(proxy));
    assert_eq!(error, ConfigError::SecureSocksAddress { address: "proxy".to_owned() });
}

#[test]
fn headers_and_tenants_must_fit_into_a_request() {
    let header = |name: &str, value: &str| {
        let header = (name.to_owned(), value.into());
        problem(|config| config.headers = vec![header])
    };
    assert_eq!(header("X Y", "1"), ConfigError::HeaderName { name: "X Y".to_owned() });
    let error = header("X-Y", "secret\nvalue");
    assert_eq!(error, ConfigError::HeaderValue { name: "X-Y".to_owned() });
    assert!(!error.to_string().contains("secret"));
    for tenant in ["a/b", "a||b", "|", "x y"] {
        let error = problem(|config| config.tenant = Some(tenant.to_owned()));
        assert_eq!(error, ConfigError::Tenant { tenant: tenant.to_owned() });
    }
}

#[test]
fn certificates_must_be_readable() {
    let ca = |pem: &str| {
        let pem = pem.to_owned();
        problem(|config| config.tls.ca_certificates_pem = Some(pem)).to_string()
    };
    assert!(ca("").contains("no certificate"), "{}", ca(""));
    let error = problem(|config| {
        config.tls.client_certificate = Some(ClientCertificate {
            chain_pem: String::new(),
            key_pem: "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n".into(),
        });
    });
    assert!(matches!(error, ConfigError::ClientCertificate { .. }), "{error}");
    assert!(!error.to_string().contains("c2VjcmV0"));
    let error = problem(|config| config.tls.server_name = Some("not a name".to_owned()));
    assert_eq!(error, ConfigError::ServerName { name: "not a name".to_owned() });
}

#[test]
fn limits_of_nothing_are_refused() {
    let error = problem(|config| config.max_response_bytes = 0);
    assert_eq!(error, ConfigError::ZeroLimit { limit: "the longest answer" });
    let error = problem(|config| config.connections.max_per_host = Some(0));
    assert_eq!(error, ConfigError::ZeroLimit { limit: "the number of connections" });
}

#[test]
fn secrets_do_not_show_when_a_configuration_is_printed() {
    let mut config = HttpConfig::new("http://ann:hunter1@server:4040");
    config.authentication =
        Authentication::Basic { user: "me".to_owned(), password: "hunter2".into() };
    config.headers = vec![("X-Token".to_owned(), "hunter3".into())];
    let transport = Transport::new(&config).unwrap();
    let printed = format!("{config:?} {transport:?}");
    assert!(printed.contains("http://server:4040"), "{printed}");
    assert!(!printed.contains("hunter"), "{printed}");
}
