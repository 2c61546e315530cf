//! Marks as people read and type them: banners over a page, portion marks before a paragraph.

use std::collections::{BTreeMap, BTreeSet};

use chancery_seal::body::mark::{Mark, Rank};

use super::{
    join::MarkError,
    scheme::{Category, Scheme, Words},
};

/// Long or short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Over a page.
    Banner,
    /// Before one paragraph.
    Portion,
}

impl Form {
    /// The words in this form.
    pub fn of(self, words: &Words) -> &str {
        match self {
            Self::Banner => &words.banner,
            Self::Portion => &words.portion,
        }
    }

    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Banner => "banner",
            Self::Portion => "portion",
        }
    }
}

/// A word that an open category takes without knowing it.
pub(super) fn is_open_word(word: &str) -> bool {
    !word.is_empty() && word.chars().all(is_open_char)
}

pub(super) fn is_open_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '+' | '.')
}

impl Category {
    fn words(&self, id: &str) -> Option<&Words> {
        self.values.iter().find(|value| value.id == id).map(|value| &value.words)
    }

    fn render(&self, values: &BTreeSet<String>, form: Form) -> Option<String> {
        if values.is_empty() {
            return self.nobody.as_ref().map(|words| form.of(words).to_owned());
        }
        // Known values in the file's order, then the others by the alphabet.
        let known = self.values.iter().filter(|value| values.contains(&value.id));
        let others = values.iter().filter(|id| self.words(id).is_none());
        let words: Vec<&str> =
            known.map(|value| form.of(&value.words)).chain(others.map(String::as_str)).collect();
        Some(format!("{}{}{}", form.of(&self.prefix), words.join(&self.separator), form.of(&self.suffix)))
    }

    /// The values that this text names in this category; none when it is not of this category.
    fn parse(&self, text: &str, form: Form) -> Option<BTreeSet<String>> {
        if self.is_nobody(text, form) {
            return Some(BTreeSet::new());
        }
        self.parse_values(text, form)
    }

    fn is_nobody(&self, text: &str, form: Form) -> bool {
        self.nobody.as_ref().is_some_and(|words| form.of(words) == text)
    }

    fn parse_values(&self, text: &str, form: Form) -> Option<BTreeSet<String>> {
        let inner = text.strip_prefix(form.of(&self.prefix))?.strip_suffix(form.of(&self.suffix))?;
        let value = |word: &str| {
            let known = self.values.iter().find(|value| form.of(&value.words) == word);
            match known {
                Some(value) => Some(value.id.clone()),
                None => (self.open && is_open_word(word)).then(|| word.to_owned()),
            }
        };
        inner.split(self.separator.as_str()).map(value).collect()
    }

    pub(super) fn reads(&self, text: &str, form: Form) -> bool {
        self.parse(text, form).is_some()
    }

    pub(super) fn reads_as_nobody_and_values(&self, text: &str, form: Form) -> bool {
        self.is_nobody(text, form) && self.parse_values(text, form).is_some()
    }

    /// One text for each value, one for nobody, and one for an open word.
    pub(super) fn samples(&self, form: Form) -> Vec<String> {
        let open = self.open.then(|| BTreeSet::from(["Xq0".to_owned()]));
        let values = self.values.iter().map(|value| BTreeSet::from([value.id.clone()]));
        let nobody = self.nobody.iter().map(|_| BTreeSet::new());
        let all = values.chain(nobody).chain(open);
        all.filter_map(|values| self.render(&values, form)).collect()
    }
}

impl Scheme {
    /// The mark as text. A category that is there and empty reads as its "nobody".
    pub fn render(&self, mark: &Mark, form: Form) -> Result<String, MarkError> {
        let mark = self.checked(mark)?;
        let level = self.level(mark.level).map(|level| form.of(&level.words).to_owned());
        let categories = self.categories().iter().filter_map(|category| {
            mark.categories.get(&category.id).and_then(|values| category.render(values, form))
        });
        let text = level.into_iter().chain(categories).collect::<Vec<_>>().join(self.separator());
        Ok(match form {
            Form::Banner => text,
            Form::Portion => format!("{}{text}{}", self.portion().0, self.portion().1),
        })
    }

    /// The mark that a text says. Order does not matter, a category comes once.
    pub fn parse(&self, text: &str, form: Form) -> Result<Mark, MarkError> {
        let inner = match form {
            Form::Banner => Some(text),
            Form::Portion => {
                let (open, close) = self.portion();
                text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close))
            }
        };
        let inner = inner.ok_or_else(|| MarkError::NoPortion {
            expected: format!("{}…{}", self.portion().0, self.portion().1),
            got: text.into(),
        })?;
        let mut groups = inner.split(self.separator());
        let first = groups.next().unwrap_or("");
        let level = self.levels().iter().position(|level| form.of(&level.words) == first);
        let level = level.and_then(|place| u8::try_from(place).ok()).map(Rank);
        let level = level.ok_or_else(|| MarkError::NoLevel { got: first.into() })?;
        let mut categories = BTreeMap::new();
        for group in groups {
            let mut found = self
                .categories()
                .iter()
                .filter_map(|category| Some((category, category.parse(group, form)?)));
            match (found.next(), found.next()) {
                (Some((category, values)), None) => {
                    if categories.insert(category.id.clone(), values).is_some() {
                        return Err(MarkError::Twice { category: category.id.clone() });
                    }
                }
                (Some(_), Some(_)) => return Err(MarkError::Ambiguous { got: group.into() }),
                (None, _) => return Err(MarkError::NoCategory { got: group.into() }),
            }
        }
        self.checked(&Mark { level, categories })
    }
}
