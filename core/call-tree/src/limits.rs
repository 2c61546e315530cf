//! Every limit on a call's group, with its reason. docs/group.md has the measured sizes.

/// Members of one group: the largest call that is promised has fifty lines.
pub const MEMBERS_MAX: usize = 64;

/// One key package: 4 KB with this suite's keys.
pub const KEY_PACKAGE_BYTES_MAX: usize = 8 * 1024;

/// One proposal of the observer. A removal has 150 bytes; what is larger is read to be refused for what it is.
pub const PROPOSAL_BYTES_MAX: usize = 8 * 1024;

/// One commit that adds a whole call at once: 4 KB for each that is added, and the path.
pub const COMMIT_BYTES_MAX: usize = 512 * 1024;

/// One welcome: tree and secrets, 3 KB for each member and 1 KB for each that is added.
pub const WELCOME_BYTES_MAX: usize = 512 * 1024;

/// One statement of a group's public side: the tree.
pub const GROUP_INFO_BYTES_MAX: usize = 512 * 1024;

/// One message that only the group can read: facts about a line, a nonce, the shares of a dealing.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024;
