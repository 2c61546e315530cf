//! Founding a desk: the keys, the genesis act, and the first deeds of the first security officer. Nothing of it needs a
//! server; whoever founds writes the log's first entry.

use std::collections::BTreeSet;

use chancery_desk::act::{Act, Custodians, Genesis, OfficePurpose, Role, Rules};
use chancery_log::{
    act::{ACT_VERSION, Envelope, Head, Seen},
    cbor,
    id::{DeskId, Digest, OfficeId, PersonId, Scope, Vault},
};
use chancery_open::device::DeviceSecrets;
use chancery_seal::{
    body::{
        Body,
        people::{DeskProfile, OfficeProfile, PersonProfile},
    },
    device::DeviceCert,
    vault::Reader,
};
use rand_core::CryptoRng;
use serde_bytes::ByteBuf;
use zeroize::Zeroizing;

use crate::{
    deed::{Deed, Words},
    participant::Identity,
};

/// What a desk is founded with.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The log's origin: a schema-less URL, for instance "desk.example/log".
    pub origin: String,
    /// The desk's name and its classification scheme (JSON).
    pub profile: DeskProfile,
    /// How many levels the scheme has.
    pub ranks: u8,
    /// The founding security officers, at least two.
    pub officers: Vec<PersonProfile>,
    /// The custodians; one who is also an officer is named by the officer's place in `officers`.
    pub custodians: Vec<Custodian>,
    /// How many custodians it takes.
    pub needed: u8,
    /// When, milliseconds since 1970 UTC.
    pub now_ms: u64,
}

/// One custodian of a new desk.
#[derive(Debug, Clone)]
pub enum Custodian {
    /// A founding officer, by place.
    Officer(usize),
    /// Somebody else.
    Other(PersonProfile),
}

/// A founded desk: what the server gets, and what the officers get.
pub struct Founded {
    /// The genesis act.
    pub genesis: Vec<u8>,
    /// Its digest: what links carry.
    pub digest: Digest,
    /// The desk.
    pub desk: DeskId,
    /// The log's signing key, an Ed25519 seed. For the server.
    pub log_seed: Zeroizing<[u8; 32]>,
    /// The observer's signing key, an Ed25519 seed. For the server.
    pub observer_seed: Zeroizing<[u8; 32]>,
    /// The officers' devices, in the plan's order.
    pub officers: Vec<Identity>,
    /// The custodians' person ids, in the plan's order.
    pub custodians: Vec<PersonId>,
    /// What the first officer's device does first.
    pub first_deeds: Vec<Deed>,
}

/// Why a desk could not be founded.
#[derive(Debug, thiserror::Error)]
pub enum FoundError {
    /// Keys or the act could not be made.
    #[error("the founding act could not be made: {0}")]
    Made(String),
    /// A custodian who is no officer of the plan.
    #[error("custodian {0} is said to be officer {1}, and there is none")]
    NoSuchOfficer(usize, usize),
}

/// The four offices of every desk, and who founds them.
const OFFICES: [(OfficePurpose, &str); 4] = [
    (OfficePurpose::Directory, "Directory"),
    (OfficePurpose::Security, "Security"),
    (OfficePurpose::DutyDesk, "Duty desk"),
    (OfficePurpose::Records, "Records"),
];

fn draw_id(rng: &mut impl CryptoRng) -> [u8; 16] {
    let mut id = [0; 16];
    rng.fill_bytes(&mut id);
    id
}

/// Founds a desk.
pub fn found(plan: &Plan, rng: &mut impl CryptoRng) -> Result<Founded, FoundError> {
    let made = |e: &dyn std::fmt::Display| FoundError::Made(e.to_string());
    let desk = DeskId(draw_id(rng));
    let mut log_seed = Zeroizing::new([0; 32]);
    rng.fill_bytes(log_seed.as_mut_slice());
    let observer = DeviceSecrets::draw(rng).map_err(|e| made(&e))?;
    let mut people = Vec::new();
    let mut certs = Vec::new();
    let mut secrets = Vec::new();
    for _ in &plan.officers {
        let person = PersonId(draw_id(rng));
        let device = DeviceSecrets::draw(rng).map_err(|e| made(&e))?;
        certs.push(DeviceCert { person, keys: device.public().clone() });
        people.push(person);
        secrets.push(device);
    }
    let custodians = custodians(plan, &people, rng)?;
    let genesis = Genesis {
        desk,
        origin: plan.origin.clone(),
        log_key: ed25519_dalek::SigningKey::from_bytes(&log_seed).verifying_key().to_bytes(),
        observer: observer.public().clone(),
        officers: certs,
        custodians: Custodians { needed: plan.needed, people: custodians.iter().copied().collect() },
    };
    let first = secrets.first().ok_or_else(|| made(&"there is no officer"))?;
    let envelope = Envelope {
        version: ACT_VERSION,
        desk,
        author: first.id(),
        scope: Scope::Trust,
        counter: 1,
        said_ms: plan.now_ms,
        seen: Seen { trust: Head::EMPTY, scope: Head::EMPTY },
        bodies: Vec::new(),
        content: ByteBuf::from(
            cbor::encode("the founding act", &Act::DeskFounded(genesis)).map_err(|e| made(&e))?,
        ),
    };
    let genesis = first.sign_act(&envelope).map_err(|e| made(&e))?;
    let digest = Digest::of(&genesis);
    let first_deeds = first_deeds(plan, &people, &custodians, rng);
    let officers = people
        .into_iter()
        .zip(secrets)
        .map(|(person, secrets)| Identity { desk, genesis: digest, person, secrets })
        .collect();
    let observer_seed = observer.signing_seed();
    Ok(Founded { genesis, digest, desk, log_seed, observer_seed, officers, custodians, first_deeds })
}

fn custodians(
    plan: &Plan,
    officers: &[PersonId],
    rng: &mut impl CryptoRng,
) -> Result<Vec<PersonId>, FoundError> {
    let ids = plan.custodians.iter().enumerate().map(|(place, custodian)| match custodian {
        Custodian::Officer(officer) => {
            officers.get(*officer).copied().ok_or(FoundError::NoSuchOfficer(place, *officer))
        }
        Custodian::Other(_) => Ok(PersonId(draw_id(rng))),
    });
    ids.collect()
}

/// Offices with the officers in the directory and the security office; names; standing rules. The duty desk and the
/// records office begin empty: their first member makes their vault.
fn first_deeds(
    plan: &Plan,
    officers: &[PersonId],
    custodians: &[PersonId],
    rng: &mut impl CryptoRng,
) -> Vec<Deed> {
    let mut deeds = Vec::new();
    let mut directory = OfficeId([0; 16]);
    let mut duty_desk = OfficeId([0; 16]);
    let mut described = Vec::new();
    for (purpose, name) in OFFICES {
        let office = OfficeId(draw_id(rng));
        deeds.push(Deed::bare(Scope::Trust, Act::OfficeMade { office, purpose }));
        match purpose {
            OfficePurpose::Directory => directory = office,
            OfficePurpose::DutyDesk => duty_desk = office,
            OfficePurpose::Security | OfficePurpose::Records | OfficePurpose::Other => {}
        }
        if matches!(purpose, OfficePurpose::Directory | OfficePurpose::Security) {
            let member = |person: &PersonId| {
                Deed::bare(Scope::Trust, Act::OfficeMemberAdded { office, person: *person })
            };
            deeds.extend(officers.iter().map(member));
        }
        let profile = Body::Office(OfficeProfile { name: name.to_owned() });
        described.push((Act::OfficeDescribed { office }, profile));
    }
    described.push((Act::ProfileSet { ranks: plan.ranks }, Body::DeskProfile(plan.profile.clone())));
    for (person, profile) in officers.iter().zip(&plan.officers) {
        described.push((Act::PersonDescribed { person: *person }, Body::Person(profile.clone())));
    }
    for (person, custodian) in custodians.iter().zip(&plan.custodians) {
        if let Custodian::Other(profile) = custodian {
            described.push((Act::PersonDescribed { person: *person }, Body::Person(profile.clone())));
        }
    }
    let words = |body: Body| vec![Words { vault: Vault::Office(directory), body }];
    deeds.extend(described.into_iter().map(|(act, body)| Deed::Say {
        scope: Scope::Trust,
        act,
        words: words(body),
    }));
    let rules = Rules {
        standing_readers: BTreeSet::from([Reader::Office(duty_desk)]),
        ..chancery_desk::rules::standing()
    };
    deeds.push(Deed::bare(Scope::Trust, Act::RulesSet(rules)));
    deeds
}

/// A person joins: with roles, a name, a place in the directory, and in the offices that the roles read in.
pub fn join(
    person: PersonId,
    roles: BTreeSet<Role>,
    profile: PersonProfile,
    offices: impl Fn(OfficePurpose) -> Option<OfficeId>,
) -> Vec<Deed> {
    let mut deeds = vec![Deed::bare(Scope::Trust, Act::PersonAdded { person, roles: roles.clone() })];
    let mut purposes = BTreeSet::from([OfficePurpose::Directory]);
    for role in roles {
        match role {
            Role::DutyOfficer | Role::NoteTaker | Role::Adviser | Role::DeskOfficer => {
                purposes.insert(OfficePurpose::DutyDesk);
            }
            Role::RecordsOfficer => {
                purposes.insert(OfficePurpose::Records);
            }
            Role::SecurityOfficer => {
                purposes.insert(OfficePurpose::Security);
            }
            Role::Principal | Role::Interpreter => {}
        }
    }
    let members = purposes.into_iter().filter_map(&offices);
    deeds.extend(members.map(|office| Deed::bare(Scope::Trust, Act::OfficeMemberAdded { office, person })));
    if let Some(directory) = offices(OfficePurpose::Directory) {
        let words = vec![Words { vault: Vault::Office(directory), body: Body::Person(profile) }];
        deeds.push(Deed::Say { scope: Scope::Trust, act: Act::PersonDescribed { person }, words });
    }
    deeds
}
