//! A secret among the words shows in no debug output.

use chancery_seal::body::people::InvitationSecret;
use serde_bytes::ByteBuf;

#[test]
fn an_invitations_secret_is_not_printed() {
    let body = InvitationSecret { secret: ByteBuf::from(vec![0x5e; 32]) };
    assert_eq!(format!("{body:?}"), "InvitationSecret(…)");
}
