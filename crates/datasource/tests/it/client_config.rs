//! Every HTTP setting of Grafana's configuration page reaches the client.

use std::collections::BTreeMap;
use std::time::Duration;

use datasource::client_config;
use grafana_plugin::{DatasourceSettings, GrafanaConfig};
use pyroscope_client::ClientConfig;
use serde_json::{Value, json};
use upstream_http::{Authentication, ProxyConfig};

fn settings(json_data: &Value, secrets: &[(&str, &str)]) -> DatasourceSettings {
    let secrets: BTreeMap<String, String> =
        secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    DatasourceSettings {
        uid: "uid-1".to_owned(),
        url: " http://localhost:4040 ".to_owned(),
        json_data: json_data.to_string().into(),
        secrets: secrets.into(),
        ..DatasourceSettings::default()
    }
}

fn config(json_data: &Value, secrets: &[(&str, &str)]) -> ClientConfig {
    client_config(&settings(json_data, secrets), &GrafanaConfig::default()).unwrap()
}

fn refusal(json_data: &Value, secrets: &[(&str, &str)]) -> String {
    client_config(&settings(json_data, secrets), &GrafanaConfig::default()).unwrap_err().to_string()
}

#[test]
fn basic_auth_as_grafana_cloud_uses_it() {
    let mut cloud = settings(&json!({}), &[("basicAuthPassword", "glc_token")]);
    cloud.basic_auth_user = Some("123456".to_owned());
    let config = client_config(&cloud, &GrafanaConfig::default()).unwrap();
    let Authentication::Basic { user, password } = config.http.authentication else {
        panic!("not basic")
    };
    assert_eq!((user.as_str(), password.expose()), ("123456", "glc_token"));
    assert_eq!(config.http.url, "http://localhost:4040");
}

#[test]
fn a_bearer_token_and_a_tenant() {
    let config = config(&json!({"tenant": "team-a"}), &[("bearerToken", "t0ken")]);
    assert!(
        matches!(config.http.authentication, Authentication::Bearer { token } if token.expose() == "t0ken")
    );
    assert_eq!(config.http.tenant.as_deref(), Some("team-a"));
}

#[test]
fn custom_headers_take_their_values_from_the_secrets() {
    let json = json!({"httpHeaderName1": "X-Scope-OrgID", "httpHeaderName2": "X-Two"});
    let config = config(&json, &[("httpHeaderValue1", "a|b"), ("httpHeaderValue2", "2")]);
    let headers: Vec<(&str, &str)> =
        config.http.headers.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
    assert_eq!(headers, [("X-Scope-OrgID", "a|b"), ("X-Two", "2")]);
}

#[test]
fn timeouts_and_connections_are_numbers_or_texts() {
    let config = config(
        &json!({
            "timeout": "7", "dialTimeout": 3, "httpKeepAlive": "11", "httpTLSHandshakeTimeout": 4,
            "httpExpectContinueTimeout": "2", "httpIdleConnTimeout": 33, "httpMaxConnsPerHost": "5",
            "httpMaxIdleConns": 6, "httpMaxIdleConnsPerHost": 2, "maxResponseBytes": 1000,
        }),
        &[],
    );
    let secs = Duration::from_secs;
    assert_eq!(config.http.timeouts.request, Some(secs(7)));
    assert_eq!(config.http.timeouts.dial, Some(secs(3)));
    assert_eq!(config.http.timeouts.keep_alive, Some(secs(11)));
    assert_eq!(config.http.timeouts.tls_handshake, Some(secs(4)));
    assert_eq!(config.http.timeouts.expect_continue, Some(secs(2)));
    assert_eq!(config.http.timeouts.idle_connection, Some(secs(33)));
    assert_eq!(config.http.connections.max_per_host, Some(5));
    assert_eq!(config.http.connections.max_idle, Some(6));
    assert_eq!(config.http.connections.max_idle_per_host, Some(2));
    assert_eq!(config.http.max_response_bytes, 1000);
}

#[test]
fn tls_options_take_certificates_from_the_secrets() {
    let json = json!({"tlsAuth": true, "tlsAuthWithCACert": true, "tlsSkipVerify": true, "serverName": "p.internal"});
    let secrets = [("tlsCACert", "CA"), ("tlsClientCert", "CERT"), ("tlsClientKey", "KEY")];
    let config = config(&json, &secrets);
    assert_eq!(config.http.tls.ca_certificates_pem.as_deref(), Some("CA"));
    let client = config.http.tls.client_certificate.unwrap();
    assert_eq!((client.chain_pem.as_str(), client.key_pem.expose()), ("CERT", "KEY"));
    assert!(!config.http.tls.verify_server);
    assert_eq!(config.http.tls.server_name.as_deref(), Some("p.internal"));
    assert_eq!(
        refusal(&json!({"tlsAuth": true}), &[]),
        "tlsAuth is switched on in the datasource's settings, but tlsClientCert is empty"
    );
}

#[test]
fn identity_and_cookies_are_forwarded_when_asked_for() {
    let config = config(&json!({"oauthPassThru": true, "keepCookies": ["session"]}), &[]);
    assert!(config.http.forwarding.oauth_identity);
    assert_eq!(config.http.forwarding.cookies, ["session"]);
}

#[test]
fn what_is_not_supported_is_refused_with_a_sentence() {
    let signing = settings(&json!({"sigV4Auth": true}), &[]);
    let config = client_config(&signing, &GrafanaConfig::default()).unwrap();
    let refusal_of_client =
        pyroscope_client::PyroscopeClient::new(&config).unwrap_err().to_string();
    assert!(
        refusal_of_client.to_lowercase().contains("sigv4") || refusal_of_client.contains("AWS"),
        "{refusal_of_client}"
    );
    assert!(
        refusal(&json!({"enableSecureSocksProxy": true}), &[]).contains("but not in Grafana's own")
    );
    assert!(refusal(&json!({"pyroscopeVersion": "newest"}), &[]).contains("\"newest\""));
    let no_url = DatasourceSettings::default();
    let text = client_config(&no_url, &GrafanaConfig::default()).unwrap_err().to_string();
    assert!(text.contains("has no Pyroscope server"), "{text}");
}

#[test]
fn the_secure_socks_proxy_is_grafanas() {
    let grafana = BTreeMap::from(
        [
            ("GF_SECURE_SOCKS_DATASOURCE_PROXY_SERVER_ENABLED", "true"),
            ("GF_SECURE_SOCKS_DATASOURCE_PROXY_PROXY_ADDRESS", "proxy:9999"),
            ("GF_SECURE_SOCKS_DATASOURCE_PROXY_SERVER_NAME", "proxy.internal"),
            ("GF_SECURE_SOCKS_DATASOURCE_PROXY_CLIENT_CERT_VAL", "CERT"),
            ("GF_SECURE_SOCKS_DATASOURCE_PROXY_CLIENT_KEY_VAL", "KEY"),
            ("GF_SECURE_SOCKS_DATASOURCE_PROXY_ROOT_CA_CERT_VALS", "CA"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let json = json!({"enableSecureSocksProxy": true});
    let config = client_config(&settings(&json, &[]), &grafana.into()).unwrap();
    let ProxyConfig::SecureSocks(proxy) = config.http.proxy else { panic!("no proxy") };
    assert_eq!((proxy.address.as_str(), proxy.user.as_str()), ("proxy:9999", "uid-1"));
    let tls = proxy.tls.unwrap();
    assert_eq!(tls.server_name.as_deref(), Some("proxy.internal"));
    assert_eq!(tls.client_certificate.chain_pem, "CERT");
}
