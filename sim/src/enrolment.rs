//! How people and their devices come to the simulated desk: the same steps that they take at a real one.

use std::collections::BTreeSet;

use chancery_desk::act::{Act, OfficePurpose, Role};
use chancery_log::id::{PersonId, Scope};
use chancery_participant::{
    deed::Deed,
    enrol::{Newcomer, NewcomerNews},
    founding,
};
use chancery_seal::invitation::DeviceLink;
use chancery_server::switchboard::{input::Input, output::Output};
use chancery_wire::to_server::ToServer;

use crate::world::{BASE, World, profile};

impl World {
    /// Brings a person to the desk: an officer adds, invites and approves, the new device knocks and connects.
    pub fn join(&mut self, officer: &str, name: &str, roles: &[Role]) -> PersonId {
        let person = PersonId(self.device(officer).participant.draw_id());
        self.add_person(officer, person, name, roles);
        self.enrol(officer, person, name);
        person
    }

    /// Brings a custodian who is no officer to the desk: the founding named the person, the rest is as for anybody.
    pub fn join_as(&mut self, officer: &str, person: PersonId, name: &str, roles: &[Role]) {
        let trust = self.device(officer).participant.ledger().trust().cloned();
        let directory = trust.as_ref().and_then(|trust| trust.office_by_purpose(OfficePurpose::Directory));
        let office = directory.expect("a founded desk has a directory");
        let roles: BTreeSet<Role> = roles.iter().copied().collect();
        for act in [Act::RolesSet { person, roles }, Act::OfficeMemberAdded { office, person }] {
            self.queue(officer, Deed::bare(Scope::Trust, act));
        }
        self.run();
        self.enrol(officer, person, name);
    }

    /// An officer adds a person, who has no device yet.
    pub fn add_person(&mut self, officer: &str, person: PersonId, name: &str, roles: &[Role]) {
        let roles: BTreeSet<Role> = roles.iter().copied().collect();
        let trust = self.device(officer).participant.ledger().trust().cloned();
        let office = |purpose| trust.as_ref().and_then(|trust| trust.office_by_purpose(purpose));
        for deed in founding::join(person, roles, profile(name), office) {
            self.queue(officer, deed);
        }
        self.run();
    }

    /// Enrols a device of a person, approved by this officer's or owner's device.
    pub fn enrol(&mut self, approver: &str, person: PersonId, name: &str) {
        let newcomer = self.knock(approver, person);
        let device = newcomer.secrets().id();
        let now = self.now_ms;
        let approving = self.device(approver);
        let approved = approving.participant.approve(approving.own_ms(now), device);
        approved.expect("whoever invited can approve");
        self.run();
        self.add_device(name, newcomer.into_identity());
        self.connect(name);
        self.run();
    }

    /// An invitation by one device, and a newcomer that knocked under it and was heard.
    pub fn knock(&mut self, approver: &str, person: PersonId) -> Newcomer {
        let now = self.now_ms;
        let inviting = self.device(approver);
        let (_, link) = inviting
            .participant
            .invite(inviting.own_ms(now), person, BASE, None)
            .expect("an officer can invite somebody of the desk");
        self.run();
        let newcomer = Newcomer::new(link, &mut self.rng).expect("keys can be made");
        let heard = self.knock_as(&newcomer);
        assert!(matches!(heard, Some(NewcomerNews::Heard(_))), "the knock was not heard: {heard:?}");
        newcomer
    }

    /// A device that was just made, with new keys, and holds this link.
    pub fn newcomer(&mut self, link: DeviceLink) -> Newcomer {
        Newcomer::new(link, &mut self.rng).expect("keys can be made")
    }

    /// A newcomer knocks; what it is told at once.
    pub fn knock_as(&mut self, newcomer: &Newcomer) -> Option<NewcomerNews> {
        let bytes = newcomer.knock().expect("a knock can be written");
        self.knock_with(newcomer, &bytes)
    }

    /// The same with this message, which somebody may have changed on the way.
    pub fn knock_with(&mut self, newcomer: &Newcomer, bytes: &[u8]) -> Option<NewcomerNews> {
        self.hear(|| bytes.to_vec());
        let message = ToServer::read(bytes).expect("a knock can be read");
        let connection = self.new_connection();
        self.tell_server(Input::Message { connection, message });
        let mut outputs = Vec::new();
        if let Some(switchboard) = self.switchboard.as_mut() {
            while let Some(output) = switchboard.next_output() {
                outputs.push(output);
            }
        }
        let mut heard = None;
        for output in outputs {
            match output {
                Output::Send { connection: to, message } if to == connection => {
                    heard = heard.or(newcomer.receive(&message.write().expect("it can be written")));
                }
                Output::Send { connection, message } => self.deliver(connection, *message),
                Output::Close { connection: to, because } if to == connection => {
                    heard = heard.or(Some(NewcomerNews::Closed(because)));
                }
                Output::LetIn { .. } | Output::Close { .. } | Output::Media(_) => {}
                Output::Broken { because } => panic!("the server broke: {because}"),
            }
        }
        self.run();
        heard
    }
}
