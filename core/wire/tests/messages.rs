//! Messages on the socket: what is written is read back, and nothing else is taken.

use chancery_desk::refusal::Refusal;
use chancery_log::{
    act::Head,
    cbor::CborError,
    id::{DeskId, DeviceId, Digest, PackageId, PartyId, Scope},
};
use chancery_seal::device::CHALLENGE_PREFIX;
use chancery_wire::{
    call::{CallDown, CallRefusal, CallUp, DropCause, LineSeen, MediaSeen, PathKind, Waiting},
    hello::Challenge,
    limits::{STRANGER_BYTES_MAX, WIRE_VERSION},
    to_client::{Advance, Closing, Deferral, Entry, ScopeAt, ToClient},
    to_server::ToServer,
};
use serde_bytes::ByteBuf;

const DIGEST: Digest = Digest([7; 32]);
const PACKAGE: PackageId = PackageId([3; 16]);
const SCOPE: Scope = Scope::Package(PACKAGE);
const PARTY: PartyId = PartyId([6; 16]);

fn head() -> Head {
    Head { count: 5, last: DIGEST }
}

fn advance() -> Advance {
    Advance { note: ByteBuf::from(b"a note".to_vec()), consistency: vec![DIGEST] }
}

fn every_call_up() -> Vec<CallUp> {
    let bytes = || ByteBuf::from(vec![1, 2, 3]);
    vec![
        CallUp::Join { party: PARTY, key_package: bytes() },
        CallUp::Resume { epoch: 7 },
        CallUp::Group { group_info: bytes() },
        CallUp::Commit { commit: bytes(), welcome: Some(bytes()) },
        CallUp::Commit { commit: bytes(), welcome: None },
        CallUp::Say { message: bytes() },
        CallUp::Offer { sdp: "v=0".into() },
        CallUp::Leave {},
    ]
}

fn every_call_down() -> Vec<CallDown> {
    let bytes = || ByteBuf::from(vec![1, 2, 3]);
    let device = DeviceId([2; 32]);
    let media = [
        MediaSeen::Absent,
        MediaSeen::Connected { path: PathKind::Direct },
        MediaSeen::Connected { path: PathKind::Relayed },
        MediaSeen::Lost,
    ];
    let lines = media.map(|media| LineSeen { device, party: PARTY, leaf: Some(3), media }).to_vec();
    let refusals = [
        CallRefusal::NoCall,
        CallRefusal::NotAdmitted,
        CallRefusal::NotYours,
        CallRefusal::NotIn,
        CallRefusal::Group("why".into()),
        CallRefusal::Media("why".into()),
        CallRefusal::Full { most: 64 },
        CallRefusal::TooMany { retry_ms: 100 },
        CallRefusal::NoMedia,
    ];
    let causes = [DropCause::Unsealed, DropCause::OtherKey, DropCause::NoFloor, DropCause::OnHold];
    let mut all = vec![
        CallDown::Begin {},
        CallDown::Tell {},
        CallDown::Anew {},
        CallDown::Waiting { waiting: vec![Waiting { party: PARTY, device, key_package: bytes() }] },
        CallDown::Committed { by: device, commit: bytes() },
        CallDown::Welcome { welcome: bytes() },
        CallDown::Late { epoch: 9 },
        CallDown::Proposed { proposal: bytes() },
        CallDown::Said { from: device, message: bytes() },
        CallDown::Answer { sdp: "v=0".into() },
        CallDown::Lines { lines },
        CallDown::Over {},
    ];
    all.extend(refusals.map(|because| CallDown::Refused { because }));
    all.extend(causes.map(|because| CallDown::Dropped { device, because, frames: 12 }));
    all
}

fn every_to_server() -> Vec<ToServer> {
    let mut all = vec![
        ToServer::Hello {
            version: WIRE_VERSION,
            desk: DeskId([1; 16]),
            device: DeviceId([2; 32]),
            log_size: u64::MAX,
        },
        ToServer::Answer { device_nonce: [4; 32].into(), signature: [5; 64].into() },
        ToServer::Knock { knock: ByteBuf::from(vec![1, 2, 3]) },
        ToServer::Follow { scope: Scope::Trust, head: Head::EMPTY },
        ToServer::Unfollow { scope: SCOPE },
        ToServer::Propose {
            act: ByteBuf::from(vec![6; 40]),
            bodies: vec![ByteBuf::new(), ByteBuf::from(vec![0])],
        },
        ToServer::Fetch { scope: SCOPE, bodies: vec![DIGEST] },
        ToServer::Taken { messages: 3 },
        ToServer::Ping {},
    ];
    all.extend(every_call_up().into_iter().map(|say| ToServer::Call { package: PACKAGE, say }));
    all
}

fn every_to_client() -> Vec<ToClient> {
    let at = ScopeAt { scope: SCOPE, head: head() };
    let entry = Entry { leaf: ByteBuf::from(vec![1]), act: ByteBuf::from(vec![2]) };
    let refusal = Box::new(Refusal::UnknownDevice(DeviceId([2; 32])));
    let closings = [
        Closing::Malformed("why".into()),
        Closing::TooLarge { got: 2, limit: 1 },
        Closing::TooFast { retry_ms: 3 },
        Closing::Full { retry_ms: 4 },
        Closing::NotApproved,
        Closing::Revoked,
        Closing::KnockRefused,
        Closing::OtherDesk { version: 1, desk: DeskId([1; 16]) },
        Closing::Replaced,
        Closing::Idle,
        Closing::Stopping,
    ];
    let deferrals = [Deferral::DiskFull, Deferral::DiskTrouble, Deferral::TooMany];
    let mut all = vec![
        ToClient::Challenge { server_nonce: [9; 32].into() },
        ToClient::Welcome { server_ms: 1, checkpoint: advance(), scopes: vec![at] },
        ToClient::Entries {
            scope: SCOPE,
            entries: vec![entry],
            checkpoint: advance(),
            inclusion: vec![DIGEST, DIGEST],
            head: head(),
        },
        ToClient::Diverged { scope: Scope::Trust, head: head() },
        ToClient::ScopeOpened(at),
        ToClient::ScopeShut { scope: SCOPE },
        ToClient::Receipt {
            act: DIGEST,
            leaf: ByteBuf::from(vec![1]),
            inclusion: Vec::new(),
            checkpoint: advance(),
        },
        ToClient::Refused { act: DIGEST, refusal },
        ToClient::Body { sha256: DIGEST, bytes: ByteBuf::from(vec![8; 300]) },
        ToClient::BodyMissing { sha256: DIGEST },
        ToClient::Knocks { knocks: vec![ByteBuf::from(vec![1])] },
        ToClient::KnockHeard { inviter: DeviceId([2; 32]) },
        ToClient::Approved {},
        ToClient::Pong {},
    ];
    all.extend(deferrals.map(|because| ToClient::Deferred { act: DIGEST, because }));
    all.extend(closings.map(|because| ToClient::Closing { because }));
    all.extend(every_call_down().into_iter().map(|say| ToClient::Call { package: PACKAGE, say }));
    all
}

#[test]
fn every_message_comes_back_as_it_was_written() {
    for message in every_to_server() {
        assert_eq!(ToServer::read(&message.write().unwrap()).unwrap(), message);
    }
    for message in every_to_client() {
        assert_eq!(ToClient::read(&message.write().unwrap()).unwrap(), message);
    }
}

#[test]
fn nothing_may_follow_a_message() {
    for message in every_to_server() {
        let mut bytes = message.write().unwrap();
        bytes.push(0);
        assert!(matches!(ToServer::read(&bytes), Err(CborError::Trailing { extra: 1, .. })), "{message:?}");
    }
}

#[test]
fn a_message_cut_off_anywhere_is_refused() {
    for message in every_to_server() {
        let bytes = message.write().unwrap();
        for len in 0..bytes.len() {
            assert!(ToServer::read(&bytes[..len]).is_err(), "{message:?} cut to {len} bytes");
        }
    }
    for message in every_to_client() {
        let bytes = message.write().unwrap();
        for len in 0..bytes.len() {
            assert!(ToClient::read(&bytes[..len]).is_err(), "{message:?} cut to {len} bytes");
        }
    }
}

#[test]
fn a_field_that_the_message_does_not_have_is_refused() {
    // {"Taken": {"messages": 3, "more": 1}}
    let bytes = b"\xa1\x65Taken\xa2\x68messages\x03\x64more\x01";
    assert!(ToServer::read(bytes).is_err());
    // Without it, it is a message.
    assert_eq!(
        ToServer::read(b"\xa1\x65Taken\xa1\x68messages\x03").unwrap(),
        ToServer::Taken { messages: 3 }
    );
}

#[test]
fn arrays_in_arrays_end_the_reading_not_the_program() {
    assert!(ToServer::read(&vec![0x9f; 100_000]).is_err());
    assert!(ToClient::read(&vec![0x81; 100_000]).is_err());
}

#[test]
fn what_a_stranger_may_say_fits_what_a_stranger_may_send() {
    let knock = ToServer::Knock { knock: ByteBuf::from(vec![0; chancery_seal::invitation::KNOCK_BYTES_MAX]) };
    assert!(knock.write().unwrap().len() <= STRANGER_BYTES_MAX);
}

fn challenge() -> Challenge {
    Challenge {
        desk: DeskId([1; 16]),
        device: DeviceId([2; 32]),
        host: "desk.example:8443".into(),
        server_nonce: [3; 32],
        device_nonce: [4; 32],
    }
}

#[test]
fn a_challenge_begins_with_its_own_name() {
    assert!(challenge().signed_bytes().unwrap().starts_with(CHALLENGE_PREFIX));
}

#[test]
fn every_part_of_a_challenge_changes_what_is_signed() {
    let others = [
        Challenge { desk: DeskId([9; 16]), ..challenge() },
        Challenge { device: DeviceId([9; 32]), ..challenge() },
        Challenge { host: "desk.example:443".into(), ..challenge() },
        Challenge { server_nonce: [9; 32], ..challenge() },
        Challenge { device_nonce: [9; 32], ..challenge() },
    ];
    for other in others {
        assert_ne!(other.signed_bytes().unwrap(), challenge().signed_bytes().unwrap(), "{other:?}");
    }
}
