//! The tape as whoever holds no secret writes and checks it, one file for each file of `src/tape/`.

mod chain;
mod chunk;
mod dealt;
mod epoch;
mod fixed;
mod vectors;
mod writer;
