//! Markings as found, and the desk's level that they name.

use chancery_desk::levels::scheme::Scheme;
use chancery_seal::body::mark::{Mark, Rank};

/// What records say when they carry no marking; kept as words, no level.
const SAYS_UNMARKED: &str = "no classification marking";

/// The names by which the desk's scheme knows its levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Levels {
    named: Vec<(String, Rank)>,
    highest: Rank,
    unmarked: Rank,
}

impl Levels {
    /// Names of each level, with the level that an unmarked record gets: none for the highest.
    pub fn new(named: Vec<(String, Rank)>, unmarked: Option<Rank>) -> Self {
        let highest = named.iter().map(|(_, rank)| *rank).max().unwrap_or(Rank(0));
        let named = named.into_iter().map(|(name, rank)| (plain(&name), rank)).collect();
        Self { named, highest, unmarked: unmarked.unwrap_or(highest) }
    }

    /// The names by which a scheme knows its levels: id, banner words, portion words.
    pub fn of_scheme(scheme: &Scheme, unmarked: Option<Rank>) -> Self {
        let named = (0..).map(Rank).zip(scheme.levels()).flat_map(|(rank, level)| {
            let words = &level.words;
            [&level.id, &words.banner, &words.portion].map(|name| (name.clone(), rank))
        });
        Self::new(named.collect(), unmarked)
    }

    /// The level of these words alone.
    pub fn of(&self, words: &str) -> Option<Rank> {
        let words = plain(words);
        self.named.iter().find(|(name, _)| *name == words).map(|(_, rank)| *rank)
    }
}

/// Case and spacing do not tell levels apart.
fn plain(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// What a record's marking came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marking {
    /// As found, empty when the record has none.
    pub found: String,
    /// The level that it names.
    pub rank: Option<Rank>,
    /// What the package is marked with.
    pub mark: Mark,
    /// What could not be read.
    pub problem: Option<String>,
}

/// Reads a marking of the form "Level; caveat; caveat". Only the level counts: caveats of another house stay words.
pub fn read(found: Option<&str>, levels: &Levels) -> Marking {
    let found = found.unwrap_or_default().trim().to_owned();
    let level_words = found.split(';').next().unwrap_or_default();
    if found.is_empty() || plain(&found) == SAYS_UNMARKED {
        let mark = Mark { level: levels.unmarked, ..Mark::default() };
        return Marking { found, rank: None, mark, problem: None };
    }
    let rank = levels.of(level_words);
    let mark = Mark { level: rank.unwrap_or(levels.highest), ..Mark::default() };
    let problem = rank.is_none().then(|| {
        format!(
            "the marking {found:?} names no level of the desk's scheme; kept as words, the highest level set"
        )
    });
    Marking { found, rank, mark, problem }
}
