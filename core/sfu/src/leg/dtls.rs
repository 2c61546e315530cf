//! The sfu's end of one leg's DTLS. It serves to agree on the keys of SRTP and to prove that they are shared with the
//! certificate of the offer; nothing else travels in it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dimpl::{Dtls as Engine, Output};
use str0m::crypto::dtls::{KeyingMaterial, SrtpProfile};

use crate::{
    certificate::{Certificate, Fingerprint},
    clock::Clock,
};

/// The largest record.
const RECORD: usize = 2_048;

/// The shortest wait between two looks at its timers.
const TIMER_STEP_US: u64 = 1_000;

/// What came of a step.
#[derive(Default)]
pub(crate) struct Step {
    /// Datagrams to send.
    pub(crate) send: Vec<Vec<u8>>,
    /// The handshake is over: keys shared with the certificate of the offer.
    pub(crate) keys: Option<(KeyingMaterial, SrtpProfile)>,
    /// The device said good-bye.
    pub(crate) is_closed: bool,
}

/// Why DTLS can not go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DtlsError {
    /// Somebody else than who made the offer.
    #[error("expected the certificate of the offer, {expected}, another one came: {got}")]
    OtherCertificate {
        /// Of the offer.
        expected: Fingerprint,
        /// What came.
        got: Fingerprint,
    },
    /// Keys came before the certificate was seen.
    #[error("the device proved no certificate")]
    NoCertificate,
    /// It says so.
    #[error("DTLS failed: {0}")]
    Failed(String),
    /// A bug in what reads DTLS. It ends this leg, not everybody's calls.
    #[error("DTLS could not read what the device sent")]
    Panicked,
}

/// One leg's DTLS.
pub(crate) struct Dtls {
    engine: Engine,
    expected: Fingerprint,
    proved: Proved,
    clock: Clock,
    due_us: Option<u64>,
    record: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proved {
    Nothing,
    TheOffersCertificate,
}

impl Dtls {
    /// Waits for the device to begin.
    pub(crate) fn new(certificate: &Certificate, expected: Fingerprint, clock: Clock, now_us: u64) -> Self {
        // 1.2 picks the best cipher of SRTP that both know; 1.3 would pick the first one of the device's.
        let engine = Engine::new_12(certificate.config(), certificate.dtls(), clock.instant(now_us));
        Self { engine, expected, proved: Proved::Nothing, clock, due_us: None, record: vec![0; RECORD] }
    }

    /// When [`Self::pass`] is due.
    pub(crate) fn due_us(&self) -> Option<u64> {
        self.due_us
    }

    /// A datagram came.
    pub(crate) fn take(
        &mut self,
        datagram: &[u8],
        certificate: &Certificate,
        now_us: u64,
    ) -> Result<Step, DtlsError> {
        self.guarded(certificate, now_us, Some(datagram))
    }

    /// Time has passed.
    pub(crate) fn pass(&mut self, certificate: &Certificate, now_us: u64) -> Result<Step, DtlsError> {
        self.guarded(certificate, now_us, None)
    }

    fn guarded(
        &mut self,
        certificate: &Certificate,
        now_us: u64,
        datagram: Option<&[u8]>,
    ) -> Result<Step, DtlsError> {
        // The leg ends after a panic, so that nothing half done is used.
        catch_unwind(AssertUnwindSafe(|| self.step(certificate, now_us, datagram)))
            .unwrap_or(Err(DtlsError::Panicked))
    }

    fn step(
        &mut self,
        certificate: &Certificate,
        now_us: u64,
        datagram: Option<&[u8]>,
    ) -> Result<Step, DtlsError> {
        let failed = |error: dimpl::Error| DtlsError::Failed(error.to_string());
        let mut step = Step::default();
        self.engine.handle_timeout(self.clock.instant(now_us)).map_err(failed)?;
        self.drain(certificate, now_us, &mut step)?;
        if let Some(datagram) = datagram {
            self.engine.handle_packet(datagram).map_err(failed)?;
            self.drain(certificate, now_us, &mut step)?;
        }
        Ok(step)
    }

    fn drain(&mut self, certificate: &Certificate, now_us: u64, step: &mut Step) -> Result<(), DtlsError> {
        loop {
            match self.engine.poll_output(&mut self.record) {
                Output::Packet(packet) => step.send.push(packet.to_vec()),
                Output::PeerCert(der) => {
                    let got = Fingerprint(certificate.crypto().sha256_provider.sha256(der));
                    if got != self.expected {
                        return Err(DtlsError::OtherCertificate { expected: self.expected, got });
                    }
                    self.proved = Proved::TheOffersCertificate;
                }
                Output::KeyingMaterial(keys, profile) => match self.proved {
                    Proved::TheOffersCertificate => step.keys = Some((keys, profile)),
                    Proved::Nothing => return Err(DtlsError::NoCertificate),
                },
                Output::CloseNotify => step.is_closed = true,
                Output::Timeout(at) => {
                    // Never at once again: a timer that is not done yet is looked at a moment later.
                    self.due_us = Some(self.clock.told_us(at).max(now_us + TIMER_STEP_US));
                    return Ok(());
                }
                Output::BufferTooSmall { needed } => self.record.resize(needed, 0),
                // What a device says within DTLS is for nobody.
                Output::Connected | Output::ApplicationData(_) => {}
                other => return Err(DtlsError::Failed(format!("unexpected {other:?}"))),
            }
        }
    }
}
