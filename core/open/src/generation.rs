//! The secret of one vault generation, and all that is derived from it: body keys, receiving key, commitment.

use chancery_log::{
    cbor::{self, CborError},
    id::{Digest, Vault},
};
use chancery_seal::vault::{Generation, GenerationName, WrappedTo};
use rand_core::CryptoRng;
use serde_bytes::{ByteBuf, Bytes};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    derive::{Derived, derive},
    hybrid::{HybridError, ReceivingKey},
    labels,
};

/// The 32 bytes that a vault's readers share in one generation. Wiped when dropped, in no debug output.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct GenerationSecret([u8; 32]);

/// Why a secret's derivation failed: never for values of our own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeriveError {
    /// The name could not be encoded.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// The derived seed was refused.
    #[error(transparent)]
    Hybrid(#[from] HybridError),
}

/// Why a secret is not the one of the generation that the log names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitmentError {
    /// Another secret, or the secret of another generation or vault.
    #[error("the secret is not the one that generation {} of {} commits to", .0.number, .0.vault)]
    Commitment(GenerationName),
    /// The maker published a receiving key that does not follow from the secret.
    #[error("the receiving key of generation {} of {} does not follow from its secret", .0.number, .0.vault)]
    Receives(GenerationName),
    /// The log's entry is about another generation than was asked for.
    #[error("expected generation {expected}, the log's entry is about generation {got}")]
    Number {
        /// Asked for.
        expected: u32,
        /// In the entry.
        got: u32,
    },
    /// The derivation failed.
    #[error(transparent)]
    Derive(#[from] DeriveError),
}

impl GenerationSecret {
    /// Makes the secret of a new generation.
    pub fn draw(rng: &mut impl CryptoRng) -> Self {
        let mut secret = Self([0; 32]);
        rng.fill_bytes(&mut secret.0);
        secret
    }

    /// Takes the bytes as drawn or as kept.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(*bytes)
    }

    /// The bytes, for sealing them; for nothing else.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    fn derive(&self, salt: &[u8], label: &str, name: &GenerationName) -> Result<Derived, CborError> {
        derive(&self.0, salt, &(label, name.desk, name.vault, name.number))
    }

    pub(crate) fn body_key(&self, salt: &[u8], name: &GenerationName) -> Result<Derived, CborError> {
        self.derive(salt, labels::BODY_KEY, name)
    }

    /// What binds the maker of this generation to this one secret (docs/seal.md, "Commitment").
    pub fn commitment(&self, name: &GenerationName) -> Result<Digest, CborError> {
        let derived = self.derive(&[], labels::COMMITMENT, name)?;
        let hashed = cbor::encode(
            "a commitment",
            &(labels::COMMITMENT, name.desk, name.vault, name.number, Bytes::new(derived.as_slice())),
        )?;
        Ok(Digest::of(&hashed))
    }

    /// The key that opens what is wrapped to this generation of a person's or office's vault.
    pub fn receiving_key(&self, name: &GenerationName) -> Result<ReceivingKey, DeriveError> {
        Ok(ReceivingKey::from_seed(&*self.derive(&[], labels::RECEIVE_SEED, name)?)?)
    }

    /// What a generation publishes of its receiving key: nothing for a package.
    fn published_key(&self, name: &GenerationName) -> Result<ByteBuf, DeriveError> {
        match name.vault {
            Vault::Person(_) | Vault::Office(_) => Ok(self.receiving_key(name)?.public()),
            Vault::Package(_) => Ok(ByteBuf::new()),
        }
    }

    /// What the log states about this generation. Sorts the readers.
    pub fn generation(
        &self,
        name: &GenerationName,
        mut readers: Vec<WrappedTo>,
        chained: bool,
    ) -> Result<Generation, DeriveError> {
        readers.sort();
        Ok(Generation {
            number: name.number,
            commitment: self.commitment(name)?,
            receives: self.published_key(name)?,
            readers,
            chained,
        })
    }

    /// Whether this is the secret that the log's generation commits to, and its receiving key follows from it.
    pub fn check(&self, name: &GenerationName, stated: &Generation) -> Result<(), CommitmentError> {
        if stated.number != name.number {
            return Err(CommitmentError::Number { expected: name.number, got: stated.number });
        }
        let own = self.commitment(name).map_err(DeriveError::from)?;
        if !bool::from(own.0.ct_eq(&stated.commitment.0)) {
            return Err(CommitmentError::Commitment(*name));
        }
        if self.published_key(name)? == stated.receives {
            Ok(())
        } else {
            Err(CommitmentError::Receives(*name))
        }
    }
}
