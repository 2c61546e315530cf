//! Every limit of the sfu, with its reason. Times are in microseconds, as the sfu is told them.

/// Calls that one [`crate::sfu::Sfu`] carries; a machine has one for each of its media threads.
pub const CALLS_MAX: usize = 1_000;

/// Legs on one call. The largest call that anybody asked for has 50; sending to each costs about 4 µs of a core, 50 times a
/// second for each speaker.
pub const LEGS_PER_CALL_MAX: usize = 64;

/// Recvonly m-lines of an offer: so many others can be heard by one leg without negotiating anew.
pub const SLOTS_MAX: usize = 8;

/// Legs of one call that may speak at a time: who only listens has a slot for each.
pub const SPEAKERS_MAX: usize = SLOTS_MAX;

/// Joins per second in the long run: each costs 2 ms of a core, so a tenth of one goes into joins at most.
pub const JOINS_PER_SECOND: u64 = 50;

/// Joins at once: after a restart all come back within a second or two.
pub const JOINS_BURST: u64 = 200;

/// What is longer is no datagram of ours: an Ethernet frame's payload.
pub const DATAGRAM_BYTES_MAX: usize = 1_500;

/// Below it no RTP or RTCP packet with its tag fits.
pub const MEDIA_BYTES_MIN: usize = 12 + 16;

/// An offer. A browser's, with nine m-lines and candidates in each, has 15,000 bytes.
pub const OFFER_BYTES_MAX: usize = 32 * 1024;

/// Lines of an offer: a browser's has about 250.
pub const OFFER_LINES_MAX: usize = 1_000;

/// Candidates of an offer that are remembered; they only name the kind of a path.
pub const CANDIDATES_MAX: usize = 64;

/// Datagrams per second from one leg in the long run: 50 frames, as many again when half are asked for twice, reports,
/// pings. Only authentic ones count: what is forged in a leg's name must not silence it, and finding out costs less than
/// taking it from the socket.
pub const DATAGRAMS_PER_SECOND: u64 = 150;

/// Datagrams from one leg at once: what piles up in a network that stood still for 2 s.
pub const DATAGRAMS_BURST: u64 = 400;

/// Datagrams of DTLS per second to one leg, authentic or not: most cost next to nothing, but some begin a handshake's
/// arithmetic. A handshake takes a dozen.
pub const HANDSHAKE_PER_SECOND: u64 = 20;

/// Datagrams of DTLS at once.
pub const HANDSHAKE_BURST: u64 = 100;

/// Frames per second sent a second time to one leg: a tenth of eight speakers' frames is 40. Without a limit a leg could
/// make the sfu send without end.
pub const REPEATS_PER_SECOND: u64 = 100;

/// Frames sent a second time at once.
pub const REPEATS_BURST: u64 = 200;

/// Frames that one datagram of reports may ask for: all that is kept of two speakers.
pub const MISSED_PER_DATAGRAM: usize = 2 * KEPT_FRAMES;

/// Paths of one leg that were proved by a ping: a device with two networks, two address families, UDP and TCP.
pub const PATHS_MAX: usize = 8;

/// A path's address is given to another leg only when its own was not heard from there for so long: then the network has
/// handed it to somebody else. A leg can't take another one's address away by claiming it.
pub const PATH_KEPT_US: u64 = 5_000_000;

/// SSRCs that one leg may send on in its life. A browser has one, another after changing its microphone; each costs a replay
/// window that may never be forgotten.
pub const STREAMS_MAX: usize = 8;

/// SSRCs that one leg may send reports from.
pub const REPORTERS_MAX: usize = 16;

/// Frames of a speaker that are kept to be sent again: 1.3 s, more than any listener waits.
pub const KEPT_FRAMES: usize = 64;

/// A frame that is missing longer is no longer asked for. Listeners wait less, the tape is glad of it.
pub const ASKED_FOR_US: u64 = 1_000_000;

/// A missing frame is asked for this often.
pub const ASKED_TIMES_MAX: u8 = 6;

/// Frames may come in another order by so much before the missing one is asked for.
pub const REORDERED_US: u64 = 10_000;

/// Between asking for a frame and asking again, when the round trip isn't known yet, or is shorter than frames are apart.
pub const ASK_AGAIN_US: u64 = 40_000;

/// A gap of more frames (1 s) is a pause, not a loss: listeners go on counting without it, and nothing is asked for.
pub const GAP_MAX: u64 = 50;

/// Reports to each leg: often enough that a path that goes bad shows within the 3 s of a line test.
pub const REPORT_US: u64 = 1_000_000;

/// Statistics of each leg.
pub const STATISTICS_US: u64 = 5_000_000;

/// Frames that were dropped are told at once when it begins, then this often while it goes on.
pub const DROPPED_TOLD_US: u64 = 1_000_000;

/// From the offer to the first key: ICE and DTLS with several lost packets.
pub const CONNECT_US: u64 = 20_000_000;

/// A leg that nothing came from is quiet. Browsers ping at least every 2.5 s, so two in a row are missing.
pub const QUIET_US: u64 = 6_000_000;

/// A leg that nothing came from is gone. The device makes a new one as soon as it has a network again.
pub const GONE_US: u64 = 30_000_000;
