//! Which pitch is in a sound: Goertzel's algorithm (American Mathematical Monthly 65, 1958).

use std::f64::consts::TAU;

use crate::RATE;

/// The part of a sound's power that lies at this pitch: near 1 for a pure tone, near 0 for anything else, 0 for silence.
#[allow(clippy::cast_precision_loss, reason = "sound is shorter than 2^52 samples")]
pub fn share(samples: &[f32], hertz: f64) -> f64 {
    let energy: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    if energy < f64::EPSILON {
        return 0.0;
    }
    let coefficient = 2.0 * (TAU * hertz / f64::from(RATE)).cos();
    let (mut before, mut last) = (0.0, 0.0);
    for sample in samples {
        let next = f64::from(*sample) + coefficient * last - before;
        (before, last) = (last, next);
    }
    let power = last.powi(2) + before.powi(2) - coefficient * last * before;
    (2.0 * power / (samples.len() as f64 * energy)).clamp(0.0, 1.0)
}

/// Root mean square, 0 for nothing.
#[allow(clippy::cast_precision_loss, reason = "sound is shorter than 2^52 samples")]
pub fn level(samples: &[f32]) -> f64 {
    if samples.is_empty() {
        return 0.0;
    }
    let energy: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    (energy / samples.len() as f64).sqrt()
}
