//! Every limit of the shell, with its reason. Those of the protocol stand in `chancery_wire::limits`.

use std::time::Duration;

/// Connections of any kind at once: 2,000 devices and half as many pages and witnesses, at 30 KiB each.
pub const CONNECTIONS_MAX: usize = 3_000;

/// Connections from one address at once: a whole office behind one router.
pub const CONNECTIONS_PER_ADDRESS_MAX: usize = 400;

/// Devices' sockets at once; a page or a witness still gets in when there is no place for a device.
pub const SOCKETS_MAX: usize = 2_000;

/// New connections from one address: each costs 2 ms of handshake. All devices of an office come back at once after a
/// restart, hence the burst.
pub const CONNECTS: Rate = Rate { per_second: 20.0, burst: 400.0 };

/// Messages from one device. What people do is tens; an import is bounded by the client's own sealing to some hundreds.
pub const MESSAGES_PER_DEVICE: Rate = Rate { per_second: 2_000.0, burst: 4_000.0 };

/// Messages from one address: an office's devices together.
pub const MESSAGES_PER_ADDRESS: Rate = Rate { per_second: 8_000.0, burst: 16_000.0 };

/// Requests of pages, checkpoint and tiles from one address: a witness that starts anew reads 4,000 tiles for a log of a
/// million entries, and may take a minute for it.
pub const REQUESTS: Rate = Rate { per_second: 100.0, burst: 400.0 };

/// A TLS handshake takes four packets; who needs longer is not trying.
pub const TLS: Duration = Duration::from_secs(10);

/// The head of a request must be there in this time, and the next one of the same connection too.
pub const REQUEST_HEAD: Duration = Duration::from_secs(10);

/// A message must be written within this time; a slower device is dropped and comes back.
pub const WRITE: Duration = Duration::from_secs(30);

/// How long a closed connection is still read, so that the reason arrives.
pub const LINGER: Duration = Duration::from_secs(1);

/// All that a stranger may send before it has proved who it is, WebSocket frames included: a hello and an answer, or a
/// knock, and pings while it waits.
pub const STRANGER_BYTES: usize = 2 * chancery_wire::limits::STRANGER_BYTES_MAX;

/// Messages that wait for one socket; more than credit and receipts can make together. Beyond it the device is too slow.
pub const OUT_QUEUE: usize = 1_024;

/// Inputs that wait for the log thread.
pub const IN_QUEUE: usize = 1_024;

/// Kibibytes of messages that wait for the log thread, from all devices together: beyond it socket tasks wait.
pub const IN_QUEUE_KIB: usize = 64 * 1024;

/// Inputs that wait for the sfu: every line of the largest call, twice.
pub const MEDIA_QUEUE: usize = 1_024;

/// Inputs taken before the batch is committed: the commit is what they wait for.
pub const TAKE_MAX: usize = 512;

/// How often the log thread is told the time.
pub const TICK: Duration = Duration::from_millis(500);

/// Bodies in the inbox beyond which they are moved even while acts keep coming.
pub const INBOX_BACKLOG: usize = 4_096;

/// Bodies moved before the log thread is told: one durable deletion for all of them.
pub const MOVE_AT_ONCE: usize = 256;

/// How long a stopping server waits for its sockets to say good-bye.
pub const DRAIN: Duration = Duration::from_secs(5);

/// When a device that was turned away may come again, milliseconds.
pub const RETRY_MS: u64 = 2_000;

/// Addresses and devices remembered for their rates; the idle ones are forgotten beyond this.
pub const REMEMBERED_MAX: usize = 10_000;

/// A token bucket: so many a second in the long run, so many at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Tokens that come back each second.
    pub per_second: f64,
    /// Tokens that can be saved up.
    pub burst: f64,
}

/// The limits that an installation may set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// [`CONNECTIONS_MAX`].
    pub connections: usize,
    /// [`SOCKETS_MAX`].
    pub sockets: usize,
    /// [`CONNECTIONS_PER_ADDRESS_MAX`].
    pub connections_per_address: usize,
    /// [`CONNECTS`].
    pub connects: Rate,
    /// [`MESSAGES_PER_DEVICE`].
    pub messages_per_device: Rate,
    /// [`MESSAGES_PER_ADDRESS`].
    pub messages_per_address: Rate,
    /// [`REQUESTS`].
    pub requests: Rate,
    /// The most bytes that `log.db` may grow to; none: as much as the disk has.
    pub log_bytes: Option<u64>,
    /// How long a stranger may take to log in.
    pub login: Duration,
    /// How long a connection may be silent.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: CONNECTIONS_MAX,
            sockets: SOCKETS_MAX,
            connections_per_address: CONNECTIONS_PER_ADDRESS_MAX,
            connects: CONNECTS,
            messages_per_device: MESSAGES_PER_DEVICE,
            messages_per_address: MESSAGES_PER_ADDRESS,
            requests: REQUESTS,
            log_bytes: None,
            login: Duration::from_millis(chancery_wire::limits::HELLO_MS),
            idle: Duration::from_millis(chancery_wire::limits::IDLE_MS),
        }
    }
}
