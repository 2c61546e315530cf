//! The server without its sockets: one enum in, one enum out, time and randomness told. It owns the store; whoever
//! drives it calls [`Switchboard::take`] as often as there is input, then [`Switchboard::next_output`] until it is empty.
//! All acts taken since the last drain become one durable commit when the outputs are drained, and only then is anything
//! said about them.

pub mod input;
pub mod output;
