//! Certificates: which are trusted, which is shown, and what was wrong with them.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::config::{ClientCertificate, TlsConfig};
use crate::config_error::ConfigError;
use crate::proxy::SecureSocksTls;

/// How to speak TLS with one peer.
#[derive(Debug, Clone)]
pub(crate) struct TlsPeer {
    /// Keys, certificates and protocols.
    pub(crate) config: Arc<rustls::ClientConfig>,
    /// The name to ask for instead of the host in the address.
    pub(crate) server_name: Option<ServerName<'static>>,
}

impl TlsPeer {
    /// The server itself; speaks HTTP/2 where the server does.
    pub(crate) fn server(config: &TlsConfig) -> Result<Self, ConfigError> {
        let mut tls = client_config(
            config.ca_certificates_pem.as_deref(),
            config.client_certificate.as_ref(),
            config.verify_server,
        )?;
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let server_name = config.server_name.as_deref().map(server_name).transpose()?;
        Ok(Self { config: Arc::new(tls), server_name })
    }

    /// A proxy whose address begins with `https`.
    pub(crate) fn proxy() -> Result<Self, ConfigError> {
        Ok(Self { config: Arc::new(client_config(None, None, true)?), server_name: None })
    }

    /// Grafana's Secure SOCKS proxy.
    pub(crate) fn secure_socks(config: &SecureSocksTls) -> Result<Self, ConfigError> {
        let ca_pem = config.ca_certificates_pem.as_deref();
        let tls = client_config(ca_pem, Some(&config.client_certificate), true)?;
        let server_name = config.server_name.as_deref().map(server_name).transpose()?;
        Ok(Self { config: Arc::new(tls), server_name })
    }

    /// The name to ask a peer at `host` for.
    pub(crate) fn name_for(&self, host: &str) -> Result<ServerName<'static>, ConfigError> {
        match &self.server_name {
            Some(name) => Ok(name.clone()),
            None => server_name(host),
        }
    }
}

fn server_name(name: &str) -> Result<ServerName<'static>, ConfigError> {
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    ServerName::try_from(bare.to_owned())
        .map_err(|_| ConfigError::ServerName { name: name.to_owned() })
}

fn client_config(
    ca_pem: Option<&str>,
    client_certificate: Option<&ClientCertificate>,
    verify_server: bool,
) -> Result<rustls::ClientConfig, ConfigError> {
    let provider = Arc::new(ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|problem| ConfigError::SystemCertificates { problem: problem.to_string() })?;
    let verifier: Arc<dyn ServerCertVerifier> =
        if verify_server {
            match ca_pem {
                Some(pem) => trust_only(pem, provider)?,
                None => Arc::new(rustls_platform_verifier::Verifier::new(provider).map_err(
                    |problem| ConfigError::SystemCertificates { problem: problem.to_string() },
                )?),
            }
        } else {
            Arc::new(TrustAnything(provider))
        };
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
    let Some(ClientCertificate { chain_pem, key_pem }) = client_certificate else {
        return Ok(builder.with_no_client_auth());
    };
    let refuse = |problem: String| ConfigError::ClientCertificate { problem };
    let chain = certificates(chain_pem).map_err(refuse)?;
    // The parser's own error may quote the text, so it stays here.
    let key = PrivateKeyDer::from_pem_slice(key_pem.expose().as_bytes())
        .map_err(|_| refuse("the key is not an unencrypted private key in PEM form".to_owned()))?;
    builder.with_client_auth_cert(chain, key).map_err(|problem| refuse(problem.to_string()))
}

fn trust_only(
    pem: &str,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, ConfigError> {
    let refuse = |problem: String| ConfigError::CaCertificates { problem };
    let mut roots = RootCertStore::empty();
    for certificate in certificates(pem).map_err(refuse)? {
        roots.add(certificate).map_err(|problem| refuse(problem.to_string()))?;
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
    Ok(verifier.map_err(|problem| refuse(problem.to_string()))?)
}

/// All certificates of a PEM text; at least one.
fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| "the text is not PEM".to_owned())?;
    if certificates.is_empty() {
        return Err("the text holds no certificate, expected -----BEGIN CERTIFICATE-----".into());
    }
    Ok(certificates)
}

/// What was wrong with a handshake, in words.
pub(crate) fn handshake_problem(error: &rustls::Error) -> String {
    use rustls::Error;
    match error {
        Error::InvalidCertificate(problem) => certificate_problem(problem),
        Error::AlertReceived(rustls::AlertDescription::CertificateRequired) => {
            "the server wants a client certificate".to_owned()
        }
        Error::AlertReceived(alert) => format!("the server refused the handshake: {alert:?}"),
        Error::InvalidMessage(_) => "what answers does not speak TLS".to_owned(),
        other => other.to_string(),
    }
}

fn certificate_problem(error: &CertificateError) -> String {
    let problem = match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet"
        }
        CertificateError::Revoked => "it was revoked",
        CertificateError::UnknownIssuer => "nobody trusted has signed it (unknown issuer)",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            return format!("the server's certificate is refused: {error}");
        }
        other => return format!("the server's certificate is refused: {other}"),
    };
    format!("the server's certificate is refused: {problem}")
}

/// Accepts every certificate, for servers whose certificate must not be verified.
/// Signatures are still checked, so that at least the peer has the key of what it shows.
#[derive(Debug)]
struct TrustAnything(Arc<CryptoProvider>);

impl ServerCertVerifier for TrustAnything {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
