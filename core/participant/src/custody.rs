//! Recovery through custodians: opening one's own share, releasing it, and gathering released shares on the device that
//! is to recover.

use chancery_desk::act::{Act, Guarded};
use chancery_log::id::{Digest, GenerationNumber, Vault};
use chancery_open::shares::{self, OpenedShare};
use chancery_seal::{
    shares::{ShareName, ShareTo, Shares},
    vault::{Reader, WrappedTo},
};

use crate::{alarm::Alarm, bodies::BodyPlace, participant::Participant};

/// Shares as this device met them.
#[derive(Default)]
pub struct Custody {
    /// Dealings, as sealed to the custodians: the newest of each generation.
    dealt: std::collections::BTreeMap<(Vault, GenerationNumber), Vec<u8>>,
    /// Shares released to this device.
    released: std::collections::BTreeMap<(Vault, GenerationNumber), Vec<OpenedShare>>,
    /// Shares of tapes by their act, as sealed.
    pub(crate) tape: std::collections::BTreeMap<Digest, Vec<u8>>,
}

impl Participant {
    pub(crate) fn take_shares(&mut self, place: BodyPlace, bytes: &[u8]) {
        let Some(entry) =
            usize::try_from(place.index).ok().and_then(|i| self.ledger.entries(place.scope).get(i))
        else {
            return;
        };
        #[allow(
            clippy::wildcard_enum_match_arm,
            reason = "only these two acts carry shares; the rules see to that"
        )]
        match entry.said.act.clone() {
            Act::SharesDealt { vault, generation, .. } => {
                self.custody.dealt.insert((vault, generation), bytes.to_vec());
            }
            Act::ShareReleased { recovery, vault, generation, share } => {
                self.take_released(recovery, vault, generation, share, bytes);
            }
            _ => {}
        }
    }

    fn share_name(&self, vault: Vault, generation: GenerationNumber, x: u8) -> Option<(ShareName, Digest)> {
        let dealt =
            self.ledger.trust()?.vault(vault)?.dealt().filter(|dealt| dealt.generation == generation)?;
        let share = dealt.shares.get(usize::from(x).checked_sub(1)?)?;
        let of = self.keyring.name(vault, generation).into();
        Some((ShareName { of, needed: dealt.needed, custodian: share.custodian, x }, share.commitment))
    }

    /// This custodian's share of a dealt generation, sealed anew to the recovering device.
    pub(crate) fn release_share(
        &mut self,
        recovery: Digest,
        vault: Vault,
        generation: GenerationNumber,
    ) -> Result<(u8, Shares), String> {
        let me = self.identity.person;
        let trust = self.ledger.trust().ok_or("this device holds no trust scope yet")?;
        let ask = trust.guarded().get(&recovery).ok_or("no recovery was asked by that act")?;
        let Guarded::Recovery(cert) = &ask.change else {
            return Err("that act asked for something else".into());
        };
        let (device, receives) = (cert.keys.id(), cert.keys.receives.clone());
        let dealt = trust.vault(vault).and_then(|state| state.dealt()).ok_or("the vault was not dealt")?;
        let own = (1..=u8::MAX).zip(&dealt.shares).find(|(_, share)| share.custodian == me);
        let (x, sealed_to) =
            own.map(|(x, share)| (x, share.generation)).ok_or("no share is this custodian's")?;
        let (name, commitment) =
            self.share_name(vault, generation, x).ok_or("another generation was dealt")?;
        let bytes = self.custody.dealt.get(&(vault, generation)).ok_or("the shares have not come yet")?;
        let shares = Shares::read(bytes).map_err(|e| e.to_string())?;
        let to = WrappedTo { reader: Reader::Person(me), generation: sealed_to };
        let key =
            self.keyring.key_for(&self.identity.secrets, to).ok_or("the custodian's vault is not open")?;
        let share = shares::open_share(
            &shares,
            &name,
            ShareTo::Custodian { generation: sealed_to },
            key,
            &commitment,
        )
        .map_err(|e| e.to_string())?;
        let released =
            shares::release(&share, recovery, device, &receives, &mut self.rng).map_err(|e| e.to_string())?;
        Ok((x, released))
    }

    /// A share released to this device; with enough of them the vault opens.
    fn take_released(
        &mut self,
        recovery: Digest,
        vault: Vault,
        generation: GenerationNumber,
        x: u8,
        bytes: &[u8],
    ) {
        let device = self.identity.secrets.id();
        let is_mine =
            self.ledger.trust().and_then(|trust| trust.guarded().get(&recovery)).is_some_and(
                |ask| matches!(&ask.change, Guarded::Recovery(cert) if cert.keys.id() == device),
            );
        if !is_mine || self.keyring.get(vault, generation).is_some() {
            return;
        }
        let Some((name, commitment)) = self.share_name(vault, generation, x) else { return };
        let opened = Shares::read(bytes).map_err(|e| e.to_string()).and_then(|shares| {
            let to = ShareTo::Recovering { device, recovery };
            shares::open_share(&shares, &name, to, self.identity.secrets.receiving_key(), &commitment)
                .map_err(|e| e.to_string())
        });
        match opened {
            Ok(share) => {
                self.custody.released.entry((vault, generation)).or_default().push(share);
                self.recover(vault, generation);
            }
            Err(detail) => self.alarm(Alarm::CorruptShare { custodian: name.custodian, detail }),
        }
    }

    fn recover(&mut self, vault: Vault, generation: GenerationNumber) {
        let Some(state) = self.vault_state(vault) else { return };
        let Some(needed) = state.dealt().map(|dealt| dealt.needed) else { return };
        let Some(stated) = state.generation(generation).map(|made| made.generation.clone()) else { return };
        let name = self.keyring.name(vault, generation);
        let Some(released) = self.custody.released.get(&(vault, generation)) else { return };
        if released.len() < usize::from(needed) {
            return;
        }
        match shares::combine(&name, needed, released, &stated) {
            Ok(secret) => {
                self.custody.released.remove(&(vault, generation));
                self.hold(vault, &stated, secret);
            }
            Err(_) => self.alarm(Alarm::WrongGenerationKey { vault, generation }),
        }
    }
}
