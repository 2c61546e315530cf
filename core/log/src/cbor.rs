//! CBOR (RFC 8949) in and out, strict: one item, nothing after it.

use serde::{Serialize, de::DeserializeOwned};

/// Why bytes are not the CBOR item that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CborError {
    /// Not well-formed, or of another shape.
    #[error("expected {what} as CBOR: {detail}")]
    Shape {
        /// What was being read.
        what: &'static str,
        /// The decoder's words.
        detail: String,
    },
    /// A whole item came, and then more.
    #[error("expected {what} alone, but {extra} bytes follow it")]
    Trailing {
        /// What was being read.
        what: &'static str,
        /// How many bytes follow.
        extra: usize,
    },
}

/// Nesting deeper than this is refused: our deepest value has half of it.
const DEPTH_MAX: usize = 24;

/// Reads exactly one item.
pub fn decode<T: DeserializeOwned>(what: &'static str, bytes: &[u8]) -> Result<T, CborError> {
    let mut rest = bytes;
    let value = ciborium::de::from_reader_with_recursion_limit(&mut rest, DEPTH_MAX)
        .map_err(|e| CborError::Shape { what, detail: e.to_string() })?;
    if rest.is_empty() { Ok(value) } else { Err(CborError::Trailing { what, extra: rest.len() }) }
}

/// Writes one item. Our own types always encode; the error is kept for the type that one day does not.
pub fn encode<T: Serialize>(what: &'static str, value: &T) -> Result<Vec<u8>, CborError> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).map_err(|e| CborError::Shape { what, detail: e.to_string() })?;
    Ok(bytes)
}
