//! Replays the committed corpora through their decoders, and holds one valid item of each kind against its golden file.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml lets tests panic, but does not see the functions that tests share"
)]

use std::{env, fs, path::PathBuf};

use chancery_decoders::{ALL, LOG_KEY, ORIGIN};
use chancery_desk::act::Act;
use chancery_log::{
    act::{self, BodyKind, BodyRef, Envelope, Head, Seen},
    cbor, checkpoint,
    id::{DeskId, DeviceId, Digest, GenerationNumber, InvitationId, PackageId, PersonId, Scope, Vault},
    leaf::{Leaf, LeafBytes},
    proof::TreeHead,
    tiles,
};
use chancery_seal::{
    device::{DeviceCert, DeviceKeys, RECEIVE_KEY_BYTES},
    frame_header::{FrameHeader, LeafIndex},
    invitation::{DeviceLink, Knock, LinkSecret},
    sealed::SealedBody,
    shares::{SealedShare, Shares},
    tape::{
        chunk::ChunkPlace,
        dealt::{CommittedShare, EpochShares, TapeShares},
        epoch::{EpochPlace, EpochStated, Roster},
        writer::ChunkWriter,
    },
    vault::{Reader, WrappedTo},
    wraps::{Wrap, Wraps},
};
use chancery_wire::{
    to_client::{Advance, Entry, ToClient},
    to_server::ToServer,
};
use ed25519_dalek::SigningKey;
use serde_bytes::{ByteArray, ByteBuf};

/// With this variable set, the valid items are written instead of compared: only when a format was changed on purpose.
const WRITE: &str = "CHANCERY_WRITE_CORPUS";

fn folder(decoder: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(decoder)
}

#[test]
fn every_committed_item_is_read_or_refused_without_harm() {
    for (name, decode) in ALL {
        let mut items = 0;
        for item in fs::read_dir(folder(name)).unwrap_or_else(|e| panic!("the corpus of {name}: {e}")) {
            let path = item.unwrap().path();
            decode(&fs::read(&path).unwrap());
            items += 1;
        }
        assert!(items > 0, "the corpus of {name} is empty");
    }
}

#[test]
fn a_valid_item_of_each_kind_is_accepted_and_has_not_changed() {
    for (name, decode) in ALL {
        let valid = valid(name);
        assert!(decode(&valid), "{name} refuses a valid item");
        let path = folder(name).join("valid");
        if env::var_os(WRITE).is_some() {
            fs::create_dir_all(folder(name)).unwrap();
            fs::write(&path, &valid).unwrap();
        }
        let golden = fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert!(
            golden == valid,
            "{name} is written in other bytes than before; set {WRITE}=1 if that was meant"
        );
    }
}

#[test]
fn a_valid_item_cut_anywhere_or_with_a_byte_more_does_no_harm() {
    for (name, decode) in ALL {
        let valid = valid(name);
        // Every place of a short item, and 500 of a long one.
        for end in (0..valid.len()).step_by(valid.len() / 500 + 1) {
            decode(&valid[..end]);
        }
        let mut longer = valid.clone();
        longer.push(0);
        decode(&longer);
    }
}

#[test]
fn a_valid_item_with_any_bit_turned_does_no_harm() {
    for (name, decode) in ALL {
        let valid = valid(name);
        for at in (0..valid.len()).step_by(valid.len() / 500 + 1) {
            let mut turned = valid.clone();
            turned[at] ^= 1 << (at % 8);
            decode(&turned);
        }
    }
}

fn valid(name: &str) -> Vec<u8> {
    match name {
        "act" => valid_act(),
        "leaf" => valid_leaf(),
        "tile" => {
            let bundle = tiles::encode_leaves(&[valid_leaf(), valid_leaf()]).unwrap();
            [b"tile/entries/x001/234.p/2\n".as_slice(), &bundle].concat()
        }
        "checkpoint" => valid_checkpoint(),
        "wraps" => {
            let wrap = |byte, generation: GenerationNumber| Wrap {
                to: WrappedTo { reader: Reader::Person(PersonId([byte; 16])), generation },
                enc: ByteArray::new([3; 1120]),
                sealed: ByteArray::new([4; 48]),
            };
            Wraps::new(vec![wrap(1, 1), wrap(2, 3)]).unwrap().encode().unwrap()
        }
        "shares" => Shares::new(vec![share(1), share(2), share(3)]).unwrap().encode().unwrap(),
        "sealed" => SealedBody::assemble([5; 32], &[6; 80]).unwrap().into_bytes(),
        "link" => valid_link().text().as_bytes().to_vec(),
        "knock" => valid_knock(),
        "to_server" => ToServer::Propose {
            act: ByteBuf::from(valid_act()),
            bodies: vec![ByteBuf::from(SealedBody::assemble([5; 32], &[6; 80]).unwrap().into_bytes())],
        }
        .write()
        .unwrap(),
        "to_client" => valid_entries().write().unwrap(),
        "frame" => valid_frame(1),
        "chunk" => valid_chunk(),
        "tape_shares" => {
            let committed = |x| CommittedShare { commitment: Digest([x; 32]), share: share(x) };
            let epoch = |epoch| EpochShares {
                group: Digest([7; 32]),
                epoch,
                roster: Digest([8; 32]),
                needed: 2,
                base: Digest([9; 32]),
                shares: vec![committed(1), committed(2), committed(3)],
            };
            TapeShares::new(vec![epoch(4), epoch(5)]).unwrap().encode().unwrap()
        }
        other => panic!("no valid item of {other}: add one"),
    }
}

fn share(x: u8) -> SealedShare {
    SealedShare {
        x,
        to: WrappedTo { reader: Reader::Person(PersonId([x; 16])), generation: 1 },
        enc: ByteArray::new([3; 1120]),
        sealed: ByteArray::new([4; 48]),
    }
}

/// Of leaf 5 in epoch 3, with bytes in place of what only members can seal.
fn valid_frame(counter: u64) -> Vec<u8> {
    let mut frame = Vec::new();
    FrameHeader { kid: 0x0010_0503, counter }.write(&mut frame);
    frame.extend([6; 80 + 16]);
    frame
}

fn valid_chunk() -> Vec<u8> {
    let leaf = LeafIndex::new(5).unwrap();
    let roster = Roster::new([(leaf, DeviceId([2; 32]))].into()).unwrap();
    let epoch = EpochStated { place: EpochPlace { group: Digest([7; 32]), epoch: 3 }, roster };
    let (began_ms, mut bytes) = (1_700_000_000_000, Vec::new());
    let place = ChunkPlace::first(DeskId([1; 16]), PackageId([8; 16]));
    let mut writer = ChunkWriter::begin(place, began_ms, &epoch, &mut bytes).unwrap();
    for counter in 0..3 {
        writer.frame(began_ms + 20 * counter, leaf, &valid_frame(counter), &mut bytes).unwrap();
    }
    writer.end(&mut bytes);
    bytes
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn valid_act() -> Vec<u8> {
    let content = cbor::encode("an act", &Act::BriefWritten { version: 1 }).unwrap();
    let package = PackageId([8; 16]);
    let body = BodyRef {
        kind: BodyKind::Sealed(Vault::Package(package), 1),
        sha256: Digest::of(b"a sealed brief"),
        len: 129,
    };
    let envelope = Envelope {
        version: act::ACT_VERSION,
        desk: DeskId([1; 16]),
        author: DeviceId([2; 32]),
        scope: Scope::Package(package),
        counter: 1,
        said_ms: 1_700_000_000_000,
        seen: Seen { trust: Head { count: 5, last: Digest([9; 32]) }, scope: Head::EMPTY },
        bodies: vec![body],
        content: ByteBuf::from(content),
    };
    act::sign(&envelope, &key()).unwrap()
}

fn valid_leaf() -> Vec<u8> {
    let leaf = Leaf {
        index: 1_234_067,
        logged_ms: 1_700_000_000_500,
        scope: Scope::Trust,
        before: Head { count: 300, last: Digest([9; 32]) },
        trust_count: 300,
        act: Digest::of(b"an act"),
        class: 7,
    };
    LeafBytes::write(leaf).unwrap().bytes().to_vec()
}

fn valid_checkpoint() -> Vec<u8> {
    assert_eq!(key().verifying_key().to_bytes(), LOG_KEY);
    checkpoint::sign(ORIGIN, TreeHead { size: 1_234_068, root: Digest([9; 32]) }, &key()).unwrap()
}

fn valid_link() -> DeviceLink {
    DeviceLink {
        base: "https://desk.example:8443".into(),
        genesis: Digest([1; 32]),
        desk: DeskId([2; 16]),
        invitation: InvitationId([3; 16]),
        person: PersonId([4; 16]),
        secret: LinkSecret::new([5; 32]),
        certificate: Some(Digest([6; 32])),
    }
}

fn valid_knock() -> Vec<u8> {
    let keys = DeviceKeys { signs: LOG_KEY, receives: ByteBuf::from(vec![8; RECEIVE_KEY_BYTES]) };
    Knock {
        desk: DeskId([2; 16]),
        invitation: InvitationId([3; 16]),
        cert: DeviceCert { person: PersonId([4; 16]), keys },
        mac: ByteArray::new([5; 32]),
    }
    .encode()
    .unwrap()
}

fn valid_entries() -> ToClient {
    ToClient::Entries {
        scope: Scope::Package(PackageId([8; 16])),
        entries: vec![Entry { leaf: ByteBuf::from(valid_leaf()), act: ByteBuf::from(valid_act()) }],
        checkpoint: Advance { note: ByteBuf::from(valid_checkpoint()), consistency: vec![Digest([1; 32])] },
        inclusion: vec![Digest([2; 32]), Digest([3; 32])],
        head: Head { count: 1, last: Digest([4; 32]) },
    }
}

#[test]
fn every_target_of_the_fuzzer_is_a_decoder_and_has_a_corpus() {
    let manifest =
        fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../libfuzzer/Cargo.toml"))
            .unwrap();
    for (name, _) in ALL {
        assert!(
            manifest.contains(&format!("name = \"{name}\"")),
            "fuzz/libfuzzer/Cargo.toml has no target {name}"
        );
        assert!(folder(name).join("valid").is_file(), "{name} has no committed valid item");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), ALL.len());
}
