//! Scenario tests as pages of text: who does what, who sees what, who is refused and why. A page is told on a simulated
//! desk; sim/stories/README.md lists every sentence that is understood.

mod cast;
mod names;
mod outcome;
mod page;
mod pattern;
mod seen;
mod sentences;
pub mod telling;
mod words;
