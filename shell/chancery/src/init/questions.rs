//! The questions that `chancery init` asks on a terminal: one at a time, with a proposal where there is a good one.

use std::io::{self, BufRead, Write};

use zeroize::Zeroizing;

use super::answers::{self, Answers};

/// Asks for what the command line did not say. `secret` reads a line that is not shown.
pub fn ask(
    mut answers: Answers,
    from: &mut impl BufRead,
    to: &mut impl Write,
    mut secret: impl FnMut(&str) -> io::Result<Zeroizing<String>>,
) -> io::Result<Answers> {
    writeln!(to, "A new desk. An empty answer takes what stands in brackets.\n")?;
    if answers.name.is_empty() {
        answers.name = needed(from, to, "Name of the desk")?;
    }
    if answers.officers.is_empty() {
        writeln!(
            to,
            "\nFounding security officers, at least two: \"Name, title\", one a line, then an empty line."
        )?;
        answers.officers = list(from, to, "Security officer", 2)?;
    }
    if answers.custodians.is_empty() {
        writeln!(
            to,
            "\nCustodians: enough of them together can recover a vault. \"Name, title\", one a line; an officer's name\n\
             stands for that officer. No line at all: the officers are the custodians."
        )?;
        answers.custodians = list(from, to, "Custodian", 0)?;
    }
    if answers.needed.is_none() {
        let people =
            if answers.custodians.is_empty() { answers.officers.len() } else { answers.custodians.len() };
        let usual = answers::majority(people);
        let text = line(from, to, &format!("How many of the {people} custodians it takes [{usual}]"))?;
        // What is no number is refused with the other answers, by its sentence.
        answers.needed = if text.is_empty() { Some(usual) } else { Some(text.parse().unwrap_or(0)) };
    }
    if answers.passphrases.is_empty() {
        writeln!(
            to,
            "\nA passphrase for each officer's device, typed by the officer. Without one, whoever reads the device's\n\
             folder is the device."
        )?;
        for officer in answers.officers.clone() {
            answers.passphrases.push(twice(to, &mut secret, &officer)?);
        }
    }
    Ok(answers)
}

fn line(from: &mut impl BufRead, to: &mut impl Write, question: &str) -> io::Result<String> {
    write!(to, "{question}: ")?;
    to.flush()?;
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the answers ended before the questions"));
    }
    Ok(line.trim().to_owned())
}

fn needed(from: &mut impl BufRead, to: &mut impl Write, question: &str) -> io::Result<String> {
    loop {
        let text = line(from, to, question)?;
        if !text.is_empty() {
            return Ok(text);
        }
    }
}

fn list(from: &mut impl BufRead, to: &mut impl Write, what: &str, least: usize) -> io::Result<Vec<String>> {
    let mut named = Vec::new();
    loop {
        let text = line(from, to, &format!("{what} {}", named.len() + 1))?;
        match text.is_empty() {
            false => named.push(text),
            true if named.len() >= least => return Ok(named),
            true => writeln!(to, "It takes at least {least}.")?,
        }
    }
}

fn twice(
    to: &mut impl Write,
    secret: &mut impl FnMut(&str) -> io::Result<Zeroizing<String>>,
    officer: &str,
) -> io::Result<Zeroizing<String>> {
    loop {
        let first = secret(&format!("Passphrase of {officer} (empty for none): "))?;
        if first.is_empty() || *first == *secret("Once more: ")? {
            return Ok(first);
        }
        writeln!(to, "The two differ.")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_command_line_said_is_not_asked() {
        let said = "\nAsta Holm\n\nBodil Krag, north\n\nCarl Lund\nAsta Holm\n\n2\n";
        let given = Answers { name: "Desk of Oland".into(), ..Answers::default() };
        let mut shown = Vec::new();
        let mut secrets = ["one", "two", "one", "one", ""].into_iter();
        let answers = ask(given, &mut said.trim_start().as_bytes(), &mut shown, |_| {
            Ok(Zeroizing::new(secrets.next().unwrap().to_owned()))
        })
        .unwrap();
        assert_eq!(answers.officers, ["Asta Holm", "Bodil Krag, north"]);
        assert_eq!(answers.custodians, ["Carl Lund", "Asta Holm"]);
        assert_eq!(answers.needed, Some(2));
        assert_eq!(answers.passphrases.iter().map(|words| words.as_str()).collect::<Vec<_>>(), ["one", ""]);
        let shown = String::from_utf8(shown).unwrap();
        assert!(!shown.contains("Name of the desk") && shown.contains("at least 2"), "{shown}");
    }

    #[test]
    fn answers_that_end_too_early_are_an_error() {
        let asked =
            ask(Answers::default(), &mut "Desk\n".as_bytes(), &mut Vec::new(), |_| Ok(Zeroizing::default()));
        assert_eq!(asked.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
