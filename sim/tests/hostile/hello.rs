//! Logins: recorded, passed on from another server, by a device that is out.

use chancery_log::id::{DeskId, DeviceId};
use chancery_server::switchboard::{
    input::{ConnectionId, Input},
    output::Output,
};
use chancery_sim::{story::telling::Scene, world::World};
use chancery_wire::{
    hello::Challenge,
    limits::WIRE_VERSION,
    to_client::{Closing, ToClient},
    to_server::ToServer,
};

use crate::setting::scene;

/// Somebody's own connection to the server, beside those of the world.
struct Dialled(ConnectionId);

impl Dialled {
    fn new(world: &mut World, number: u64) -> Self {
        let connection = ConnectionId(1_000_000 + number);
        let server = world.switchboard.as_mut().expect("the server is up");
        server.take(world.now_ms, Input::Connected { connection, host: "desk.example:443".into() });
        Self(connection)
    }

    fn say(&self, world: &mut World, message: ToServer) -> Result<ToClient, Closing> {
        let server = world.switchboard.as_mut().expect("the server is up");
        server.take(world.now_ms, Input::Message { connection: self.0, message });
        let mut answer = None;
        while let Some(output) = server.next_output() {
            match output {
                Output::Send { connection, message } if connection == self.0 => {
                    answer.get_or_insert(Ok(*message));
                }
                Output::Close { connection, because } if connection == self.0 => {
                    answer.get_or_insert(Err(because));
                }
                Output::Send { .. }
                | Output::LetIn { .. }
                | Output::Close { .. }
                | Output::Media(_)
                | Output::Broken { .. } => {}
            }
        }
        answer.expect("the server answers")
    }

    fn challenge(&self, world: &mut World, desk: DeskId, device: DeviceId) -> [u8; 32] {
        let hello = ToServer::Hello { version: WIRE_VERSION, desk, device, log_size: 0 };
        match self.say(world, hello) {
            Ok(ToClient::Challenge { server_nonce }) => server_nonce.into_array(),
            other => panic!("expected a challenge, got {other:?}"),
        }
    }
}

/// An answer by the keys of Nora's phone.
fn answer(scene: &mut Scene, host: &str, server_nonce: [u8; 32]) -> ToServer {
    let identity = scene.world().device("Nora").identity();
    let (desk, device, device_nonce) = (identity.desk, identity.secrets.id(), [8; 32]);
    let challenge = Challenge { desk, device, host: host.into(), server_nonce, device_nonce };
    let bytes = challenge.signed_bytes().expect("a challenge can be written");
    let signature = identity.secrets.sign_challenge(&bytes).expect("a device signs challenges");
    ToServer::Answer { device_nonce: device_nonce.into(), signature: signature.into() }
}

fn nora(scene: &mut Scene) -> (DeskId, DeviceId) {
    let identity = scene.world().device("Nora").identity();
    (identity.desk, identity.secrets.id())
}

#[test]
fn a_recorded_answer_opens_one_connection_and_no_other() {
    let mut scene = scene();
    let (desk, device) = nora(&mut scene);
    scene.world().disconnect("Nora");
    let first = Dialled::new(scene.world(), 1);
    let nonce = first.challenge(scene.world(), desk, device);
    let recorded = answer(&mut scene, "desk.example:443", nonce);
    assert!(matches!(first.say(scene.world(), recorded.clone()), Ok(ToClient::Welcome { .. })));
    let replayed = Dialled::new(scene.world(), 2);
    let other = replayed.challenge(scene.world(), desk, device);
    assert_ne!(nonce, other);
    assert_eq!(replayed.say(scene.world(), recorded), Err(Closing::NotApproved));
}

#[test]
fn nonces_do_not_come_again_after_the_server_started_anew() {
    let mut scene = scene();
    let (desk, device) = nora(&mut scene);
    let before = Dialled::new(scene.world(), 1).challenge(scene.world(), desk, device);
    let recorded = answer(&mut scene, "desk.example:443", before);
    scene.world().restart_server();
    let dialled = Dialled::new(scene.world(), 1);
    assert_ne!(dialled.challenge(scene.world(), desk, device), before);
    assert_eq!(dialled.say(scene.world(), recorded), Err(Closing::NotApproved));
}

#[test]
fn an_answer_that_was_given_to_another_host_is_worth_nothing_here() {
    let mut scene = scene();
    let (desk, device) = nora(&mut scene);
    scene.world().disconnect("Nora");
    let dialled = Dialled::new(scene.world(), 1);
    let nonce = dialled.challenge(scene.world(), desk, device);
    let passed_on = answer(&mut scene, "desk.evil.example:443", nonce);
    assert_eq!(dialled.say(scene.world(), passed_on), Err(Closing::NotApproved));
}

#[test]
fn a_stranger_gets_a_challenge_and_nothing_else() {
    let mut scene = scene();
    let (desk, _) = nora(&mut scene);
    let ghost = chancery_sim::hostile::forger::ghost_secrets();
    let dialled = Dialled::new(scene.world(), 1);
    let server_nonce = dialled.challenge(scene.world(), desk, ghost.id());
    let challenge = Challenge {
        desk,
        device: ghost.id(),
        host: "desk.example:443".into(),
        server_nonce,
        device_nonce: [8; 32],
    };
    let bytes = challenge.signed_bytes().expect("a challenge can be written");
    let signature = ghost.sign_challenge(&bytes).expect("a device signs challenges");
    let answer = ToServer::Answer { device_nonce: [8; 32].into(), signature: signature.into() };
    assert_eq!(dialled.say(scene.world(), answer), Err(Closing::NotApproved));
}
