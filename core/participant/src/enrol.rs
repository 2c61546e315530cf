//! How a device comes to a desk: somebody makes a link, the newcomer knocks with it, somebody compares words and approves.

use chancery_desk::{
    act::{Act, OfficePurpose, Role},
    devices::InvitationState,
};
use chancery_log::id::{DeviceId, Digest, InvitationId, PersonId, Scope, Vault};
use chancery_open::{device::DeviceSecrets, hybrid::HybridError, knock};
use chancery_seal::{
    body::{Body, people::InvitationSecret},
    invitation::{DeviceLink, Knock, LinkSecret},
    words::{COMPARED, comparison_words},
};
use chancery_wire::{
    to_client::{Closing, ToClient},
    to_server::ToServer,
};
use rand_core::{CryptoRng, Rng};
use serde_bytes::ByteBuf;
use zeroize::Zeroizing;

use crate::{
    deed::{Deed, Words},
    outbox::Ticket,
    participant::{Identity, Participant},
};

/// Why something about enrolment can not be done now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnrolError {
    /// Nothing of the desk is here yet.
    #[error("this device has not caught up with its desk yet: connect it and try again")]
    NoTrust,
    /// The person is not known.
    #[error("no person {0} at this desk: add the person first")]
    UnknownPerson(PersonId),
    /// Officers seal the link's secret to the security office.
    #[error("the security office has no key yet: let a security officer's device connect first")]
    NoSecurityOffice,
    /// No such knock, or it is not by who holds the link.
    #[error("no device waits under that invitation with proof that it holds the link")]
    NoKnock,
    /// The invitation's secret is not open here.
    #[error(
        "this device can not open the invitation's secret: the inviter or a security officer must approve"
    )]
    NoSecret,
}

/// A device that waits for approval, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingDevice {
    /// Under which invitation.
    pub invitation: InvitationId,
    /// Its id.
    pub device: DeviceId,
    /// Whose it is to be.
    pub person: PersonId,
    /// To be compared with those on the new device's screen.
    pub words: [&'static str; COMPARED],
    /// It proved that it holds the link's secret.
    pub proved: bool,
}

impl Participant {
    /// Makes a link for a new device of a person. The link is a secret: hand it to that person only. `base`: the
    /// desk's address; `certificate`: SHA-256 of its certificate when it signed that itself.
    pub fn invite(
        &mut self,
        now_ms: u64,
        person: PersonId,
        base: &str,
        certificate: Option<Digest>,
    ) -> Result<(Ticket, DeviceLink), EnrolError> {
        self.clock.tell(now_ms);
        let trust = self.ledger.trust().ok_or(EnrolError::NoTrust)?;
        if !trust.at_desk(person) {
            return Err(EnrolError::UnknownPerson(person));
        }
        let until_ms = self.desk_ms() + trust.rules().invitation_ms;
        let vault = if person == self.identity.person {
            Vault::Person(person)
        } else {
            Vault::Office(
                trust.office_by_purpose(OfficePurpose::Security).ok_or(EnrolError::NoSecurityOffice)?,
            )
        };
        let mut secret = Zeroizing::new([0; 32]);
        self.rng.fill_bytes(secret.as_mut_slice());
        let secret = LinkSecret::new(*secret);
        let invitation = InvitationId(self.draw_id());
        let act = Act::DeviceInvited { invitation, person, secret: secret.digest(), until_ms };
        let body =
            Body::InvitationSecret(InvitationSecret { secret: ByteBuf::from(secret.expose().to_vec()) });
        let words = vec![Words { vault, body }];
        let ticket = self.act(now_ms, Deed::Say { scope: Scope::Trust, act, words });
        let (desk, genesis) = (self.identity.desk, self.identity.genesis);
        Ok((
            ticket,
            DeviceLink { base: base.to_owned(), genesis, desk, invitation, person, secret, certificate },
        ))
    }

    /// The devices that wait and that this device may approve.
    pub fn waiting_devices(&self) -> Vec<WaitingDevice> {
        self.knocks.iter().filter_map(|knock| self.check_knock(knock)).collect()
    }

    fn check_knock(&self, knock: &Knock) -> Option<WaitingDevice> {
        let trust = self.ledger.trust()?;
        let invitation = trust.invitations().get(&knock.invitation)?;
        let is_officer =
            trust.person(self.identity.person).is_some_and(|me| me.roles.contains(&Role::SecurityOfficer));
        let is_mine = invitation.person == self.identity.person;
        if invitation.state != InvitationState::Open
            || invitation.person != knock.cert.person
            || !(is_officer || is_mine)
        {
            return None;
        }
        let device = knock.cert.keys.id();
        let proved =
            self.link_secret(invitation.act).is_some_and(|secret| knock::verify(knock, &secret).is_ok());
        let words = comparison_words(&self.identity.genesis, &knock.invitation, &invitation.by, &device);
        Some(WaitingDevice { invitation: knock.invitation, device, person: knock.cert.person, words, proved })
    }

    fn link_secret(&self, act: Digest) -> Option<LinkSecret> {
        #[allow(
            clippy::wildcard_enum_match_arm,
            reason = "an invitation's body is its secret, or of no use here"
        )]
        match self.bodies.get(act, 0)? {
            Body::InvitationSecret(body) => {
                <[u8; 32]>::try_from(body.secret.as_slice()).ok().map(LinkSecret::new)
            }
            _ => None,
        }
    }

    /// Approves a device that waits: after the words were compared.
    pub fn approve(&mut self, now_ms: u64, device: DeviceId) -> Result<Ticket, EnrolError> {
        let knock =
            self.knocks.iter().find(|knock| knock.cert.keys.id() == device).ok_or(EnrolError::NoKnock)?;
        let trust = self.ledger.trust().ok_or(EnrolError::NoTrust)?;
        let invitation = trust.invitations().get(&knock.invitation).ok_or(EnrolError::NoKnock)?;
        let secret = self.link_secret(invitation.act).ok_or(EnrolError::NoSecret)?;
        knock::verify(knock, &secret).map_err(|_| EnrolError::NoKnock)?;
        let act = Act::DeviceApproved { invitation: knock.invitation, cert: knock.cert.clone() };
        Ok(self.act(now_ms, Deed::bare(Scope::Trust, act)))
    }
}

/// What a newcomer learns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewcomerNews {
    /// Waits; these words are to be compared with the approver's.
    Heard([&'static str; COMPARED]),
    /// Approved: it can say hello.
    Approved,
    /// Turned away.
    Closed(Closing),
}

/// A device between its link and its approval.
pub struct Newcomer {
    link: DeviceLink,
    secrets: DeviceSecrets,
}

impl Newcomer {
    /// A new device with new keys.
    pub fn new(link: DeviceLink, rng: &mut impl CryptoRng) -> Result<Self, HybridError> {
        Ok(Self { link, secrets: DeviceSecrets::draw(rng)? })
    }

    /// A device that was enrolling before.
    pub fn again(link: DeviceLink, secrets: DeviceSecrets) -> Self {
        Self { link, secrets }
    }

    /// Its keys, to be sealed at rest.
    pub fn secrets(&self) -> &DeviceSecrets {
        &self.secrets
    }

    /// The first and only message until it is approved.
    pub fn knock(&self) -> Result<Vec<u8>, chancery_log::cbor::CborError> {
        let knock = knock::knock(&self.link, self.secrets.public())?.encode()?;
        ToServer::Knock { knock: ByteBuf::from(knock) }.write()
    }

    /// Reads one message from the server.
    pub fn receive(&self, bytes: &[u8]) -> Option<NewcomerNews> {
        #[allow(clippy::wildcard_enum_match_arm, reason = "nothing else is for a newcomer")]
        match ToClient::read(bytes).ok()? {
            ToClient::KnockHeard { inviter } => Some(NewcomerNews::Heard(comparison_words(
                &self.link.genesis,
                &self.link.invitation,
                &inviter,
                &self.secrets.id(),
            ))),
            ToClient::Approved {} => Some(NewcomerNews::Approved),
            ToClient::Closing { because } => Some(NewcomerNews::Closed(because)),
            _ => None,
        }
    }

    /// Who it is once approved.
    pub fn into_identity(self) -> Identity {
        Identity {
            desk: self.link.desk,
            genesis: self.link.genesis,
            person: self.link.person,
            secrets: self.secrets,
        }
    }
}
