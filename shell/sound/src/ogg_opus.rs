//! Ogg Opus files (RFC 7845): one logical stream of 20 ms packets.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Write as _},
    path::Path,
};

use ogg::{OggReadError, PacketReader, PacketWriter, writing::PacketWriteEndInfo};

use crate::{FRAME, RATE};

/// RFC 7845 §5.1: samples that a decoder throws away at the beginning while it converges.
const PRE_SKIP: u16 = 312;

/// An hour of frames.
const PACKETS_MAX: usize = 3_600 * 50;

/// RFC 7845 §5.2: who wrote the stream, and no comments.
const VENDOR: &[u8] = b"chancery";

/// Why an Ogg Opus file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum OggError {
    /// The file system.
    #[error("{path}: {error}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        error: io::Error,
    },
    /// Not Ogg.
    #[error("{path} can not be read as an Ogg file: {error}")]
    NotOgg {
        /// The file.
        path: String,
        /// Why.
        error: OggReadError,
    },
    /// Ogg, but not one channel of Opus.
    #[error("{path} holds no single-channel Opus stream")]
    NotOpus {
        /// The file.
        path: String,
    },
    /// Longer than an hour.
    #[error("{path} is longer than an hour")]
    TooLong {
        /// The file.
        path: String,
    },
}

/// Writes 20 ms packets, one after the other without gaps.
pub fn write<'a>(
    path: &Path,
    serial: u32,
    packets: impl IntoIterator<Item = &'a [u8]>,
) -> Result<(), OggError> {
    let failed = |error| OggError::Io { path: path.display().to_string(), error };
    let mut writer = PacketWriter::new(BufWriter::new(File::create(path).map_err(failed)?));
    let mut put = |packet: Vec<u8>, info, granule| writer.write_packet(packet, serial, info, granule);
    put(head(), PacketWriteEndInfo::EndPage, 0).map_err(failed)?;
    put(tags(), PacketWriteEndInfo::EndPage, 0).map_err(failed)?;
    let mut packets = packets.into_iter().peekable();
    let mut granule = 0;
    while let Some(packet) = packets.next() {
        granule += FRAME as u64;
        let info = match packets.peek() {
            Some(_) => PacketWriteEndInfo::NormalPacket,
            None => PacketWriteEndInfo::EndStream,
        };
        put(packet.to_vec(), info, granule).map_err(failed)?;
    }
    writer.into_inner().flush().map_err(failed)
}

/// Reads the packets of a file's first stream.
pub fn read(path: &Path) -> Result<Vec<Vec<u8>>, OggError> {
    let name = || path.display().to_string();
    let file = File::open(path).map_err(|error| OggError::Io { path: name(), error })?;
    let mut reader = PacketReader::new(BufReader::new(file));
    let mut next = || reader.read_packet().map_err(|error| OggError::NotOgg { path: name(), error });
    let is_ours = |head: &[u8]| {
        head.starts_with(b"OpusHead") && head.get(8).is_some_and(|v| *v < 16) && head.get(9) == Some(&1)
    };
    let first = next()?.filter(|packet| is_ours(&packet.data));
    let serial = first.ok_or_else(|| OggError::NotOpus { path: name() })?.stream_serial();
    let mut packets = Vec::new();
    while let Some(packet) = next()? {
        if packet.stream_serial() != serial || packet.data.starts_with(b"OpusTags") {
            continue;
        }
        if packets.len() == PACKETS_MAX {
            return Err(OggError::TooLong { path: name() });
        }
        packets.push(packet.data);
    }
    Ok(packets)
}

/// RFC 7845 §5.1.
fn head() -> Vec<u8> {
    let mut head = b"OpusHead".to_vec();
    head.extend([1, 1]);
    head.extend(PRE_SKIP.to_le_bytes());
    head.extend(RATE.to_le_bytes());
    // Output gain, then mapping family 0.
    head.extend([0, 0, 0]);
    head
}

/// RFC 7845 §5.2.
fn tags() -> Vec<u8> {
    let mut tags = b"OpusTags".to_vec();
    let length = u32::try_from(VENDOR.len()).unwrap_or(0);
    tags.extend(length.to_le_bytes());
    tags.extend(VENDOR);
    tags.extend(0_u32.to_le_bytes());
    tags
}
