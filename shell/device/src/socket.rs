//! The socket to the desk: WebSocket over TLS, or in clear to this very machine. A desk that signed its certificate itself
//! is known by the digest that came with the link.

use std::sync::Arc;

use chancery_log::id::Digest;
use chancery_wire::limits::TO_CLIENT_BYTES_MAX;
use futures_util::{
    FutureExt as _, SinkExt as _, StreamExt as _,
    stream::{SplitSink, SplitStream},
};
use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::WebSocketConfig},
};

/// Where the desk's socket is on its server.
const PATH: &str = "/desk";

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// Not an address of a desk.
    #[error("{0:?} is not a desk's address: expected https://host or https://host:port")]
    Address(String),
    /// In clear only to this machine.
    #[error("{0} is another machine: a desk is reached in clear (http) on this machine only")]
    InClear(String),
    /// Nobody there.
    #[error("cannot reach the desk at {host}: {source}")]
    Unreachable {
        /// Host and port.
        host: String,
        /// Why.
        source: std::io::Error,
    },
    /// TLS.
    #[error("no secure connection to {host}: {detail}")]
    Tls {
        /// Host and port.
        host: String,
        /// Why.
        detail: String,
    },
    /// WebSocket.
    #[error("{host} does not answer as a desk: {detail}")]
    WebSocket {
        /// Host and port.
        host: String,
        /// Why.
        detail: String,
    },
}

/// A TCP stream, with or without TLS.
trait Stream: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send {}
impl<T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send> Stream for T {}

type Web = WebSocketStream<Box<dyn Stream>>;

/// The sending half.
pub struct Sender(SplitSink<Web, Message>);

/// The receiving half.
pub struct Receiver(SplitStream<Web>);

impl Sender {
    /// Sends one message; false when the connection is gone.
    pub async fn send(&mut self, message: Vec<u8>) -> bool {
        self.0.send(Message::Binary(message.into())).await.is_ok()
    }

    /// Says good-bye.
    pub async fn close(&mut self) -> bool {
        self.0.close().await.is_ok()
    }
}

impl Receiver {
    /// The next message, if it is here already; as [`Self::next`] answers.
    pub fn ready(&mut self) -> Option<Option<Vec<u8>>> {
        self.next().now_or_never()
    }

    /// The next message; none when the connection is gone.
    pub async fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            match self.0.next().await? {
                Ok(Message::Binary(bytes)) => return Some(bytes.into()),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                Ok(Message::Text(_) | Message::Close(_) | Message::Frame(_)) | Err(_) => return None,
            }
        }
    }
}

/// Host and port of a desk's address, as a challenge names them, and whether it is reached over TLS.
pub fn host_of(base: &str) -> Result<(String, bool), SocketError> {
    let wrong = || SocketError::Address(base.chars().take(80).collect());
    let (rest, tls, port) = match (base.strip_prefix("https://"), base.strip_prefix("http://")) {
        (Some(rest), _) => (rest, true, 443),
        (None, Some(rest)) => (rest, false, 80),
        (None, None) => return Err(wrong()),
    };
    let host = rest.trim_end_matches('/').to_ascii_lowercase();
    if host.is_empty() || host.contains(['/', '?', '#', '@']) {
        return Err(wrong());
    }
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    Ok((if has_port { host } else { format!("{host}:{port}") }, tls))
}

/// Connects. `certificate`: SHA-256 of the only certificate that is taken; none: one that this machine trusts.
pub async fn connect(
    base: &str,
    certificate: Option<Digest>,
) -> Result<(Sender, Receiver, String), SocketError> {
    let (host, is_tls) = host_of(base)?;
    let name = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name).to_owned();
    let unreachable = |source| SocketError::Unreachable { host: host.clone(), source };
    let tcp = TcpStream::connect(&host).await.map_err(unreachable)?;
    tcp.set_nodelay(true).map_err(unreachable)?;
    let stream: Box<dyn Stream> = if is_tls {
        let tls = |detail: String| SocketError::Tls { host: host.clone(), detail };
        let server =
            ServerName::try_from(name.trim_matches(['[', ']']).to_owned()).map_err(|e| tls(e.to_string()))?;
        let config = tls_config(certificate).map_err(tls)?;
        let stream = TlsConnector::from(Arc::new(config)).connect(server, tcp).await;
        Box::new(stream.map_err(|e| tls(e.to_string()))?)
    } else {
        if !tcp.peer_addr().map_err(unreachable)?.ip().is_loopback() {
            return Err(SocketError::InClear(host));
        }
        Box::new(tcp)
    };
    let config = WebSocketConfig::default()
        .max_message_size(Some(TO_CLIENT_BYTES_MAX))
        .max_frame_size(Some(TO_CLIENT_BYTES_MAX));
    let scheme = if is_tls { "wss" } else { "ws" };
    let (web, _) =
        tokio_tungstenite::client_async_with_config(format!("{scheme}://{host}{PATH}"), stream, Some(config))
            .await
            .map_err(|e| SocketError::WebSocket { host: host.clone(), detail: e.to_string() })?;
    let (sender, receiver) = web.split();
    Ok((Sender(sender), Receiver(receiver), host))
}

fn tls_config(certificate: Option<Digest>) -> Result<ClientConfig, String> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?;
    match certificate {
        Some(expected) => Ok(builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Pinned { expected, provider }))
            .with_no_client_auth()),
        None => {
            let mut roots = RootCertStore::empty();
            let (added, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if added == 0 {
                return Err(
                    "this machine trusts no certificate authority: use a link that names the certificate"
                        .into(),
                );
            }
            Ok(builder.with_root_certificates(roots).with_no_client_auth())
        }
    }
}

/// Takes one certificate only, by its digest; the handshake's signature is checked as ever.
#[derive(Debug)]
struct Pinned {
    expected: Digest,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if Digest::of(end_entity) == self.expected {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::Error::General("the desk shows another certificate than the link names".into()))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
