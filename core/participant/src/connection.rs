//! The connection as this device sees it: the login, and what is under way.

use std::collections::{BTreeMap, BTreeSet};

use chancery_log::{
    act::Head,
    checkpoint::VerifiedCheckpoint,
    id::{Digest, Scope},
};

/// Where the login stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Login {
    /// No socket.
    #[default]
    Offline,
    /// The hello is sent.
    Hello {
        /// As dialled.
        host: String,
    },
    /// The challenge is answered.
    Answered,
    /// In.
    In,
}

/// The connection.
#[derive(Debug, Default)]
pub struct Connection {
    /// The login.
    pub login: Login,
    /// Scopes that are followed on this connection.
    pub following: BTreeSet<Scope>,
    /// How far the server said each scope is; taken away once it is reached.
    pub behind: BTreeMap<Scope, Head>,
    /// Messages taken since the server was last told.
    pub taken: u32,
    /// When something was last sent.
    pub sent_ms: u64,
    /// Bodies that were to come when every scope was first as far as the server said; none before that.
    pub backlog: Option<Vec<Digest>>,
    /// Where the log was restored, when the hello asked for proof from there on.
    pub rewinds_to: Option<VerifiedCheckpoint>,
    /// When something last came.
    pub heard_ms: u64,
    /// Whether the welcome's backlog was reached.
    pub caught_up: bool,
}

impl Connection {
    /// Whether acts can be sent.
    pub fn is_in(&self) -> bool {
        self.login == Login::In
    }
}
