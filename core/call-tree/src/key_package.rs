//! A key package: what a device asks to be added by. It is used once.

use chancery_seal::leaf_cert::{Admitted, LeafCert, SignedLeafCert};
use openmls::prelude::{KeyPackage, KeyPackageIn, KeyPackageVerifyError, MlsMessageBodyIn, ProtocolVersion};
use openmls_traits::crypto::OpenMlsCrypto;

use crate::{
    leaf::{self, LeafError},
    message::{Kind, MessageError},
    suite::{CallPlace, SUITE},
};

/// A key package whose leaf may be added: signed, of this suite, certified by a device that the log has on the call.
#[derive(Debug, Clone)]
pub struct VerifiedKeyPackage {
    package: KeyPackage,
    signed: SignedLeafCert,
}

/// Why a key package is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyPackageError {
    /// Not a key package of this suite.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// Its leaf is none of this call.
    #[error(transparent)]
    Leaf(#[from] LeafError),
    /// It carries something that key packages do not carry.
    #[error("a key package has no extensions, this one has some")]
    Extensions,
    /// A signature of it is wrong, or a key.
    #[error("the key package does not verify: {0}")]
    Verify(String),
}

impl VerifiedKeyPackage {
    /// Reads and checks the whole.
    pub fn read(
        bytes: &[u8],
        place: &CallPlace,
        admitted: &[Admitted],
        now_ms: u64,
        crypto: &impl OpenMlsCrypto,
    ) -> Result<Self, KeyPackageError> {
        let kind = Kind::KeyPackage;
        let MlsMessageBodyIn::KeyPackage(read) = kind.read(bytes)? else {
            return Err(kind.other().into());
        };
        let package = verify(read, crypto)?;
        let signed = check(&package, place, admitted, now_ms)?;
        Ok(Self { package, signed })
    }

    /// What its device says of the leaf.
    pub fn cert(&self) -> &LeafCert {
        &self.signed.cert
    }

    /// For the commit that adds it.
    pub fn into_package(self) -> KeyPackage {
        self.package
    }
}

fn verify(read: KeyPackageIn, crypto: &impl OpenMlsCrypto) -> Result<KeyPackage, KeyPackageError> {
    read.validate(crypto, ProtocolVersion::Mls10).map_err(|error| {
        // OpenMLS judges lifetimes by a clock that nobody told it: to it, too, ours are always valid.
        if matches!(error, KeyPackageVerifyError::LifetimeError(_) | KeyPackageVerifyError::MissingLifetime) {
            LeafError::Lifetime.into()
        } else {
            KeyPackageError::Verify(error.to_string())
        }
    })
}

/// Checks a key package whose signatures hold: in a message of its own, or in a commit.
pub fn check(
    package: &KeyPackage,
    place: &CallPlace,
    admitted: &[Admitted],
    now_ms: u64,
) -> Result<SignedLeafCert, KeyPackageError> {
    if package.ciphersuite() != SUITE {
        let got = package.ciphersuite().into();
        return Err(MessageError::Suite { kind: Kind::KeyPackage, got }.into());
    }
    if package.extensions().iter().next().is_some() {
        return Err(KeyPackageError::Extensions);
    }
    Ok(leaf::check(package.leaf_node(), place, admitted, now_ms)?)
}
