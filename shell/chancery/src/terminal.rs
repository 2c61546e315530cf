//! Asking on the terminal: whether there is one, a line that is not shown, a yes.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use zeroize::Zeroizing;

/// Whether somebody sits there to be asked.
pub fn is_there() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Reads a line that is not shown.
pub fn secret(question: &str) -> io::Result<Zeroizing<String>> {
    eprint!("{question}");
    io::stderr().flush()?;
    let mut line = Zeroizing::new(String::new());
    let read = without_echo(&mut line);
    eprintln!();
    read?;
    let words = line.trim_end_matches(['\r', '\n']).to_owned();
    Ok(Zeroizing::new(words))
}

/// Asks for a yes; anything else is a no.
pub fn yes(question: &str) -> io::Result<bool> {
    eprint!("{question} [y/N] ");
    io::stderr().flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(matches!(line.trim().to_lowercase().as_str(), "y" | "yes"))
}

#[cfg(unix)]
fn without_echo(line: &mut String) -> io::Result<()> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let terminal = io::stdin();
    let before = tcgetattr(&terminal)?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&terminal, OptionalActions::Now, &silent)?;
    let read = terminal.lock().read_line(line);
    tcsetattr(&terminal, OptionalActions::Now, &before)?;
    read.map(|_| ())
}

#[cfg(not(unix))]
fn without_echo(line: &mut String) -> io::Result<()> {
    io::stdin().lock().read_line(line).map(|_| ())
}
