//! `chancery serve` as a child process.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

/// A port of this machine that nobody listens on.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// A server that is killed when this goes.
pub(crate) struct Served {
    child: Child,
    folder: PathBuf,
    port: u16,
}

impl Served {
    /// Starts it, and returns when it takes connections.
    pub(crate) fn start(folder: &Path, port: u16) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chancery"))
            .args(["--json", "serve", "--listen", &format!("127.0.0.1:{port}"), "--folder"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("\"listen\""), "the server did not start: {line:?}");
        Self { child, folder: folder.to_owned(), port }
    }

    /// SIGKILL: no word, no clean-up.
    #[allow(dead_code, reason = "one of the programs that share this file stops it by a word")]
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on what is on disk.
    #[allow(dead_code, reason = "one of the programs that share this file does not restart it")]
    pub(crate) fn restart(&mut self) {
        *self = Self::start(&self.folder, self.port);
    }

    /// SIGTERM, and how it ended.
    #[allow(dead_code, reason = "one of the programs that share this file only kills")]
    pub(crate) fn stop(&mut self) -> ExitStatus {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        self.child.wait().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Already ended is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
