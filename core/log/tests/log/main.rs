//! Tests of the log's public side, one file for each file of `src/`.

mod tree;
mod world;
