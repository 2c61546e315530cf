//! One connection as the switchboard sees it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chancery_log::id::{DeviceId, Digest, PackageId, PersonId, Scope};
use chancery_wire::limits::CREDIT;

/// Bytes of entries and bodies that may be under way to a device besides the one message that is always allowed: a slow
/// device must not make the server hold more than this for it.
pub(crate) const UNDER_WAY_BYTES: usize = 8 * 1024 * 1024;

/// A connection.
#[derive(Debug)]
pub(crate) struct Connection {
    /// Host and port as dialled.
    pub(crate) host: String,
    pub(crate) state: State,
}

/// How far it got.
#[derive(Debug)]
pub(crate) enum State {
    /// Has said nothing that counts.
    Fresh,
    /// Was asked to sign.
    Challenged { device: DeviceId, log_size: u64, server_nonce: [u8; 32] },
    /// Waits to be approved.
    Knocking,
    /// Proved who it is; is greeted after the next commit.
    Proved(Box<Proved>),
    /// In.
    In(Box<Line>),
}

/// A device that answered the challenge.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proved {
    pub(crate) device: DeviceId,
    pub(crate) person: PersonId,
    pub(crate) log_size: u64,
}

/// What is between the server and a device that is in.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) device: DeviceId,
    pub(crate) person: PersonId,
    /// Size of the newest checkpoint sent or named on this connection.
    pub(crate) checkpoint_size: u64,
    /// Packages that it was told it may follow.
    pub(crate) open: BTreeSet<PackageId>,
    /// By scope: the place of the next entry to send.
    pub(crate) follows: BTreeMap<Scope, u64>,
    /// Followed scopes that may have something to send; trust first.
    pub(crate) behind: BTreeSet<Scope>,
    /// Bodies asked for and not sent yet.
    pub(crate) fetches: VecDeque<(Scope, Digest)>,
    /// Sizes of the messages under way, oldest first.
    under_way: VecDeque<usize>,
    under_way_bytes: usize,
    /// Acts that wait for their receipt.
    pub(crate) proposed: usize,
    /// The devices that it was told wait at the door.
    pub(crate) knocks_shown: Vec<DeviceId>,
}

impl Line {
    pub(crate) fn new(proved: Proved) -> Self {
        Self {
            device: proved.device,
            person: proved.person,
            checkpoint_size: proved.log_size,
            open: BTreeSet::new(),
            follows: BTreeMap::new(),
            behind: BTreeSet::new(),
            fetches: VecDeque::new(),
            under_way: VecDeque::new(),
            under_way_bytes: 0,
            proposed: 0,
            knocks_shown: Vec::new(),
        }
    }

    /// Whether one more message with entries or bodies may be sent.
    pub(crate) fn has_credit(&self) -> bool {
        let few = u32::try_from(self.under_way.len()).is_ok_and(|messages| messages < CREDIT);
        few && self.under_way_bytes < UNDER_WAY_BYTES
    }

    pub(crate) fn sent(&mut self, bytes: usize) {
        self.under_way.push_back(bytes);
        self.under_way_bytes += bytes;
    }

    /// The device took so many messages. False when it took more than were sent.
    pub(crate) fn taken(&mut self, messages: u32) -> bool {
        for _ in 0..messages {
            match self.under_way.pop_front() {
                Some(bytes) => self.under_way_bytes -= bytes,
                None => return false,
            }
        }
        true
    }

    /// Whether something waits to be sent.
    pub(crate) fn has_work(&self) -> bool {
        !self.behind.is_empty() || !self.fetches.is_empty()
    }

    /// Whether this device may follow a scope: everybody the trust scope, a package who was told of it.
    pub(crate) fn may_follow(&self, scope: Scope) -> bool {
        match scope {
            Scope::Trust => true,
            Scope::Package(package) => self.open.contains(&package),
        }
    }

    pub(crate) fn shut(&mut self, package: PackageId) {
        let scope = Scope::Package(package);
        self.open.remove(&package);
        self.follows.remove(&scope);
        self.behind.remove(&scope);
        self.fetches.retain(|(of, _)| *of != scope);
    }
}
