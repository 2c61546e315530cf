//! The data folder: whether it is a desk's, and whether only its owner can look inside.

use std::{fs, path::Path};

use chancery_store::folder::{self, Folder};

use super::Check;

/// Is there a desk?
pub fn there(folder: &Folder) -> Check {
    const NAME: &str = "data folder";
    let root = folder.root().display();
    match fs::metadata(folder.root()) {
        Ok(found) if !found.is_dir() => Check::wrong(
            NAME,
            format!("{root} is a file"),
            "name the folder that `chancery init` made with --folder",
        ),
        Ok(_) if folder.log_db().is_file() => Check::good(NAME, format!("{root} holds a desk")),
        Ok(_) => Check::wrong(
            NAME,
            format!("{root} has no {}", folder::LOG_DB),
            "name the desk's folder with --folder; found a desk with `chancery init`, or put a backup here with `chancery restore`",
        ),
        Err(e) => Check::wrong(
            NAME,
            format!("{root}: {e}"),
            "name the desk's folder with --folder, or found a desk there with `chancery init`",
        ),
    }
}

/// Can only the owner read it?
pub fn private(folder: &Folder) -> Check {
    const NAME: &str = "permissions";
    let mut loose = Vec::new();
    let places = [
        (folder.root().to_owned(), 0o700),
        (folder.server_keys(), 0o600),
        (folder.tls().join("key.pem"), 0o600),
    ];
    for (path, most) in places {
        if let Some(mode) = mode(&path).filter(|mode| mode & !most != 0) {
            loose.push((path, mode, most));
        }
    }
    if loose.is_empty() {
        return Check::good(NAME, "only the owner can read the folder and the keys");
    }
    let what: Vec<String> = loose
        .iter()
        .map(|(path, mode, most)| {
            format!("{} has mode {mode:03o}, expected at most {most:03o}", path.display())
        })
        .collect();
    let mend: Vec<String> =
        loose.iter().map(|(path, _, most)| format!("chmod {most:03o} {}", path.display())).collect();
    Check::wrong(NAME, what.join("; "), mend.join("; "))
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    // What is not there can not be read by others either.
    fs::metadata(path).map(|found| found.permissions().mode() & 0o777).ok()
}

#[cfg(not(unix))]
fn mode(_path: &Path) -> Option<u32> {
    None
}
