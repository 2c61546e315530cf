//! The doctor names what is wrong and how to mend it.

#![cfg(test)]

mod installation;
mod tls;
