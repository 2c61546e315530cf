//! Devices: invited by link, approved by a device of the same person or a security officer, revoked for good.

use chancery_log::id::{DeviceId, Digest, InvitationId, PersonId};
use chancery_seal::device::{DeviceCert, DeviceKeys, RECEIVE_KEY_BYTES};
use ed25519_dalek::VerifyingKey;

use crate::{
    act::RevokedBecause,
    ages::CLOCK_AHEAD_MS,
    case::{Case, needs_new},
    people,
    refusal::{Refusal, Thing},
    said::{Place, Said},
    trust::Trust,
};

/// How a device came to be approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// By the founding act.
    Founding,
    /// By invitation.
    Invitation(InvitationId),
    /// By two security officers, for somebody who lost every device.
    Recovery,
}

/// When and why a device went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revoked {
    /// Why. The devices of somebody who left count as replaced.
    pub because: RevokedBecause,
    /// Digest of the act.
    pub act: Digest,
    /// When it was logged, milliseconds since 1970 UTC.
    pub logged_ms: u64,
}

/// A device that was approved.
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    /// Whose it is, and its keys.
    pub cert: DeviceCert,
    /// How it came.
    pub approval: Approval,
    /// The device that approved it; itself for the founding ones.
    pub by: DeviceId,
    /// Digest of the approving act.
    pub act: Digest,
    /// When that was logged, milliseconds since 1970 UTC.
    pub logged_ms: u64,
    /// Set once it is out.
    pub revoked: Option<Revoked>,
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationState {
    /// It can be used until its time.
    Open,
    /// A device came by it.
    Used(DeviceId),
    /// Void, by this act.
    Withdrawn(Digest),
}

/// A link for a new device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invitation {
    /// Whose device.
    pub person: PersonId,
    /// The device that invited.
    pub by: DeviceId,
    /// Digest of the act, beside which the sealed secret is.
    pub act: Digest,
    /// SHA-256 of the one-time secret.
    pub secret: Digest,
    /// Until when, milliseconds since 1970 UTC.
    pub until_ms: u64,
    /// What became of it.
    pub state: InvitationState,
}

impl Invitation {
    pub(crate) fn withdraw(&mut self, said: &Said) {
        match self.state {
            InvitationState::Open => self.state = InvitationState::Withdrawn(said.digest),
            InvitationState::Used(_) | InvitationState::Withdrawn(_) => {}
        }
    }

    fn needs_open(&self, id: InvitationId) -> Result<(), Refusal> {
        match self.state {
            InvitationState::Open => Ok(()),
            InvitationState::Used(_) | InvitationState::Withdrawn(_) => Err(Refusal::InvitationGone(id)),
        }
    }
}

/// Keys that can work: a sound signing key and a receiving key of the right length.
pub(crate) fn needs_sound(keys: &DeviceKeys) -> Result<(), Refusal> {
    match VerifyingKey::from_bytes(&keys.signs) {
        Ok(key) if !key.is_weak() => {}
        Ok(_) | Err(_) => return Err(Refusal::SigningKey),
    }
    if keys.receives.len() == RECEIVE_KEY_BYTES {
        Ok(())
    } else {
        Err(Refusal::ReceiveKey { expected: RECEIVE_KEY_BYTES, got: keys.receives.len() })
    }
}

/// No id of a device or an observer, present or past, comes twice.
pub(crate) fn needs_unknown(trust: &Trust, device: DeviceId) -> Result<(), Refusal> {
    let known = trust.devices.contains_key(&device) || trust.observers.contains_key(&device);
    needs_new(known, Thing::Device(device))
}

/// Some security officer must still have a device: one can bring the others back, none can not.
pub(crate) fn needs_officer_device_without(
    trust: &Trust,
    goes: impl Fn(&Device) -> bool,
) -> Result<(), Refusal> {
    let stays = |device: &&Device| {
        device.revoked.is_none() && people::is_security_officer(trust, device.cert.person) && !goes(device)
    };
    match trust.devices.values().filter(stays).count() {
        0 => Err(Refusal::LastSecurityOfficer { left: 0, needed: 1 }),
        _ => Ok(()),
    }
}

pub(crate) fn admit_invited(
    case: &Case<'_>,
    invitation: InvitationId,
    person: PersonId,
    until_ms: u64,
) -> Result<(), Refusal> {
    needs_new(case.trust.invitations.contains_key(&invitation), Thing::Invitation(invitation))?;
    people::needs_at_desk(case.trust, person)?;
    needs_until(case, until_ms)
}

/// A link lives from now on, and no longer than the rules say.
pub(crate) fn needs_until(case: &Case<'_>, until_ms: u64) -> Result<(), Refusal> {
    let most = case.logged_ms.saturating_add(case.trust.rules.invitation_ms).saturating_add(CLOCK_AHEAD_MS);
    if until_ms > case.logged_ms && until_ms <= most {
        Ok(())
    } else {
        Err(Refusal::OutOfRange {
            what: "the end of an invitation".into(),
            least: case.logged_ms + 1,
            most,
            got: until_ms,
        })
    }
}

pub(crate) fn admit_withdrawn(case: &Case<'_>, id: InvitationId) -> Result<(), Refusal> {
    invitation(case.trust, id)?.needs_open(id)
}

pub(crate) fn admit_approved(case: &Case<'_>, id: InvitationId, cert: &DeviceCert) -> Result<(), Refusal> {
    let invitation = invitation(case.trust, id)?;
    invitation.needs_open(id)?;
    if case.logged_ms > invitation.until_ms {
        return Err(Refusal::ExpiredInvitation { until_ms: invitation.until_ms });
    }
    if cert.person != invitation.person {
        return Err(Refusal::NotYours { power: crate::roles::Power::KeepDevices });
    }
    people::needs_at_desk(case.trust, cert.person)?;
    needs_unknown(case.trust, cert.keys.id())?;
    needs_sound(&cert.keys)
}

pub(crate) fn admit_revoked(case: &Case<'_>, device: DeviceId) -> Result<(), Refusal> {
    let known = case.trust.devices.get(&device).ok_or(Refusal::UnknownDevice(device))?;
    if known.revoked.is_some() {
        return Err(Refusal::DeviceRevoked(device));
    }
    needs_officer_device_without(case.trust, |other| other.cert == known.cert)
}

fn invitation(trust: &Trust, id: InvitationId) -> Result<&Invitation, Refusal> {
    trust.invitations.get(&id).ok_or(Refusal::UnknownInvitation(id))
}

impl Trust {
    pub(crate) fn apply_device(
        &mut self,
        said: &Said,
        logged_ms: u64,
        cert: &DeviceCert,
        approval: Approval,
    ) {
        let by = match approval {
            Approval::Founding => cert.keys.id(),
            Approval::Invitation(_) | Approval::Recovery => said.author,
        };
        let device = Device { cert: cert.clone(), approval, by, act: said.digest, logged_ms, revoked: None };
        self.devices.insert(cert.keys.id(), device);
    }

    pub(crate) fn apply_invited(
        &mut self,
        said: &Said,
        id: InvitationId,
        person: PersonId,
        secret: Digest,
        until_ms: u64,
    ) {
        let state = InvitationState::Open;
        let invitation = Invitation { person, by: said.author, act: said.digest, secret, until_ms, state };
        self.invitations.insert(id, invitation);
    }

    pub(crate) fn apply_withdrawn(&mut self, said: &Said, id: InvitationId) {
        if let Some(invitation) = self.invitations.get_mut(&id) {
            invitation.withdraw(said);
        }
    }

    pub(crate) fn apply_approved(&mut self, said: &Said, place: &Place, id: InvitationId, cert: &DeviceCert) {
        if let Some(invitation) = self.invitations.get_mut(&id) {
            invitation.state = InvitationState::Used(cert.keys.id());
        }
        self.apply_device(said, place.logged_ms, cert, Approval::Invitation(id));
    }

    pub(crate) fn apply_revoked(
        &mut self,
        said: &Said,
        place: &Place,
        device: DeviceId,
        because: RevokedBecause,
    ) {
        let revoked = Revoked { because, act: said.digest, logged_ms: place.logged_ms };
        if let Some(device) = self.devices.get_mut(&device) {
            device.revoked.get_or_insert(revoked);
        }
    }

    /// Somebody lost every device: all earlier ones are out, and this one is in.
    pub(crate) fn apply_recovery(&mut self, said: &Said, place: &Place, cert: &DeviceCert) {
        let revoked = Revoked { because: RevokedBecause::Lost, act: said.digest, logged_ms: place.logged_ms };
        for device in self.devices.values_mut().filter(|device| device.cert.person == cert.person) {
            device.revoked.get_or_insert(revoked);
        }
        self.apply_device(said, place.logged_ms, cert, Approval::Recovery);
    }
}
