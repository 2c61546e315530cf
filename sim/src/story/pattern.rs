//! Sentence patterns: fixed words around named gaps. `<who> rings <name> as <role>` catches three texts.

/// What a pattern caught, by the names of its gaps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Caught<'t> {
    gaps: Vec<(&'static str, &'t str)>,
}

impl<'t> Caught<'t> {
    /// The text in a gap. A gap that the pattern does not have is a mistake in the table of sentences.
    pub(super) fn get(&self, gap: &str) -> &'t str {
        let found = self.gaps.iter().find(|(name, _)| *name == gap);
        found.map_or_else(|| panic!("the pattern has no gap <{gap}>"), |(_, text)| *text)
    }
}

/// Matches a sentence against a pattern. A gap holds at least one letter and no quotation mark; each takes as little as
/// it can.
pub(super) fn catch<'t>(pattern: &'static str, text: &'t str) -> Option<Caught<'t>> {
    let mut caught = Caught::default();
    matches(pattern, text, &mut caught).then_some(caught)
}

fn matches<'t>(pattern: &'static str, text: &'t str, caught: &mut Caught<'t>) -> bool {
    let Some((fixed, rest)) = pattern.split_once('<') else { return pattern == text };
    let Some(text) = text.strip_prefix(fixed) else { return false };
    let Some((name, rest)) = rest.split_once('>') else { return false };
    let ends = text.char_indices().map(|(at, letter)| (at + letter.len_utf8(), letter));
    for (end, letter) in ends {
        if letter == '"' {
            return false;
        }
        let (gap, after) = text.split_at(end);
        let before = caught.gaps.len();
        caught.gaps.push((name, gap));
        if matches(rest, after, caught) {
            return true;
        }
        caught.gaps.truncate(before);
    }
    false
}

/// "tries to note …" as "notes …": the sentence that tells the same deed when it succeeds.
pub(super) fn as_done(tried: &str) -> Option<String> {
    let (who, rest) = tried.split_once(" tries to ")?;
    let (verb, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let hisses = ["s", "sh", "ch", "x"].iter().any(|end| verb.ends_with(end));
    let done = match verb.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        Some(_) | None if hisses => format!("{verb}es"),
        Some(_) | None => format!("{verb}s"),
    };
    let space = if rest.is_empty() { "" } else { " " };
    Some(format!("{who} {done}{space}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_take_what_stands_between_the_fixed_words() {
        let caught = catch("<who> notes <kind> \"<text>\"", "Nils notes an ask \"More as before\"").unwrap();
        assert_eq!((caught.get("who"), caught.get("kind")), ("Nils", "an ask"));
        assert_eq!(caught.get("text"), "More as before");
        assert_eq!(catch("<who> goes", "Nils \"goes\" goes"), None);
        assert_eq!(catch("<who> goes home", "Nils goes"), None);
    }

    #[test]
    fn what_is_tried_is_told_as_what_is_done() {
        assert_eq!(
            as_done("Nora tries to pass the card \"x\"").as_deref(),
            Some("Nora passes the card \"x\"")
        );
        assert_eq!(as_done("Nora tries to agree").as_deref(), Some("Nora agrees"));
        assert_eq!(as_done("Nora tries to carry it").as_deref(), Some("Nora carries it"));
        assert_eq!(as_done("Nora agrees"), None);
    }
}
