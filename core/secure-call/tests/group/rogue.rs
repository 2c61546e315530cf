//! A member, or somebody outside, who runs another program: OpenMLS by hand, without our rules.

use std::collections::BTreeSet;

use chancery_call_tree::{
    handshake::HandshakeError,
    suite::{SUITE, capabilities, certificate_end_ms, lifetime},
};
use chancery_seal::leaf_cert::{LeafCert, SignedLeafCert};
use chancery_secure_call::group::{
    commit::Plan,
    provider::{LeafSigner, Provider},
    receive::CommitReceived,
};
use openmls::prelude::{
    BasicCredential, Capabilities, Ciphersuite, CredentialWithKey, Extensions, KeyPackage, Lifetime,
    MlsGroup, MlsGroupJoinConfig, MlsMessageBodyIn, MlsMessageIn, MlsMessageOut, OpenMlsProvider as _,
    PURE_PLAINTEXT_WIRE_FORMAT_POLICY, ProtocolMessage, StagedWelcome,
};
use serde_bytes::ByteArray;
use tls_codec::Deserialize as _;

use crate::{
    call::Call,
    world::{NOW_MS, Person, World},
};

/// A suite that is weaker than ours: a member that knows it could be talked into it.
pub(crate) const OTHER: Ciphersuite = Ciphersuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;

pub(crate) struct Rogue {
    pub(crate) provider: Provider,
    pub(crate) signer: LeafSigner,
    pub(crate) mls: Option<MlsGroup>,
}

/// How a key package differs from ours.
pub(crate) struct Odd {
    pub(crate) identity: Vec<u8>,
    pub(crate) capabilities: Capabilities,
    pub(crate) lifetime: Lifetime,
    pub(crate) last_resort: bool,
}

pub(crate) fn read(bytes: &[u8]) -> MlsMessageBodyIn {
    MlsMessageIn::tls_deserialize_exact(bytes).unwrap().extract()
}

pub(crate) fn protocol(bytes: &[u8]) -> ProtocolMessage {
    MlsMessageIn::tls_deserialize_exact(bytes).unwrap().try_into_protocol_message().unwrap()
}

pub(crate) fn bytes(message: MlsMessageOut) -> Vec<u8> {
    message.to_bytes().unwrap()
}

impl Rogue {
    pub(crate) fn new(world: &mut World) -> Self {
        let provider = Provider::draw(&mut world.rng);
        let signer = LeafSigner::draw(provider.crypto()).unwrap();
        Self { provider, signer, mls: None }
    }

    /// The certificate that an honest device would have for this leaf.
    pub(crate) fn cert(&self, world: &World, person: &Person) -> LeafCert {
        LeafCert {
            desk: world.place.desk,
            package: world.place.package,
            party: person.party,
            device: person.id(),
            leaf_key: ByteArray::new(self.signer.public()),
            not_after_ms: certificate_end_ms(NOW_MS),
        }
    }

    pub(crate) fn credential(&self, identity: Vec<u8>) -> CredentialWithKey {
        CredentialWithKey {
            credential: BasicCredential::new(identity).into(),
            signature_key: self.signer.public().as_slice().into(),
        }
    }

    pub(crate) fn odd(&self, signed: &SignedLeafCert) -> Odd {
        Odd {
            identity: signed.encode().unwrap(),
            capabilities: capabilities(),
            lifetime: lifetime(),
            last_resort: false,
        }
    }

    pub(crate) fn package(&self, odd: Odd) -> KeyPackage {
        let mut builder = KeyPackage::builder()
            .leaf_node_capabilities(odd.capabilities)
            .leaf_node_extensions(Extensions::default())
            .key_package_lifetime(odd.lifetime);
        if odd.last_resort {
            builder = builder.mark_as_last_resort();
        }
        let built =
            builder.build(SUITE, &self.provider, &self.signer, self.credential(odd.identity)).unwrap();
        built.key_package().clone()
    }

    /// An honest key package, certified by a person's device.
    pub(crate) fn honest(&self, world: &World, person: &Person) -> KeyPackage {
        self.package(self.odd(&person.device.certify_leaf(self.cert(world, person)).unwrap()))
    }

    pub(crate) fn follow(&mut self, welcome: &[u8]) {
        let config = MlsGroupJoinConfig::builder()
            .wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
            .max_past_epochs(20)
            .build();
        let MlsMessageBodyIn::Welcome(welcome) = read(welcome) else { panic!("not a welcome") };
        let staged = StagedWelcome::new_from_welcome(&self.provider, &config, welcome, None).unwrap();
        self.mls = Some(staged.into_group(&self.provider).unwrap());
    }

    pub(crate) fn group(&mut self) -> (&mut MlsGroup, &Provider, &LeafSigner) {
        (self.mls.as_mut().unwrap(), &self.provider, &self.signer)
    }

    /// Comes into a call as an honest device does.
    pub(crate) fn in_call(world: &mut World, call: &mut Call, person: &Person) -> Self {
        let mut rogue = Self::new(world);
        let package = bytes(rogue.honest(world, person).into());
        let add = vec![
            chancery_call_tree::tree::check_key_package(&package, &world.place, &world.admitted, NOW_MS)
                .unwrap(),
        ];
        let made = call.members[0].commit(Plan { add, ..Plan::default() }, &world.admitted, NOW_MS).unwrap();
        call.won(world, 0, &made);
        rogue.follow(made.welcome.as_ref().unwrap());
        rogue
    }
}

/// What the server and a member say to a commit that neither may take. Nothing changes for either.
pub(crate) fn both_refuse(
    world: &World,
    call: &mut Call,
    by: &Person,
    commit: &[u8],
    welcome: Option<&[u8]>,
) -> (HandshakeError, HandshakeError) {
    let at_server =
        call.server.take(commit, welcome, by.id(), &world.admitted, &BTreeSet::new(), NOW_MS).unwrap_err();
    let member = call.members.last_mut().unwrap();
    let at_member = match member.receive_commit(commit) {
        Err(refused) => refused,
        Ok(CommitReceived::Own) => panic!("its own"),
        Ok(CommitReceived::Other(received)) => match member.verify(received, &world.admitted, NOW_MS) {
            Err(refused) => refused.why,
            Ok(_) => panic!("the member takes it"),
        },
    };
    call.agree();
    (at_server, at_member)
}
