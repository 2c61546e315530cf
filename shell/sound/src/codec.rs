//! Opus (RFC 6716), one encoder for each voice, one decoder for each voice heard.

use opus_rs::{Application, OpusDecoder, OpusEncoder};

use crate::{BITRATE, FRAME, RATE};

/// RFC 6716 §3.4: no frame of one packet is longer.
const FRAME_BYTES_MAX: usize = 1275;

/// Loss that the encoder arms against, percent: what a poor line has.
const LOSS_PERCENT: i32 = 10;

/// Why sound could not be coded.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// The encoder.
    #[error("the Opus encoder refused a frame: {0}")]
    Encode(&'static str),
    /// The decoder.
    #[error("the Opus decoder refused a packet of {bytes} bytes: {what}")]
    Decode {
        /// Bytes of the packet.
        bytes: usize,
        /// What the codec says.
        what: &'static str,
    },
}

/// Sound to frames.
pub struct Encoder(OpusEncoder);

type Decode = fn(&mut OpusDecoder, &[u8], usize, &mut [f32]) -> Result<usize, &'static str>;

/// Frames to sound.
pub struct Decoder(OpusDecoder);

fn rate() -> i32 {
    i32::try_from(RATE).unwrap_or(i32::MAX)
}

impl Encoder {
    /// For voice, at a constant bit rate, with forward error correction.
    pub fn new() -> Result<Self, CodecError> {
        let mut encoder = OpusEncoder::new(rate(), 1, Application::Voip).map_err(CodecError::Encode)?;
        encoder.bitrate_bps = i32::try_from(BITRATE).unwrap_or(i32::MAX);
        encoder.use_cbr = true;
        encoder.use_inband_fec = true;
        encoder.packet_loss_perc = LOSS_PERCENT;
        Ok(Self(encoder))
    }

    /// One frame: [`FRAME`] samples between -1 and 1.
    pub fn encode(&mut self, samples: &[f32; FRAME]) -> Result<Vec<u8>, CodecError> {
        let mut frame = vec![0; FRAME_BYTES_MAX];
        let bytes = self.0.encode(samples, FRAME, &mut frame).map_err(CodecError::Encode)?;
        frame.truncate(bytes);
        Ok(frame)
    }
}

impl Decoder {
    /// For one voice.
    pub fn new() -> Result<Self, CodecError> {
        OpusDecoder::new(rate(), 1).map(Self).map_err(|what| CodecError::Decode { bytes: 0, what })
    }

    /// The next frame's sound.
    pub fn decode(&mut self, packet: &[u8]) -> Result<[f32; FRAME], CodecError> {
        self.run(packet, OpusDecoder::decode)
    }

    /// What is heard in place of a frame that was lost.
    pub fn conceal(&mut self) -> Result<[f32; FRAME], CodecError> {
        self.run(&[], OpusDecoder::decode)
    }

    /// A lost frame out of what the next one carries of it; that one is decoded after.
    pub fn recover(&mut self, next: &[u8]) -> Result<[f32; FRAME], CodecError> {
        self.run(next, OpusDecoder::decode_fec)
    }

    fn run(&mut self, packet: &[u8], decode: Decode) -> Result<[f32; FRAME], CodecError> {
        let mut samples = [0.0; FRAME];
        let failed = |what| CodecError::Decode { bytes: packet.len(), what };
        decode(&mut self.0, packet, FRAME, &mut samples).map_err(failed)?;
        Ok(samples)
    }
}
