//! One CBOR item, and nothing after it.

use chancery_log::cbor::{self, CborError};

#[test]
fn an_item_reads_back() {
    let value = vec![("a".to_owned(), 1_u64), ("b".to_owned(), u64::MAX)];
    let bytes = cbor::encode("pairs", &value).unwrap();
    assert_eq!(cbor::decode::<Vec<(String, u64)>>("pairs", &bytes), Ok(value));
}

#[test]
fn bytes_after_the_item_are_counted_and_refused() {
    let trailing = CborError::Trailing { what: "a number", extra: 2 };
    assert_eq!(trailing.to_string(), "expected a number alone, but 2 bytes follow it");
    assert_eq!(cbor::decode::<u8>("a number", &[1, 2, 3]), Err(trailing));
}

#[test]
fn a_cut_item_is_refused_in_words() {
    let error = cbor::decode::<Vec<u8>>("bytes", &[0x85, 1, 2]).unwrap_err();
    assert!(error.to_string().starts_with("expected bytes as CBOR: "), "{error}");
}

#[test]
fn a_length_that_lies_costs_no_memory() {
    for head in [0x5b_u8, 0x7b, 0x9b, 0xbb] {
        let mut bytes = vec![head];
        bytes.extend(u64::MAX.to_be_bytes());
        assert!(cbor::decode::<ciborium::Value>("anything", &bytes).is_err());
    }
}

#[test]
fn nesting_without_end_is_refused() {
    let mut bytes = vec![0x81; 100_000];
    bytes.push(0);
    assert!(cbor::decode::<ciborium::Value>("a nest", &bytes).is_err());
}
