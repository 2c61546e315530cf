//! The one executable: `chancery`.

fn main() {}
