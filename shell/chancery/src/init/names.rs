//! Names as people give them: "Asta Holm, Head of security", and what a folder is called after one.

use chancery_seal::body::people::PersonProfile;

/// The longest name or title that is taken: it must fit on a screen.
const NAME_CHARS_MAX: usize = 200;

/// Why a text is no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing there.
    #[error("expected a name, got nothing: write it as \"Asta Holm\" or \"Asta Holm, Head of security\"")]
    Empty,
    /// Far longer than a name.
    #[error("expected a name of at most {NAME_CHARS_MAX} characters, got {0}")]
    TooLong(usize),
}

/// A name, and a title after the first comma.
pub fn profile(text: &str) -> Result<PersonProfile, NameError> {
    let (name, title) = text.split_once(',').unwrap_or((text, ""));
    let (name, title) = (name.trim().to_owned(), title.trim().to_owned());
    let chars = text.chars().count();
    match () {
        () if name.is_empty() => Err(NameError::Empty),
        () if chars > NAME_CHARS_MAX => Err(NameError::TooLong(chars)),
        () => Ok(PersonProfile { name, title, notices_to: String::new() }),
    }
}

/// Case and spacing do not tell people apart.
pub fn is_same(a: &str, b: &str) -> bool {
    plain(a) == plain(b)
}

fn plain(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Names for folders, in the order of the people: what a file system takes anywhere, each once.
pub fn folders<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for name in names {
        let words: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let word = words.split_whitespace().collect::<Vec<_>>().join("-").to_lowercase();
        let word = if word.is_empty() { "device".to_owned() } else { word };
        let numbered = (2..).map(|number: u32| format!("{word}-{number}"));
        let free = [word.clone()].into_iter().chain(numbered).find(|name| !taken.contains(name));
        taken.push(free.unwrap_or(word));
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_follows_the_first_comma() {
        let read = profile(" Asta Holm , Head of security, north ").unwrap();
        assert_eq!((read.name.as_str(), read.title.as_str()), ("Asta Holm", "Head of security, north"));
        assert_eq!(profile(", Head of security"), Err(NameError::Empty));
    }

    #[test]
    fn two_people_of_one_name_have_two_folders() {
        assert_eq!(
            folders(["Asta Holm", "ÅSE  Dahl/..", "asta holm", "…"]),
            ["asta-holm", "åse-dahl", "asta-holm-2", "device"]
        );
    }
}
