//! A steady tone, by which a test knows who is heard.

use std::f32::consts::TAU;

use crate::{FRAME, RATE};

/// Loud enough to be told from noise, far from clipping.
const AMPLITUDE: f32 = 0.25;

/// A sine that goes on for ever.
#[derive(Debug, Clone, Copy)]
pub struct Tone {
    step: f32,
    phase: f32,
}

impl Tone {
    /// At this pitch.
    #[allow(clippy::cast_precision_loss, reason = "48,000 is exact")]
    pub fn new(hertz: f32) -> Self {
        Self { step: TAU * hertz / RATE as f32, phase: 0.0 }
    }

    /// The next 20 ms.
    pub fn frame(&mut self) -> [f32; FRAME] {
        let mut samples = [0.0; FRAME];
        for sample in &mut samples {
            *sample = AMPLITUDE * self.phase.sin();
            self.phase = (self.phase + self.step) % TAU;
        }
        samples
    }
}
