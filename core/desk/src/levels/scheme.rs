//! A scheme as its file says, checked: whatever it can render, it can read back.

use std::collections::BTreeSet;

use chancery_seal::body::mark::Rank;
use serde::Deserialize;

use super::text::{Form, is_open_char};

/// A banner with more is no banner; an upper bound for files from outside.
const LEVELS_MOST: usize = 32;
const CATEGORIES_MOST: usize = 16;
const VALUES_MOST: usize = 1_000;
const TEXT_BYTES_MOST: usize = 80;

/// A classification scheme. Made by [`Scheme::read`] only, so it is always a checked one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    name: String,
    separator: String,
    portion: (String, String),
    levels: Vec<Level>,
    categories: Vec<Category>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    separator: String,
    portion: (String, String),
    levels: Vec<Level>,
    #[serde(default)]
    categories: Vec<Category>,
}

/// How something reads in a banner, and in short before one paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// In a banner.
    pub banner: String,
    /// In a portion mark.
    pub portion: String,
}

/// One level; its place in the file is its rank.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Its name within the file.
    pub id: String,
    /// How it reads.
    pub words: Words,
    /// Colour of the banner's text, "#rrggbb".
    pub ink: String,
    /// Colour behind it, "#rrggbb".
    pub ground: String,
}

/// How the values of a category combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A reader needs all of them (compartments, caveats): together, all that either has.
    All,
    /// A reader is one of them (releasable to): together, those that both name. Not there is everybody, there and
    /// empty is nobody.
    Any,
    /// Said for information: together, all that either has.
    Info,
}

/// One category of marks beside the level.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Its name in marks.
    pub id: String,
    /// As screens call it.
    pub name: String,
    /// How its values combine.
    pub kind: Kind,
    /// Between two values.
    pub separator: String,
    /// Before the first value.
    #[serde(default)]
    pub prefix: Words,
    /// After the last value.
    #[serde(default)]
    pub suffix: Words,
    /// The values there are, in the order in which they read.
    #[serde(default)]
    pub values: Vec<Value>,
    /// Any other word of letters, digits, `-`, `+` and `.` is a value too.
    #[serde(default)]
    pub open: bool,
    /// How "nobody" reads; for kind `any`, and only there.
    #[serde(default)]
    pub nobody: Option<Words>,
    /// The id of the lowest level that it goes with.
    #[serde(default)]
    pub least_level: Option<String>,
    /// The id of the highest level that it says anything at; above it falls away. Not for kind `any`.
    #[serde(default)]
    pub most_level: Option<String>,
}

/// One value of a category.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Value {
    /// Its name in marks.
    pub id: String,
    /// How it reads.
    pub words: Words,
    /// The id of the lowest level that it goes with.
    #[serde(default)]
    pub least_level: Option<String>,
}

/// Why a file is not a scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemeError {
    /// Not JSON, or not of this form.
    #[error("the scheme is not of the form in docs/levels.md: {0}")]
    Form(String),
    /// Of the form, but it does not hold together.
    #[error("{place}: {wrong}")]
    Wrong {
        /// Where in the file, as a path.
        place: String,
        /// What is wrong, and what was expected.
        wrong: String,
    },
}

fn wrong<T>(place: impl Into<String>, wrong: impl Into<String>) -> Result<T, SchemeError> {
    Err(SchemeError::Wrong { place: place.into(), wrong: wrong.into() })
}

impl Scheme {
    /// Reads and checks a scheme file.
    pub fn read(json: &str) -> Result<Self, SchemeError> {
        let file: File = serde_json::from_str(json).map_err(|e| SchemeError::Form(e.to_string()))?;
        let File { name, separator, portion, levels, categories } = file;
        let scheme = Self { name, separator, portion, levels, categories };
        scheme.check_sizes()?;
        scheme.check_levels()?;
        for (place, category) in scheme.categories.iter().enumerate() {
            scheme.check_category(&format!("categories[{place}]"), category)?;
        }
        scheme.check_unique()?;
        scheme.check_texts()?;
        scheme.check_distinct()?;
        Ok(scheme)
    }

    /// As screens call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many levels: what an act `ProfileSet` says as `ranks`.
    pub fn ranks(&self) -> u8 {
        u8::try_from(self.levels.len()).unwrap_or(u8::MAX)
    }

    /// The levels, the lowest first.
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// One level.
    pub fn level(&self, rank: Rank) -> Option<&Level> {
        self.levels.get(usize::from(rank.0))
    }

    /// The categories in the order in which they read.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// One category.
    pub fn category(&self, id: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.id == id)
    }

    /// Between the level and each category.
    pub fn separator(&self) -> &str {
        &self.separator
    }

    /// What opens and closes a portion mark.
    pub fn portion(&self) -> (&str, &str) {
        (&self.portion.0, &self.portion.1)
    }

    /// The rank of a level by its id.
    pub fn rank(&self, id: &str) -> Option<Rank> {
        let place = self.levels.iter().position(|level| level.id == id)?;
        u8::try_from(place).ok().map(Rank)
    }

    fn check_sizes(&self) -> Result<(), SchemeError> {
        let limits = [
            ("levels", self.levels.len(), LEVELS_MOST),
            ("categories", self.categories.len(), CATEGORIES_MOST),
        ];
        let values = self.categories.iter().map(|category| ("values", category.values.len(), VALUES_MOST));
        for (what, got, most) in limits.into_iter().chain(values) {
            if got > most {
                return wrong(what, format!("expected {most} at most, got {got}"));
            }
        }
        if self.levels.is_empty() {
            return wrong("levels", "expected at least one, the lowest first");
        }
        if self.separator.is_empty() {
            return wrong("separator", "expected some text between the level and the categories");
        }
        Ok(())
    }

    fn check_levels(&self) -> Result<(), SchemeError> {
        for (place, level) in self.levels.iter().enumerate() {
            for (field, colour) in [("ink", &level.ink), ("ground", &level.ground)] {
                let digits = colour.strip_prefix('#').unwrap_or("");
                if digits.len() != 6 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
                    let said = format!("expected a colour as #rrggbb, got {colour:?}");
                    return wrong(format!("levels[{place}].{field}"), said);
                }
            }
        }
        Ok(())
    }

    fn check_category(&self, place: &str, category: &Category) -> Result<(), SchemeError> {
        let known = |field: &str, level: &Option<String>| match level {
            Some(id) if self.rank(id).is_none() => {
                wrong(format!("{place}.{field}"), format!("there is no level {id:?}"))
            }
            Some(_) | None => Ok(()),
        };
        known("least_level", &category.least_level)?;
        known("most_level", &category.most_level)?;
        for (at, value) in category.values.iter().enumerate() {
            known(&format!("values[{at}].least_level"), &value.least_level)?;
        }
        if category.separator.is_empty() {
            return wrong(format!("{place}.separator"), "expected some text between two values");
        }
        if category.values.is_empty() && !category.open {
            return wrong(format!("{place}.values"), "expected values, or \"open\": true");
        }
        match (category.kind, category.nobody.is_some(), category.most_level.is_some()) {
            (Kind::Any, true, false) | (Kind::All | Kind::Info, false, _) => Ok(()),
            (Kind::Any, false, _) => {
                let why = "kind \"any\" must say how nobody reads: an empty list is not no list";
                wrong(format!("{place}.nobody"), why)
            }
            (Kind::Any, true, true) => {
                let why = "a list of who may have it does not fall away at a higher level";
                wrong(format!("{place}.most_level"), why)
            }
            (Kind::All | Kind::Info, true, _) => {
                wrong(format!("{place}.nobody"), "only kind \"any\" has a nobody")
            }
        }
    }

    fn check_unique(&self) -> Result<(), SchemeError> {
        unique("levels", self.levels.iter().map(|level| &level.id))?;
        unique("categories", self.categories.iter().map(|category| &category.id))?;
        for category in &self.categories {
            let place = format!("categories.{}.values", category.id);
            unique(&place, category.values.iter().map(|value| &value.id))?;
            if category.open {
                // An open word is its own id: it must not be taken for the id of a value that reads otherwise.
                let other =
                    |value: &&Value| value.words.banner != value.id || value.words.portion != value.id;
                if let Some(value) = category.values.iter().find(other) {
                    let why = format!("in an open category {:?} must read as its id, everywhere", value.id);
                    return wrong(place, why);
                }
            }
        }
        for form in [Form::Banner, Form::Portion] {
            let field = form.field();
            unique(&format!("levels.words.{field}"), self.levels.iter().map(|level| form.of(&level.words)))?;
            for category in &self.categories {
                let words = category.values.iter().map(|value| &value.words).chain(&category.nobody);
                unique(
                    &format!("categories.{}.words.{field}", category.id),
                    words.map(|words| form.of(words)),
                )?;
            }
        }
        Ok(())
    }

    /// The scheme's separator stands in nothing else, a category's separator in none of its values, and neither arises
    /// where two texts meet: so a text falls into the parts that it was made of.
    fn check_texts(&self) -> Result<(), SchemeError> {
        let apart = self.separator.as_str();
        for form in [Form::Banner, Form::Portion] {
            for level in &self.levels {
                parts(&format!("levels.{}", level.id), form.of(&level.words), apart)?;
            }
            for category in &self.categories {
                let place = format!("categories.{}", category.id);
                for text in category.samples(form) {
                    parts(&place, &text, apart)?;
                }
                for value in &category.values {
                    let (text, between) = (form.of(&value.words), category.separator.as_str());
                    parts(&place, text, between)?;
                    if format!("{between}{text}{between}").contains(apart) {
                        return wrong(place, format!("{text:?} between two {between:?} contains {apart:?}"));
                    }
                }
            }
        }
        for category in self.categories.iter().filter(|category| category.open) {
            for between in [apart, &category.separator] {
                if between.starts_with(is_open_char) {
                    let why =
                        format!("an open word could contain the beginning of the separator {between:?}");
                    return wrong(format!("categories.{}.open", category.id), why);
                }
            }
        }
        Ok(())
    }

    /// No word of one category reads as another's.
    fn check_distinct(&self) -> Result<(), SchemeError> {
        for form in [Form::Banner, Form::Portion] {
            for category in &self.categories {
                for text in category.samples(form) {
                    let mut others = self.categories.iter().filter(|other| other.id != category.id);
                    if let Some(other) = others.find(|other| other.reads(&text, form)) {
                        let why = format!("{text:?} could be of category {:?} as well", other.id);
                        return wrong(format!("categories.{}", category.id), why);
                    }
                    if category.reads_as_nobody_and_values(&text, form) {
                        let why = format!("{text:?} could be nobody or somebody");
                        return wrong(format!("categories.{}.nobody", category.id), why);
                    }
                }
            }
        }
        Ok(())
    }
}

/// A text that a separator can follow without being found any earlier.
fn parts(place: &str, text: &str, separator: &str) -> Result<(), SchemeError> {
    if text.is_empty() || text.len() > TEXT_BYTES_MOST || text.chars().any(char::is_control) {
        let why = format!("expected 1 to {TEXT_BYTES_MOST} bytes without control characters, got {text:?}");
        return wrong(place, why);
    }
    if format!("{text}{separator}").find(separator) == Some(text.len()) {
        Ok(())
    } else {
        wrong(place, format!("{text:?} could not be told from the separator {separator:?} in it or after it"))
    }
}

fn unique<'a>(place: &str, ids: impl Iterator<Item = impl AsRef<str> + 'a>) -> Result<(), SchemeError> {
    let mut seen = BTreeSet::new();
    for id in ids {
        let id = id.as_ref();
        if id.is_empty() {
            return wrong(place, "expected a name, got none");
        }
        if !seen.insert(id.to_owned()) {
            return wrong(place, format!("{id:?} stands there twice"));
        }
    }
    Ok(())
}
