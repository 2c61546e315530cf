//! Every label of a derivation by HKDF, so that no two derive the same. docs/seal.md has the same as a table.
//! Labels of what is only hashed, signed or bound stand with their formats in `chancery-seal`.

/// AES-256-GCM key of one body; salt: the body's own.
pub(crate) const BODY_KEY: &str = "chancery/generation/body/1";

/// Seed of a vault generation's receiving key.
pub(crate) const RECEIVE_SEED: &str = "chancery/generation/receive/1";

/// What a generation's commitment hashes.
pub(crate) const COMMITMENT: &str = "chancery/generation/commitment/1";

/// HMAC key of a knock, from the link's secret.
pub(crate) const KNOCK_KEY: &str = "chancery/knock/key/1";

/// AES-256-GCM key of what is kept at rest; salt: the blob's own.
pub(crate) const STORE_KEY: &str = "chancery/store/1";

/// AES-256-GCM key of one record that a device keeps for itself; salt: the record's own.
pub(crate) const RECORD_KEY: &str = "chancery/record/1";
