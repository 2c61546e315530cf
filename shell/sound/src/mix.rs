//! Voices laid over each other at the time at which each was heard.

use crate::RATE;

/// What is said at once may not clip: a mix is turned down when it would.
const PEAK: f32 = 0.98;

/// Voices into one sound.
#[derive(Debug, Clone, Default)]
pub struct Mix {
    samples: Vec<f32>,
}

impl Mix {
    /// Lays samples from this moment on, milliseconds from the beginning.
    pub fn add(&mut self, at_ms: u64, samples: &[f32]) {
        let from = at_ms.saturating_mul(u64::from(RATE)) / 1_000;
        let Ok(from) = usize::try_from(from) else { return };
        let until = from.saturating_add(samples.len());
        if self.samples.len() < until {
            self.samples.resize(until, 0.0);
        }
        for (mixed, sample) in self.samples.iter_mut().skip(from).zip(samples) {
            *mixed += sample;
        }
    }

    /// The whole.
    pub fn finish(mut self) -> Vec<f32> {
        let peak = self.samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        if peak > PEAK {
            for sample in &mut self.samples {
                *sample *= PEAK / peak;
            }
        }
        self.samples
    }
}
