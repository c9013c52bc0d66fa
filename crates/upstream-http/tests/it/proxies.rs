//! Proxies on the way to the server: forwarding, tunnelling, SOCKS, Secure SOCKS.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::{Arc, Mutex};

use fake_server::{FakeServer, Reply, read_request};
use query::SourceErrorKind;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use upstream_http::{ProxyConfig, SecureSocksProxy, SecureSocksTls};

use crate::asking::{ask, quick_config};
use crate::tls::{Authority, acceptor};

/// A proxy that connects to one address, whatever it is asked for, and remembers what that was.
struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

#[derive(Clone, Copy)]
enum Protocol {
    Connect,
    Socks,
}

impl Proxy {
    async fn start(protocol: Protocol, tls: Option<TlsAcceptor>, target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, tls) = (Arc::clone(&seen), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => relay(stream, protocol, target, &seen).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => relay(stream, protocol, target, &seen).await,
                            Err(_) => None,
                        },
                    }
                });
            }
        });
        Self { address, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn relay(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    protocol: Protocol,
    target: SocketAddr,
    seen: &Mutex<Vec<String>>,
) -> Option<()> {
    let words = match protocol {
        Protocol::Connect => {
            let request = read_request(&mut stream, &mut Vec::new()).await?;
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
            let authorization = request.header("proxy-authorization").unwrap_or("-").to_owned();
            format!("{} {} {authorization}", request.method, request.path)
        }
        Protocol::Socks => socks(&mut stream).await?,
    };
    seen.lock().unwrap().push(words);
    let mut server = TcpStream::connect(target).await.ok()?;
    copy_bidirectional(&mut stream, &mut server).await.ok()?;
    Some(())
}

/// The greeting of SOCKS version 5 (RFC 1928), with user and password (RFC 1929).
async fn socks(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Option<String> {
    let [_, count] = read(stream).await?;
    let mut methods = vec![0; count.into()];
    stream.read_exact(&mut methods).await.ok()?;
    let mut login = "-".to_owned();
    if methods.contains(&2) {
        stream.write_all(&[5, 2]).await.ok()?;
        let [_] = read(stream).await?;
        let user = text(stream).await?;
        let password = text(stream).await?;
        login = format!("{user}:{password}");
        stream.write_all(&[1, 0]).await.ok()?;
    } else {
        stream.write_all(&[5, 0]).await.ok()?;
    }
    let [_, _, _, kind] = read(stream).await?;
    let host = match kind {
        1 => std::net::Ipv4Addr::from(read::<4>(stream).await?).to_string(),
        3 => text(stream).await?,
        _ => return None,
    };
    let port = u16::from_be_bytes(read(stream).await?);
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.ok()?;
    Some(format!("{host}:{port} {login}"))
}

async fn read<const N: usize>(stream: &mut (impl AsyncRead + Unpin)) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).await.ok()?;
    Some(bytes)
}

async fn text(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let [length] = read(stream).await?;
    let mut bytes = vec![0; length.into()];
    stream.read_exact(&mut bytes).await.ok()?;
    String::from_utf8(bytes).ok()
}

#[tokio::test]
async fn a_forwarding_proxy_is_told_the_whole_address() {
    let proxy = FakeServer::start(|_| Reply::proto("")).await;
    let mut config = quick_config("http://server.test:4040/prefix");
    config.proxy = ProxyConfig::Url(format!("http://me:pass@{}", proxy.address).into());
    ask(&config).await.unwrap();
    let request = proxy.requests().pop().unwrap();
    let path = "http://server.test:4040/prefix/Names";
    assert_eq!(request.path, path);
    assert_eq!(request.header("host"), Some("server.test:4040"));
    assert_eq!(request.header("proxy-authorization"), Some("Basic bWU6cGFzcw=="));
}

#[tokio::test]
async fn a_server_with_tls_is_reached_through_a_tunnel() {
    let authority = Authority::new();
    let tls = acceptor(&authority.certificate("server.test"), None);
    let server = FakeServer::start_with(Some(tls), |_| Reply::proto("")).await;
    let proxy = Proxy::start(Protocol::Connect, None, server.address).await;
    let mut config = quick_config("https://server.test");
    config.tls.ca_certificates_pem = Some(authority.pem.clone());
    config.proxy = ProxyConfig::Url(format!("http://me:pass@{}", proxy.address).into());
    ask(&config).await.unwrap();
    assert_eq!(proxy.asked(), ["CONNECT server.test:443 Basic bWU6cGFzcw=="]);
    // The proxy's password is not for the server.
    assert_eq!(server.requests()[0].header("proxy-authorization"), None);
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named() {
    let proxy = FakeServer::start(|_| Reply::answer(407, "text/plain", "who?")).await;
    let mut config = quick_config("https://server.test");
    config.proxy = ProxyConfig::Url(format!("http://me:hunter2@{}", proxy.address).into());
    let error = ask(&config).await.expect_err("the proxy refuses");
    assert_eq!(error.kind, SourceErrorKind::Unavailable);
    let words = format!("the proxy {} did not connect: ", proxy.address);
    assert!(error.message.starts_with(&words), "{error:?}");
    assert!(!error.message.contains("hunter2"), "{error:?}");
}

#[tokio::test]
async fn a_proxy_that_is_down_is_named() {
    let proxy = FakeServer::start(|_| Reply::Close).await;
    let address = proxy.address;
    drop(proxy);
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    for url in ["http://server.test", "https://server.test"] {
        let mut config = quick_config(url);
        config.proxy = ProxyConfig::Url(format!("http://{address}").into());
        let error = ask(&config).await.expect_err("no proxy");
        let words = format!("connecting to {address} failed: connection refused");
        assert_eq!(error.message, words);
    }
}

#[tokio::test]
async fn a_socks_proxy_is_told_name_and_port() {
    let server = FakeServer::start(|_| Reply::proto("")).await;
    let proxy = Proxy::start(Protocol::Socks, None, server.address).await;
    let mut config = quick_config("http://server.test:4040");
    config.proxy = ProxyConfig::Url(format!("socks5h://me:pass@{}", proxy.address).into());
    ask(&config).await.unwrap();
    assert_eq!(proxy.asked(), ["server.test:4040 me:pass"]);
}

#[tokio::test]
async fn the_secure_socks_proxy_wants_a_certificate_and_knows_the_user() {
    let authority = Authority::new();
    let server_tls = acceptor(&authority.certificate("server.test"), None);
    let server = FakeServer::start_with(Some(server_tls), |_| Reply::proto("")).await;
    let proxy_tls = acceptor(&authority.certificate("proxy.internal"), Some(&authority));
    let proxy = Proxy::start(Protocol::Socks, Some(proxy_tls), server.address).await;
    let mut config = quick_config("https://server.test");
    config.tls.ca_certificates_pem = Some(authority.pem.clone());
    let tls = SecureSocksTls {
        server_name: Some("proxy.internal".to_owned()),
        ca_certificates_pem: Some(authority.pem.clone()),
        client_certificate: authority.client_certificate("grafana"),
    };
    let secure_socks = |tls| {
        ProxyConfig::SecureSocks(SecureSocksProxy {
            address: proxy.address.to_string(),
            user: "datasource-uid".to_owned(),
            password: "pass".into(),
            tls,
        })
    };
    config.proxy = secure_socks(Some(tls.clone()));
    ask(&config).await.unwrap();
    assert_eq!(proxy.asked(), ["server.test:443 datasource-uid:pass"]);

    // The certificate of somebody else.
    let client_certificate = Authority::new().client_certificate("grafana");
    config.proxy = secure_socks(Some(SecureSocksTls { client_certificate, ..tls }));
    let error = ask(&config).await.expect_err("the proxy does not know the certificate");
    assert_eq!(error.kind, SourceErrorKind::Unavailable);
    assert_eq!(proxy.asked().len(), 1);
}

/// Environment variables are of the whole process, so this asks a process of its own.
fn ask_with_environment(url: &str, variables: &[(&str, String)]) -> bool {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "proxies::in_a_process_of_its_own", "--quiet"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUEST_METHOD"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command.env("ASK_URL", url);
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    command.output().unwrap().status.success()
}

#[tokio::test]
async fn in_a_process_of_its_own() {
    // Without an address this is not that process, and there is nothing to ask.
    let Ok(url) = std::env::var("ASK_URL") else { return };
    let mut config = quick_config(url);
    config.proxy = ProxyConfig::Environment;
    ask(&config).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_names_the_proxy() {
    let proxy = FakeServer::start(|_| Reply::proto("")).await;
    let named = ("HTTP_PROXY", proxy.url());
    let url = "http://server.test:4040";
    assert!(ask_with_environment(url, std::slice::from_ref(&named)));
    assert_eq!(proxy.requests().len(), 1);
    assert!(proxy.requests()[0].path.starts_with(url));

    // Without proxy, or where it is not to be used, there is no such host.
    assert!(!ask_with_environment(url, &[]));
    assert!(!ask_with_environment(url, &[named.clone(), ("NO_PROXY", "server.test".into())]));
    assert!(!ask_with_environment(url, &[("HTTPS_PROXY", proxy.url())]));
    assert_eq!(proxy.requests().len(), 1);

    // Servers on this machine need no proxy.
    let server = FakeServer::start(|_| Reply::proto("")).await;
    assert!(ask_with_environment(&server.url(), &[named]));
    assert_eq!(server.requests().len(), 1);
    assert_eq!(proxy.requests().len(), 1);
}
