//! The alarms screen: what must not happen and did.

use serde::Serialize;

use crate::participant::Participant;

/// One alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlarmLine {
    /// Its name.
    pub name: &'static str,
    /// What happened, in a sentence.
    pub text: String,
}

/// All alarms since the start, oldest first.
pub fn alarms(participant: &Participant) -> Vec<AlarmLine> {
    participant.alarms().map(|alarm| AlarmLine { name: alarm.name(), text: alarm.to_string() }).collect()
}
