//! The tape: each epoch's secret dealt to the custodians, and taped frames opened with secrets put together again.
