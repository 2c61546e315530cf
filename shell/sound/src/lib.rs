//! Sound for devices without a browser: what a WAV or Ogg Opus file says becomes Opus frames, and frames become sound again.
//! Everything is one channel at 48 kHz, in frames of 20 ms.

pub mod codec;
pub mod mix;
pub mod ogg_opus;
pub mod pitch;
pub mod tone;
pub mod wav;

/// Samples a second.
pub const RATE: u32 = 48_000;

/// Length of one frame, milliseconds.
pub const FRAME_MS: u64 = 20;

/// Samples of one frame.
pub const FRAME: usize = 960;

/// Bits a second, constant: frames of one length do not show who speaks when.
pub const BITRATE: u32 = 32_000;

/// Bytes of one frame at [`BITRATE`].
pub const FRAME_BYTES: usize = 80;
