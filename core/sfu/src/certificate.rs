//! The certificate with which the sfu proves in DTLS that it is the one of the answer. One for all legs and all media
//! threads of a process; it lives as long as the process.

use std::{fmt, fmt::Write as _, sync::Arc, time::Duration};

use dimpl::{Config, DtlsCertificate, certificate::generate_self_signed_certificate};
use str0m::crypto::{CryptoProvider, from_feature_flags};

use crate::limits::CONNECT_US;

/// Why there is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// No key.
    #[error("no certificate for DTLS could be made: {0}")]
    NotMade(String),
    /// DTLS would not start with it.
    #[error("DTLS can not be set up: {0}")]
    Dtls(String),
}

/// Certificate, private key, and DTLS set up with them. Cheap to clone.
#[derive(Clone)]
pub struct Certificate(Arc<Inner>);

struct Inner {
    certificate: DtlsCertificate,
    fingerprint: Fingerprint,
    /// Made once: making it tests all of its cryptography, for 3 ms.
    config: Arc<Config>,
    crypto: CryptoProvider,
}

/// The SHA-256 of a certificate, as offers and answers name it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint(pub(crate) [u8; 32]);

impl Certificate {
    /// A fresh one, of the process's own randomness.
    pub fn generate() -> Result<Self, CertificateError> {
        let certificate = generate_self_signed_certificate()
            .map_err(|error| CertificateError::NotMade(error.to_string()))?;
        let config = Config::builder()
            // A ping proved the address before DTLS is heard at all.
            .use_server_cookie(false)
            // A lost flight would otherwise cost a second of silence.
            .flight_start_rto(Duration::from_millis(200))
            .flight_retries(6)
            .handshake_timeout(Duration::from_micros(CONNECT_US))
            .build()
            .map_err(|error| CertificateError::Dtls(error.to_string()))?;
        let crypto = from_feature_flags();
        let fingerprint = Fingerprint(crypto.sha256_provider.sha256(&certificate.certificate));
        Ok(Self(Arc::new(Inner { certificate, fingerprint, config: Arc::new(config), crypto })))
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        self.0.fingerprint
    }

    pub(crate) fn dtls(&self) -> DtlsCertificate {
        self.0.certificate.clone()
    }

    pub(crate) fn config(&self) -> Arc<Config> {
        Arc::clone(&self.0.config)
    }

    pub(crate) fn crypto(&self) -> &CryptoProvider {
        &self.0.crypto
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Certificate").field(&self.0.fingerprint).finish()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_char(':')?;
            }
            write!(f, "{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}
