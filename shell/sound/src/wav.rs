//! WAV files: any common sample format and rate in, one channel of 16 bits at 48 kHz out.

use std::path::Path;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use crate::RATE;

/// An hour at 48 kHz: more is not a voice for a test.
const SAMPLES_MAX: u32 = 3_600 * RATE;

/// Why a WAV file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum WavError {
    /// Not readable as WAV.
    #[error("{path} can not be read as a WAV file: {error}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        error: hound::Error,
    },
    /// A rate that does not divide 48 kHz.
    #[error(
        "{path} has {got} samples a second; 48000, 24000, 16000, 12000 or 8000 can be used: convert it, for instance with \
         `sox {path} -r 48000 out.wav`"
    )]
    Rate {
        /// The file.
        path: String,
        /// Its rate.
        got: u32,
    },
    /// Longer than an hour.
    #[error("{path} is longer than an hour")]
    TooLong {
        /// The file.
        path: String,
    },
    /// Not writable.
    #[error("{path} can not be written: {error}")]
    Unwritable {
        /// The file.
        path: String,
        /// Why.
        error: hound::Error,
    },
}

/// Reads a file; several channels become one.
pub fn read(path: &Path) -> Result<Vec<f32>, WavError> {
    let name = || path.display().to_string();
    let unreadable = |error| WavError::Unreadable { path: name(), error };
    let reader = WavReader::open(path).map_err(unreadable)?;
    let spec = reader.spec();
    if spec.sample_rate == 0 || !RATE.is_multiple_of(spec.sample_rate) || spec.channels == 0 {
        return Err(WavError::Rate { path: name(), got: spec.sample_rate });
    }
    if reader.duration() > SAMPLES_MAX {
        return Err(WavError::TooLong { path: name() });
    }
    let samples = interleaved(reader, spec).map_err(unreadable)?;
    let channels = usize::from(spec.channels);
    let one: Vec<f32> =
        samples.chunks(channels).map(|both| both.iter().sum::<f32>() / f32::from(spec.channels)).collect();
    Ok(stretched(&one, RATE / spec.sample_rate))
}

#[allow(clippy::cast_precision_loss, reason = "samples of at most 24 bits are exact, of 32 near enough")]
fn interleaved(
    mut reader: WavReader<std::io::BufReader<std::fs::File>>,
    spec: WavSpec,
) -> Result<Vec<f32>, hound::Error> {
    match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect(),
        SampleFormat::Int => {
            let full = 2.0_f32.powi(i32::from(spec.bits_per_sample) - 1);
            reader.samples::<i32>().map(|sample| sample.map(|sample| sample as f32 / full)).collect()
        }
    }
}

/// So many samples for each, along straight lines.
#[allow(clippy::cast_precision_loss, reason = "at most 6")]
fn stretched(samples: &[f32], times: u32) -> Vec<f32> {
    if times <= 1 {
        return samples.to_vec();
    }
    let next = samples.iter().skip(1).chain(samples.last());
    samples
        .iter()
        .zip(next)
        .flat_map(|(from, to)| (0..times).map(move |step| from + (to - from) * (step as f32 / times as f32)))
        .collect()
}

/// Writes one channel of 16 bits at 48 kHz.
#[allow(clippy::cast_possible_truncation, reason = "clamped to 16 bits")]
pub fn write(path: &Path, samples: &[f32]) -> Result<(), WavError> {
    let unwritable = |error| WavError::Unwritable { path: path.display().to_string(), error };
    let spec =
        WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };
    let mut writer = WavWriter::create(path, spec).map_err(unwritable)?;
    for sample in samples {
        let scaled = (sample * 32_767.0).clamp(-32_768.0, 32_767.0) as i16;
        writer.write_sample(scaled).map_err(unwritable)?;
    }
    writer.finalize().map_err(unwritable)
}
