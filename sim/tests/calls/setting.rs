//! A call with people who may come to it, and what is asked of their groups.

use chancery_desk::act::{Act, LineKind, PartyRole, Who};
use chancery_log::id::{DeviceId, PackageId, PartyId};
use chancery_participant::{call::CallOut, deed::Deed};
use chancery_sim::{story::telling::Scene, world::World};

/// Longer than any stand-in waits.
pub(crate) const SOON_MS: u64 = 3_000;

/// A live call to which Peder, Dagny, Nils and Nora are invited.
pub(crate) struct Setting {
    scene: Scene,
    pub(crate) package: PackageId,
}

impl Setting {
    pub(crate) fn new() -> Self {
        let scene = Scene::set(
            21,
            "At the desk: Asta and Bodil (security officers), Peder (principal), Dagny (duty officer),
               Nils and Nora (note-takers).
             Dagny adds the counterpart President Ilmari of Sundra.
             Peder asks for President Ilmari now: \"Fish quotas\". Dagny says that they talk.
             Everybody's alarms: none.",
        );
        let package = scene.package();
        let mut setting = Self { scene, package };
        for (name, role) in [
            ("Peder", PartyRole::Principal),
            ("Dagny", PartyRole::DutyOfficer),
            ("Nils", PartyRole::NoteTaker),
            ("Nora", PartyRole::NoteTaker),
        ] {
            let who = Who::Person(setting.world().person(name));
            let invited = setting.party_of(name).is_some();
            if !invited {
                let party = PartyId(setting.world().device("Dagny").participant.draw_id());
                let act = Act::PartyInvited { party, who, role, line: LineKind::Secure };
                setting.act("Dagny", act);
            }
        }
        setting
    }

    pub(crate) fn world(&mut self) -> &mut World {
        self.scene.world()
    }

    pub(crate) fn act(&mut self, name: &str, act: Act) {
        let deed = Deed::bare_in_package(self.package, act);
        self.world().act(name, deed).expect("the act is admitted");
    }

    /// The party that a person comes as.
    pub(crate) fn party_of(&mut self, name: &str) -> Option<PartyId> {
        let (package, who) = (self.package, Who::Person(self.world().person(name)));
        let ledger = self.world().device("Dagny").participant.ledger();
        let parties = ledger.package(package)?.parties();
        parties.iter().find(|(_, party)| party.who == who).map(|(party, _)| *party)
    }

    /// Comes to the call, and everybody has time to let them in.
    pub(crate) fn come(&mut self, name: &str) {
        let (package, party) = (self.package, self.party_of(name).expect("somebody who was invited"));
        let now_ms = self.world().now_ms;
        self.world().device(name).participant.enter_call(now_ms, package, party);
        self.soon();
    }

    /// Lets messages travel and stand-ins step in.
    pub(crate) fn soon(&mut self) {
        self.world().run();
        for _ in 0..SOON_MS / 100 {
            self.world().advance(100);
        }
    }

    pub(crate) fn device_of(&mut self, name: &str) -> DeviceId {
        self.world().device(name).participant.device()
    }

    /// The devices that hold the keys, as this one sees it.
    pub(crate) fn holders(&mut self, name: &str) -> Vec<DeviceId> {
        let package = self.package;
        let call = self.world().device(name).participant.call(package);
        let mut all: Vec<_> =
            call.map_or(&[][..], |call| call.seats()).iter().map(|seat| seat.device).collect();
        all.sort();
        all
    }

    /// The newest epoch whose keys a device handed to its sound, with the secret.
    pub(crate) fn keys(&mut self, name: &str) -> Option<(u64, [u8; 32])> {
        let mut newest = None;
        for (_, say) in &self.world().device(name).calls {
            match say {
                CallOut::Epoch(keys) => newest = Some((keys.epoch, *keys.base.expose())),
                CallOut::Over => newest = None,
                CallOut::Cease | CallOut::Answer(_) | CallOut::Refused(_) => {}
            }
        }
        newest
    }

    /// These, and only these, hold the same keys of the same epoch, said so to each other, and nobody is alarmed.
    #[track_caller]
    pub(crate) fn assert_together(&mut self, names: &[&str]) {
        let mut expected: Vec<_> = names.iter().map(|name| self.device_of(name)).collect();
        expected.sort();
        let first = self.keys(names[0]);
        assert!(first.is_some(), "{} has no keys: {}", names[0], self.told(names[0]));
        for name in names {
            let told = self.told(name);
            assert_eq!(self.holders(name), expected, "as {name} sees it: {told}");
            assert_eq!(self.keys(name), first, "{name}'s keys");
            let package = self.package;
            for other in names.iter().filter(|other| *other != name) {
                let device = self.device_of(other);
                let call = self.world().device(name).participant.call(package).expect("on the call");
                assert!(call.agrees(device), "{name} has not heard from {other} that they agree");
            }
            let alarms = self.world().device(name).alarm_names();
            assert_eq!(alarms, Vec::<&str>::new(), "{name}: {:?}", self.alarms(name));
        }
    }

    pub(crate) fn alarms(&mut self, name: &str) -> Vec<String> {
        self.world().device(name).participant.alarms().map(ToString::to_string).collect()
    }

    fn told(&mut self, name: &str) -> String {
        let package = self.package;
        let alarms = self.alarms(name);
        let calls = &self.world().device(name).calls;
        let outs: Vec<_> = calls.iter().map(|(_, say)| format!("{say:?}")).collect();
        let refused = self
            .world()
            .device(name)
            .participant
            .call(package)
            .and_then(|call| call.refused().map(ToString::to_string));
        format!("{outs:?}, refused {refused:?}, alarms {alarms:?}")
    }
}
