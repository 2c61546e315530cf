//! Ids as text and as bytes.

use chancery_log::{
    cbor,
    id::{DeskId, Digest, IdText, PackageId, Scope},
};

#[test]
fn an_id_is_hexadecimal_text_and_a_byte_string() {
    let id = DeskId([0xab; 16]);
    assert_eq!(id.to_string(), "ab".repeat(16));
    assert_eq!(id.to_string().parse(), Ok(id));
    let bytes = cbor::encode("an id", &id).unwrap();
    assert_eq!((bytes.len(), bytes[0]), (17, 0x50));
    assert_eq!(cbor::decode("an id", &bytes), Ok(id));
}

#[test]
fn another_length_is_not_an_id() {
    assert!(cbor::decode::<DeskId>("an id", &[0x41, 1]).is_err());
    let sixteen = cbor::encode("an id", &DeskId([1; 16])).unwrap();
    assert!(cbor::decode::<Digest>("a digest", &sixteen).is_err());
    let long = "ab".repeat(5000);
    let expected = IdText { what: "DeskId", expected: 32, got: long[..80].to_owned() };
    assert_eq!(long.parse::<DeskId>(), Err(expected));
    assert!("zz".repeat(16).parse::<DeskId>().is_err());
}

#[test]
fn a_scope_says_what_it_is() {
    assert_eq!(Scope::Trust.to_string(), "trust");
    assert_eq!(Scope::Package(PackageId([1; 16])).to_string(), format!("package {}", "01".repeat(16)));
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(Digest::of(b"").to_string(), empty);
}
