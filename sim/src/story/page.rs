//! A page of a story: its title, and its sentences with the lines they begin on.

/// A page as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// What the story is called.
    pub(super) title: String,
    /// In order.
    pub(super) sentences: Vec<Sentence>,
}

/// One sentence, without its full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence {
    /// The line it begins on, from 1.
    pub(super) line: usize,
    /// The words.
    pub(super) text: String,
}

/// Why a page can't be read: the line, and what was expected.
pub(super) type PageError = (usize, String);

const TITLE: &str = "Story: ";

impl Page {
    /// Reads a page. Its first line is the title; a line that begins with `#` is an aside; a sentence ends with a full
    /// stop outside quotation marks, and may go on over several lines.
    pub(super) fn read(text: &str) -> Result<Self, PageError> {
        let mut lines = (1..).zip(text.lines());
        let title = match lines.next() {
            Some((_, line)) => line.strip_prefix(TITLE),
            None => None,
        };
        let title = title.ok_or((1, format!("expected a title: `{TITLE}…`")))?.trim().to_owned();
        let mut sentences = Vec::new();
        let mut open: Option<Sentence> = None;
        let mut quoted = false;
        for (number, line) in lines {
            if line.starts_with('#') {
                continue;
            }
            if let Some(open) = open.as_mut().filter(|_| !line.trim().is_empty()) {
                open.text.push(' ');
            }
            let mut letters = line.trim().chars().peekable();
            while let Some(letter) = letters.next() {
                quoted ^= letter == '"';
                let ends = letter == '.' && !quoted && letters.peek().is_none_or(|next| *next == ' ');
                if ends {
                    sentences.extend(open.take());
                } else if open.is_some() || letter != ' ' {
                    let started = Sentence { line: number, text: String::new() };
                    open.get_or_insert(started).text.push(letter);
                }
            }
        }
        match open {
            None => Ok(Self { title, sentences }),
            Some(open) => {
                Err((open.line, format!("this sentence has no full stop at its end: {}", open.text)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(line: usize, text: &str) -> Sentence {
        Sentence { line, text: text.into() }
    }

    #[test]
    fn sentences_end_with_full_stops_outside_quotation_marks() {
        let page = Page::read("Story: Short\n# aside\n\nA says \"No. 5.\". B goes.\nC goes\n  home.\n");
        let expected =
            vec![sentence(4, "A says \"No. 5.\""), sentence(4, "B goes"), sentence(5, "C goes home")];
        assert_eq!(page, Ok(Page { title: "Short".into(), sentences: expected }));
    }

    #[test]
    fn a_page_without_a_title_or_with_an_open_sentence_says_where() {
        assert_eq!(Page::read("A goes.").map_err(|(line, _)| line), Err(1));
        assert_eq!(Page::read("Story: x\n\nA goes").map_err(|(line, _)| line), Err(3));
    }
}
