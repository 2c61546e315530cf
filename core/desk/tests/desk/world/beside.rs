//! The sealed bodies that a correct device puts beside each act.

use chancery_desk::act::Act;
use chancery_log::{
    act::BodyKind,
    id::{DeviceId, PackageId, Scope, Vault},
};

use super::{DIRECTORY, DUTY_DESK, SECURITY, World};

impl World {
    fn sealed(&self, vault: Vault) -> Vec<BodyKind> {
        let number = self.vaults(vault).state(vault).map_or(1, |state| state.number());
        vec![BodyKind::Sealed(vault, number)]
    }

    /// Whose tape an act is about.
    fn tape_of(&self, scope: Scope, act: &Act) -> Option<PackageId> {
        match (act, scope) {
            (Act::TapeAsked { package, .. }, _) => Some(*package),
            (Act::TapeShareReleased { asked }, _) => {
                self.desk.trust.tape_asks().get(asked).map(|ask| ask.package)
            }
            (_, Scope::Package(package)) => Some(package),
            (_, Scope::Trust) => None,
        }
    }

    /// The bodies that a correct device puts beside its act.
    pub(super) fn bodies(&self, author: DeviceId, scope: Scope, act: &Act) -> Vec<BodyKind> {
        let package = match scope {
            Scope::Trust => Vec::new(),
            Scope::Package(package) => self.sealed(Vault::Package(package)),
        };
        match act {
            Act::ProfileSet { .. }
            | Act::PersonDescribed { .. }
            | Act::OfficeDescribed { .. }
            | Act::CounterpartAdded { .. }
            | Act::CounterpartDescribed { .. } => self.sealed(Vault::Office(DIRECTORY)),
            Act::DutyHandedOver { .. } => self.sealed(Vault::Office(DUTY_DESK)),
            Act::DeviceInvited { person, .. } if self.desk.trust.person_of(author) == Some(*person) => {
                self.sealed(Vault::Person(*person))
            }
            Act::DeviceInvited { .. } => self.sealed(Vault::Office(SECURITY)),
            Act::GenerationMade { vault, generation } => {
                let before = generation.chained.then_some(BodyKind::Sealed(*vault, generation.number));
                [BodyKind::Wraps(*vault, generation.number)].into_iter().chain(before).collect()
            }
            Act::ReadersWrapped { vault, generation, .. } => vec![BodyKind::Wraps(*vault, *generation)],
            Act::SharesDealt { vault, generation, .. } | Act::ShareReleased { vault, generation, .. } => {
                vec![BodyKind::Shares(*vault, *generation)]
            }
            act if carries_tape(act) => {
                self.tape_of(scope, act).map(BodyKind::TapeShares).into_iter().collect()
            }
            act if act.opening().is_some() => match scope {
                Scope::Trust => Vec::new(),
                Scope::Package(package) => {
                    let vault = Vault::Package(package);
                    vec![BodyKind::Wraps(vault, 1), BodyKind::Sealed(vault, 1)]
                }
            },
            act if carries_words(act) => package,
            _ => Vec::new(),
        }
    }
}

/// Acts about a tape.
fn carries_tape(act: &Act) -> bool {
    matches!(act, Act::EpochDealt { .. } | Act::TapeAsked { .. } | Act::TapeShareReleased { .. })
}

/// Acts of a package with one body.
fn carries_words(act: &Act) -> bool {
    matches!(
        act,
        Act::BriefWritten { .. }
            | Act::ClearanceAsked { .. }
            | Act::ClearanceGiven { .. }
            | Act::GuestInvited { .. }
            | Act::LineReported { .. }
            | Act::CardPassed {}
            | Act::NoteTaken { .. }
            | Act::WrapUpGiven {}
            | Act::TelconWritten { .. }
            | Act::CommitmentMade { .. }
            | Act::CommitmentSettled { .. }
            | Act::DueOutTasked { .. }
            | Act::DueOutDone { .. }
            | Act::DueOutDropped { .. }
            | Act::ReadoutSent { .. }
            | Act::PackageClosed { .. }
    )
}
