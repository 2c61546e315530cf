//! The login: a device signs a fresh challenge with its key. The server knows no passwords.

use chancery_log::{
    cbor::{self, CborError},
    id::{DeskId, DeviceId},
};
use serde::Serialize;

/// What a device signs to open its socket. It names the host that the device dialled, so that a challenge can not be
/// passed on from another server, and both nonces, so that an answer counts once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The desk.
    pub desk: DeskId,
    /// The device.
    pub device: DeviceId,
    /// Host and port as dialled ("desk.example:8443"), lower case.
    pub host: String,
    /// Drawn by the server for this connection.
    pub server_nonce: [u8; 32],
    /// Drawn by the device for this connection.
    pub device_nonce: [u8; 32],
}

#[derive(Serialize)]
struct Signed<'a>(
    &'static str,
    DeskId,
    DeviceId,
    &'a str,
    serde_bytes::ByteArray<32>,
    serde_bytes::ByteArray<32>,
);

impl Challenge {
    /// The bytes under the signature: a CBOR array that starts with its own name.
    pub fn signed_bytes(&self) -> Result<Vec<u8>, CborError> {
        let signed = Signed(
            "chancery/hello/1",
            self.desk,
            self.device,
            &self.host,
            self.server_nonce.into(),
            self.device_nonce.into(),
        );
        cbor::encode("a hello", &signed)
    }
}
