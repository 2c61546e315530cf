//! How marks combine: the mark of a page is the join of the marks of its paragraphs.

use std::collections::{BTreeMap, BTreeSet};

use chancery_seal::body::mark::{Mark, Rank};

use super::{
    scheme::{Category, Kind, Scheme},
    text::is_open_word,
};

/// Why something is not a mark of a scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarkError {
    /// A rank that the scheme has not.
    #[error("there is no level {} in a scheme of {ranks} levels", .level.0)]
    UnknownLevel {
        /// The rank.
        level: Rank,
        /// How many there are.
        ranks: u8,
    },
    /// A category that the scheme has not.
    #[error("there is no category {0:?} in the scheme")]
    UnknownCategory(String),
    /// A value that the category has not.
    #[error("there is no {value:?} in category {category:?}")]
    UnknownValue {
        /// The category.
        category: String,
        /// The value.
        value: String,
    },
    /// It needs a higher level.
    #[error("{what:?} needs level {least:?} at least")]
    LevelTooLow {
        /// Category or value.
        what: String,
        /// The level's id.
        least: String,
    },
    /// The text does not begin with a level.
    #[error("expected a level's words first, got {got:?}")]
    NoLevel {
        /// The text's first part.
        got: String,
    },
    /// A part of the text is of no category.
    #[error("expected the words of a category, got {got:?}")]
    NoCategory {
        /// That part.
        got: String,
    },
    /// A part of the text could be of two categories.
    #[error("{got:?} could be of two categories")]
    Ambiguous {
        /// That part.
        got: String,
    },
    /// A category comes twice.
    #[error("category {category:?} comes twice")]
    Twice {
        /// The category.
        category: String,
    },
    /// The text is no portion mark.
    #[error("expected a portion mark as {expected:?}, got {got:?}")]
    NoPortion {
        /// Its form.
        expected: String,
        /// The text.
        got: String,
    },
}

impl Scheme {
    /// The mark as this scheme keeps it: what says nothing (an empty "all", a caveat above its highest level) is left
    /// out. What the scheme does not know is an error, never dropped.
    pub fn checked(&self, mark: &Mark) -> Result<Mark, MarkError> {
        if self.level(mark.level).is_none() {
            return Err(MarkError::UnknownLevel { level: mark.level, ranks: self.ranks() });
        }
        let mut categories = BTreeMap::new();
        for (id, values) in &mark.categories {
            let category = self.category(id).ok_or_else(|| MarkError::UnknownCategory(id.clone()))?;
            self.check_values(category, mark.level, values)?;
            if self.says(category, mark.level, values) {
                categories.insert(id.clone(), values.clone());
            }
        }
        Ok(Mark { level: mark.level, categories })
    }

    fn check_values(
        &self,
        category: &Category,
        level: Rank,
        values: &BTreeSet<String>,
    ) -> Result<(), MarkError> {
        let high_enough = |what: &str, least: &Option<String>| match least {
            Some(id) if self.rank(id).is_some_and(|least| level < least) => {
                Err(MarkError::LevelTooLow { what: what.into(), least: id.clone() })
            }
            Some(_) | None => Ok(()),
        };
        if category.kind == Kind::Any || !values.is_empty() {
            high_enough(&category.id, &category.least_level)?;
        }
        for id in values {
            match category.values.iter().find(|value| value.id == *id) {
                Some(value) => high_enough(id, &value.least_level)?,
                None if category.open && is_open_word(id) => {}
                None => {
                    let (category, value) = (category.id.clone(), id.clone());
                    return Err(MarkError::UnknownValue { category, value });
                }
            }
        }
        Ok(())
    }

    /// Whether these values say anything at this level.
    fn says(&self, category: &Category, level: Rank, values: &BTreeSet<String>) -> bool {
        let most = category.most_level.as_deref().and_then(|id| self.rank(id));
        let above = most.is_some_and(|most| level > most);
        match category.kind {
            Kind::Any => true,
            Kind::All | Kind::Info => !values.is_empty() && !above,
        }
    }

    /// The mark of what has both marks: the higher level, all that must be fulfilled, and only whom both name.
    /// Commutative, associative, idempotent.
    pub fn join(&self, a: &Mark, b: &Mark) -> Result<Mark, MarkError> {
        let (a, b) = (self.checked(a)?, self.checked(b)?);
        let mut categories = BTreeMap::new();
        for category in self.categories() {
            let (x, y) = (a.categories.get(&category.id), b.categories.get(&category.id));
            let joined = match (x, y, category.kind) {
                (None, None, _) => None,
                (Some(only), None, _) | (None, Some(only), _) => Some(only.clone()),
                (Some(x), Some(y), Kind::Any) => Some(x & y),
                (Some(x), Some(y), Kind::All | Kind::Info) => Some(x | y),
            };
            categories.extend(joined.map(|values| (category.id.clone(), values)));
        }
        self.checked(&Mark { level: a.level.max(b.level), categories })
    }
}
