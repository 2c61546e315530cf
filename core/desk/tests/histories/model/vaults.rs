//! The model's vaults: lists of wraps, and which of them a device can open, found by trying until nothing new opens.

use chancery_desk::{act::Act, said::Said};
use chancery_log::id::{DeviceId, PersonId, Vault};
use chancery_seal::vault::{Generation, Reader, WrappedTo};

use super::{Judged, Model, Story, need, own_vault, packages};

/// One generation and all its wraps.
pub(super) struct Made {
    pub(super) number: u32,
    pub(super) chained: bool,
    pub(super) wraps: Vec<(Reader, u32)>,
}

impl Model {
    fn story_of(&self, vault: Vault) -> &Story {
        match vault {
            Vault::Person(_) | Vault::Office(_) => &self.trust,
            Vault::Package(id) => self.story(id).unwrap_or(&[]),
        }
    }

    pub(super) fn generations(&self, vault: Vault) -> Vec<Made> {
        let mut made: Vec<Made> = Vec::new();
        for (said, _) in self.story_of(vault) {
            let generation = match &said.act {
                Act::GenerationMade { vault: of, generation } if *of == vault => Some(generation),
                act => act.opening().map(|opening| &opening.vault),
            };
            if let Some(generation) = generation {
                let wraps = generation.readers.iter().map(|to| (to.reader, to.generation)).collect();
                made.push(Made { number: generation.number, chained: generation.chained, wraps });
            }
            if let Act::ReadersWrapped { vault: of, generation, readers } = &said.act
                && *of == vault
            {
                let to = made.iter_mut().filter(|made| made.number == *generation);
                to.for_each(|made| made.wraps.extend(readers.iter().map(|to| (to.reader, to.generation))));
            }
        }
        made
    }

    /// Somebody was added "from now on" since the newest generation was made.
    pub(super) fn is_unchained_due(&self, vault: Vault) -> bool {
        let mut due = false;
        for (said, _) in self.story_of(vault) {
            match &said.act {
                Act::ReadersAdded { from_now, .. } => due |= from_now,
                Act::GenerationMade { vault: of, .. } if *of == vault => due = false,
                _ => {}
            }
        }
        matches!(vault, Vault::Package(_)) && due
    }

    /// The first generation that is this reader's.
    fn first_of(&self, vault: Vault, reader: Reader) -> u32 {
        let (mut made, mut first) = (0, 1);
        for (said, _) in self.story_of(vault) {
            match &said.act {
                Act::GenerationMade { vault: of, .. } if *of == vault => made += 1,
                act if act.opening().is_some() => made += 1,
                Act::ReadersAdded { readers, from_now } if readers.contains(&reader) => {
                    first = if *from_now { made + 1 } else { 1 };
                }
                _ => {}
            }
        }
        first
    }

    pub(super) fn is_entitled(&self, vault: Vault, reader: Reader) -> bool {
        match (vault, reader) {
            (Vault::Person(person), Reader::Device(device)) => self.devices(person).contains(&device),
            (Vault::Office(office), Reader::Person(person)) => self.members(office).contains(&person),
            (Vault::Package(id), Reader::Person(person)) => {
                self.at_desk(person) && packages::readers(self.story(id).unwrap_or(&[])).contains(&reader)
            }
            (Vault::Package(id), Reader::Office(_)) => {
                packages::readers(self.story(id).unwrap_or(&[])).contains(&reader)
            }
            _ => false,
        }
    }

    fn entitled(&self, vault: Vault) -> Vec<Reader> {
        match vault {
            Vault::Person(person) => self.devices(person).into_iter().map(Reader::Device).collect(),
            Vault::Office(office) => self.members(office).into_iter().map(Reader::Person).collect(),
            Vault::Package(id) => {
                let mut readers = packages::readers(self.story(id).unwrap_or(&[]));
                readers.retain(|reader| self.is_entitled(vault, *reader));
                readers
            }
        }
    }

    pub(crate) fn is_stale(&self, vault: Vault) -> bool {
        let made = self.generations(vault);
        let Some(newest) = made.last() else { return false };
        newest.wraps.iter().any(|(reader, wrapped)| {
            let behind = own_vault(*reader).is_some_and(|own| {
                self.generations(own).last().is_none_or(|newest| newest.number != *wrapped)
                    || self.is_stale(own)
            });
            behind || !self.is_entitled(vault, *reader)
        })
    }

    pub(super) fn ready(&self, reader: Reader) -> Option<u32> {
        match own_vault(reader) {
            None => Some(0),
            Some(own) => {
                let newest = self.generations(own).last().map(|made| made.number);
                newest.filter(|_| !self.is_stale(own))
            }
        }
    }

    pub(super) fn to_wrap(&self, readers: &[Reader]) -> Vec<WrappedTo> {
        let mut to = Vec::new();
        for reader in readers {
            if let Some(generation) = self.ready(*reader) {
                to.push(WrappedTo { reader: *reader, generation });
            }
        }
        to.sort();
        to.dedup();
        to
    }

    /// Every generation that this device can open; `entitled`: by wraps to readers who still may read only.
    pub(super) fn opens(&self, device: DeviceId, entitled: bool) -> Vec<(Vault, u32)> {
        let Some(person) = self.owner(device).filter(|_| !self.is_out(device)) else { return Vec::new() };
        let mut vaults = vec![Vault::Person(person)];
        let offices = self.trust.iter().filter_map(|(said, _)| match &said.act {
            Act::OfficeMade { office, .. } => Some(*office),
            _ => None,
        });
        vaults.extend(offices.filter(|office| self.members(*office).contains(&person)).map(Vault::Office));
        vaults.extend(self.packages.iter().map(|(id, _)| Vault::Package(*id)));
        let mut open: Vec<(Vault, u32)> = Vec::new();
        // Persons before offices before packages, so one pass over each, newest generation first, finds all.
        for vault in vaults {
            let mut carried = false;
            for made in self.generations(vault).iter().rev() {
                let wrapped = made.wraps.iter().any(|(reader, number)| {
                    let reached = match own_vault(*reader) {
                        None => *reader == Reader::Device(device),
                        Some(own) => open.contains(&(own, *number)),
                    };
                    reached && (!entitled || self.is_entitled(vault, *reader))
                });
                if wrapped || carried {
                    open.push((vault, made.number));
                    carried = made.chained;
                }
            }
        }
        open
    }

    fn anybody_opens(&self, vault: Vault, number: u32) -> bool {
        self.came.iter().any(|(_, device, _)| self.opens(*device, true).contains(&(vault, number)))
    }

    fn is_vaults_reader(&self, vault: Vault, person: PersonId) -> bool {
        match vault {
            Vault::Person(owner) => owner == person,
            Vault::Office(office) => self.members(office).contains(&person),
            Vault::Package(id) => self.story(id).is_some_and(|story| self.reads(story, person)),
        }
    }

    pub(super) fn keys(&self, said: &Said, author: PersonId) -> Judged {
        match &said.act {
            Act::GenerationMade { vault, generation } => {
                need(self.is_vaults_reader(*vault, author), "reader")?;
                let before = self.generations(*vault).last().map_or(0, |made| made.number);
                need(generation.number == before + 1, "number")?;
                let somebody = before > 0 && self.anybody_opens(*vault, before);
                let holds = self.opens(said.author, false).contains(&(*vault, before));
                need(!somebody || holds, "holder")?;
                let due = before == 0 || self.is_unchained_due(*vault);
                need(if due { !generation.chained } else { generation.chained || !somebody }, "chain")?;
                self.form(said.author, author, *vault, generation, &self.entitled(*vault))
            }
            Act::ReadersWrapped { vault, generation, readers } => {
                need(self.is_vaults_reader(*vault, author), "reader")?;
                let made = self.generations(*vault);
                let at = made.iter().position(|made| made.number == *generation).ok_or("number")?;
                need(made.get(at + 1).is_none_or(|next| !next.chained), "top")?;
                need(self.opens(said.author, false).contains(&(*vault, *generation)), "holder")?;
                let named: Vec<Reader> = readers.iter().map(|to| to.reader).collect();
                for reader in &named {
                    need(self.is_entitled(*vault, *reader), "entitled")?;
                    need(self.first_of(*vault, *reader) <= *generation, "from now on")?;
                    need(made[at].wraps.iter().all(|(there, _)| there != reader), "there")?;
                }
                need(!named.is_empty() && *readers == self.to_wrap(&named), "wraps")?;
                need(readers.len() == named.len(), "ready")
            }
            _ => Err("no key work"),
        }
    }

    /// Keys of the right length, wrapped to exactly whom it should be, the maker among them.
    pub(super) fn form(
        &self,
        device: DeviceId,
        author: PersonId,
        vault: Vault,
        generation: &Generation,
        entitled: &[Reader],
    ) -> Judged {
        let bytes = if matches!(vault, Vault::Package(_)) { 0 } else { 1216 };
        need(generation.receives.len() == bytes, "receiving key")?;
        need(generation.readers == self.to_wrap(entitled), "readers")?;
        let among = generation.readers.iter().any(|to| match to.reader {
            Reader::Device(id) => id == device,
            Reader::Person(person) => person == author,
            Reader::Office(office) => self.members(office).contains(&author),
        });
        need(among, "among")
    }
}
