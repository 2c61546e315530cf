//! The chain of a vault's generations: each one's secret sealed under the next, so that who joins can read what was.

use chancery_log::{
    act::BodyRef,
    cbor::{self, CborError},
    id::GenerationNumber,
};
use chancery_seal::{
    body::Body,
    sealed::{BodyContext, SealedBody},
    vault::{Generation, GenerationName},
};
use rand_core::CryptoRng;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    body::{self, OpenError, SealError},
    generation::{CommitmentError, GenerationSecret},
};

/// Why the chain cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// A link that is of another vault, or not the next one down.
    #[error("expected the link from generation {} of {} down, got one of generation {} of {}",
        .expected.number, .expected.vault, .got.number, .got.vault)]
    Place {
        /// The generation whose link should come.
        expected: GenerationName,
        /// The generation of the link that came.
        got: GenerationName,
    },
    /// There is none before the first.
    #[error("there is no generation before the first")]
    First,
    /// The link does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The link opened, but does not hold a secret.
    #[error("the body opened, but holds something else than the previous generation's secret")]
    NotASecret,
    /// The link opened, but holds another secret than the log's generation commits to.
    #[error(transparent)]
    Commitment(#[from] CommitmentError),
}

/// One step down: the body of the newer generation's act, and what the log states about the one before.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    /// Where the body stands; `under` names the newer generation.
    pub context: BodyContext,
    /// The body.
    pub body: &'a SealedBody,
    /// What the act says about the body.
    pub named: &'a BodyRef,
    /// What the log states about the generation whose secret is in it.
    pub previous: &'a Generation,
}

/// Seals the previous generation's secret under the newer one, which `context.under` names.
pub fn seal_previous(
    newer: &GenerationSecret,
    context: &BodyContext,
    previous: &GenerationSecret,
    rng: &mut impl CryptoRng,
) -> Result<SealedBody, SealError> {
    let mut holder = Body::PreviousGeneration(*previous.expose());
    let plaintext = cbor::encode("a previous generation", &holder).map(Zeroizing::new);
    wipe(&mut holder);
    body::seal_bytes(newer, context, &plaintext?, rng)
}

/// Opens one link with the newer generation's secret, and checks what is in it.
pub fn open_previous(newer: &GenerationSecret, link: &Link<'_>) -> Result<GenerationSecret, ChainError> {
    let newer_name = link.context.under;
    let number = newer_name.number.checked_sub(1).filter(|number| *number > 0).ok_or(ChainError::First)?;
    let plaintext = body::open_bytes(newer, &link.context, link.body, link.named)?;
    let secret = read_secret(&plaintext).map_err(OpenError::from)?.ok_or(ChainError::NotASecret)?;
    secret.check(&GenerationName { number, ..newer_name }, link.previous)?;
    Ok(secret)
}

/// Walks down from a secret that is known to be right. `links` begin with the one of `from`, newest first. Gives the
/// secrets in that order; the first link that fails ends it, and no secret below it is believed.
pub fn walk(
    from: &GenerationName,
    secret: &GenerationSecret,
    links: &[Link<'_>],
) -> Result<Vec<(GenerationNumber, GenerationSecret)>, ChainError> {
    let mut found: Vec<(GenerationNumber, GenerationSecret)> = Vec::with_capacity(links.len());
    for link in links {
        let (number, newer) =
            found.last().map_or((from.number, secret), |(number, secret)| (*number, secret));
        let expected = GenerationName { number, ..*from };
        if link.context.under != expected {
            return Err(ChainError::Place { expected, got: link.context.under });
        }
        let previous = open_previous(newer, link)?;
        found.push((link.previous.number, previous));
    }
    Ok(found)
}

fn read_secret(plaintext: &[u8]) -> Result<Option<GenerationSecret>, CborError> {
    let mut body: Body = cbor::decode("a previous generation", plaintext)?;
    let secret = if let Body::PreviousGeneration(bytes) = &body {
        Some(GenerationSecret::from_bytes(bytes))
    } else {
        None
    };
    wipe(&mut body);
    Ok(secret)
}

fn wipe(body: &mut Body) {
    if let Body::PreviousGeneration(bytes) = body {
        bytes.zeroize();
    }
}
