//! Certificates: whose are accepted, which is shown, and what is said when one is refused.

use std::sync::Arc;

use fake_server::{FakeServer, Reply};
use query::SourceErrorKind::{InvalidResponse, Unavailable};
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use rustls::server::WebPkiClientVerifier;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use upstream_http::{ClientCertificate, HttpConfig, TlsConfig, Transport};

use crate::asking::{ask, quick_config};

/// A certificate authority of the test's own.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A certificate for a name, and its key, both as PEM.
    pub(crate) fn certificate(&self, name: &str) -> (String, String) {
        self.certificate_until(name, 2096)
    }

    fn certificate_until(&self, name: &str, year: i32) -> (String, String) {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    pub(crate) fn client_certificate(&self, name: &str) -> ClientCertificate {
        let (chain_pem, key_pem) = self.certificate(name);
        ClientCertificate { chain_pem, key_pem: key_pem.into() }
    }
}

/// What accepts connections with a certificate, and wants one of the clients of an authority.
pub(crate) fn acceptor(
    certificate: &(String, String),
    clients_of: Option<&Authority>,
) -> TlsAcceptor {
    TlsAcceptor::from(Arc::new(server_config(certificate, clients_of)))
}

pub(crate) fn server_config(
    (chain_pem, key_pem): &(String, String),
    clients_of: Option<&Authority>,
) -> rustls::ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match clients_of {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap()).unwrap();
            let roots = Arc::new(roots);
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider).build();
            builder.with_client_cert_verifier(verifier.unwrap())
        }
    };
    let chain = vec![CertificateDer::from_pem_slice(chain_pem.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes()).unwrap();
    builder.with_single_cert(chain, key).unwrap()
}

async fn server(acceptor: TlsAcceptor) -> (FakeServer, HttpConfig) {
    let server = FakeServer::start_with(Some(acceptor), |_| Reply::proto("")).await;
    let mut config = quick_config(format!("https://localhost:{}", server.address.port()));
    config.retries.max = 0;
    (server, config)
}

async fn refusal(config: &HttpConfig) -> String {
    let error = ask(config).await.expect_err("no TLS");
    assert_eq!(error.kind, Unavailable, "{error:?}");
    error.message
}

fn trusting(authority: &Authority) -> TlsConfig {
    TlsConfig { ca_certificates_pem: Some(authority.pem.clone()), ..TlsConfig::default() }
}

#[tokio::test]
async fn a_certificate_of_the_given_authority_is_accepted() {
    let authority = Authority::new();
    let (_server, mut config) = server(acceptor(&authority.certificate("localhost"), None)).await;
    config.tls = trusting(&authority);
    ask(&config).await.unwrap();
}

#[tokio::test]
async fn a_certificate_that_nobody_trusted_signed_is_refused() {
    let authority = Authority::new();
    let (server, mut config) = server(acceptor(&authority.certificate("localhost"), None)).await;
    let port = server.address.port();
    let unknown = format!(
        "TLS with localhost:{port} failed: the server's certificate is refused: \
         nobody trusted has signed it (unknown issuer)"
    );
    assert_eq!(refusal(&config).await, unknown);
    // Another authority than the one that signed.
    config.tls = trusting(&Authority::new());
    let message = refusal(&config).await;
    assert!(message.contains("the server's certificate is refused"), "{message}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused_unless_that_name_is_expected() {
    let authority = Authority::new();
    let certificate = authority.certificate("server.internal");
    let (_server, mut config) = server(acceptor(&certificate, None)).await;
    config.tls = trusting(&authority);
    let message = refusal(&config).await;
    assert!(message.contains("not valid for name \"localhost\""), "{message}");
    assert!(message.contains("server.internal"), "{message}");
    config.tls.server_name = Some("server.internal".to_owned());
    ask(&config).await.unwrap();
}

#[tokio::test]
async fn a_certificate_that_has_expired_is_refused() {
    let authority = Authority::new();
    let certificate = authority.certificate_until("localhost", 2021);
    let (_server, mut config) = server(acceptor(&certificate, None)).await;
    config.tls = trusting(&authority);
    let message = refusal(&config).await;
    assert!(message.ends_with("the server's certificate is refused: it has expired"), "{message}");
}

#[tokio::test]
async fn nothing_is_refused_where_nothing_is_verified() {
    let authority = Authority::new();
    let certificate = authority.certificate_until("elsewhere", 2021);
    let (_server, mut config) = server(acceptor(&certificate, None)).await;
    config.tls.verify_server = false;
    ask(&config).await.unwrap();
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_the_server_wants_one() {
    let authority = Authority::new();
    let certificate = authority.certificate("localhost");
    let (_server, mut config) = server(acceptor(&certificate, Some(&authority))).await;
    config.tls = trusting(&authority);
    let message = ask(&config).await.expect_err("no certificate shown").message;
    assert!(message.contains("the server wants a client certificate"), "{message}");
    config.tls.client_certificate = Some(authority.client_certificate("fireline"));
    ask(&config).await.unwrap();
    // The key of another certificate.
    let mut mixed = authority.client_certificate("fireline");
    mixed.key_pem = authority.certificate("fireline").1.into();
    config.tls.client_certificate = Some(mixed);
    Transport::new(&config).expect_err("a key that does not fit");
}

#[tokio::test]
async fn a_server_without_tls_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // As HTTP servers answer what is not HTTP.
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let config = quick_config(format!("https://localhost:{port}"));
    let message = refusal(&config).await;
    let words = "what answers does not speak TLS";
    assert_eq!(message, format!("TLS with localhost:{port} failed: {words}"));
}

#[tokio::test]
async fn a_server_that_speaks_tls_only_is_told() {
    let authority = Authority::new();
    let (server, _) = server(acceptor(&authority.certificate("localhost"), None)).await;
    let mut config = quick_config(format!("http://localhost:{}", server.address.port()));
    config.retries.max = 0;
    let error = ask(&config).await.expect_err("no answer in HTTP");
    assert!(matches!(error.kind, Unavailable | InvalidResponse), "{error:?}");
}
