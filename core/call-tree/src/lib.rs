//! What the server checks of a call's handshakes: the public side of its group, without any secret. The checks stand in docs/group.md.
