//! Names: those that say nothing, those that docs/words.md rules out; one path per name; exceptions with a reason.

use syn::visit::Visit;

use super::{Complaint, tree::Tree};

/// In the name of a type, a module, a file or a folder: they say that code was put somewhere, not what it is.
const EMPTY: &[&str] =
    &["manager", "service", "handler", "helper", "helpers", "util", "utils", "common", "prelude"];

/// In any name: docs/words.md has another word.
const NOT_USED: &[&str] = &["user", "users", "session", "sessions", "meeting", "meetings", "rooms"];

/// In the name of a thing only: a value may say how much room there is.
const NO_PLACE: &[&str] = &["room"];

/// All rules of this file.
pub(super) fn complaints(tree: &Tree) -> Vec<Complaint> {
    let mut found = Vec::new();
    for (path, text) in tree.rust() {
        for part in path.trim_end_matches(".rs").split('/') {
            if let Some(word) = forbidden(part, &[EMPTY, NOT_USED, NO_PLACE]) {
                found.push(named(path.to_owned(), part, word));
            }
        }
        // What does not parse is a complaint of sizes.rs.
        if let Ok(file) = syn::parse_file(text) {
            Names { path, found: &mut found }.visit_file(&file);
        }
    }
    found
}

/// The first word of a name that one of the lists forbids: `HandleUtil` and `handle_util` are two words each.
fn forbidden(name: &str, lists: &[&[&str]]) -> Option<String> {
    let mut words = vec![String::new()];
    for letter in name.trim_start_matches("r#").chars() {
        if letter.is_uppercase() || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if letter.is_alphanumeric() {
            words.last_mut()?.extend(letter.to_lowercase());
        }
    }
    // In CAPITALS every letter begins a word, so the whole name is looked at in one piece too.
    let pieces = name.split('_').map(str::to_lowercase);
    words.into_iter().chain(pieces).find(|word| lists.iter().any(|list| list.contains(&word.as_str())))
}

fn named(place: String, name: &str, word: String) -> Complaint {
    Complaint {
        place,
        what: format!("`{name}` says {word:?}"),
        why: "one word per thing, the one that the people of this field use (docs/words.md); a name that fits \
              everything says nothing",
    }
}

struct Names<'a> {
    path: &'a str,
    found: &'a mut Vec<Complaint>,
}

impl Names<'_> {
    fn judge(&mut self, ident: &syn::Ident, lists: &[&[&str]]) {
        let name = ident.to_string();
        if let Some(word) = forbidden(&name, lists) {
            self.found.push(named(self.place(ident.span()), &name, word));
        }
    }

    fn thing(&mut self, ident: &syn::Ident) {
        self.judge(ident, &[EMPTY, NOT_USED, NO_PLACE]);
    }

    fn value(&mut self, ident: &syn::Ident) {
        self.judge(ident, &[NOT_USED]);
    }

    fn place(&self, span: proc_macro2::Span) -> String {
        format!("{}:{}", self.path, span.start().line)
    }
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.thing(&item.ident);
        syn::visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.thing(&item.ident);
        syn::visit::visit_item_enum(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.thing(&item.ident);
        syn::visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.thing(&item.ident);
        syn::visit::visit_item_type(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.thing(&item.ident);
        syn::visit::visit_item_mod(self, item);
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.value(&variant.ident);
        syn::visit::visit_variant(self, variant);
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        if let Some(ident) = &field.ident {
            self.value(ident);
        }
        syn::visit::visit_field(self, field);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.value(&signature.ident);
        syn::visit::visit_signature(self, signature);
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.value(&item.ident);
        syn::visit::visit_item_const(self, item);
    }

    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        self.value(&pattern.ident);
        syn::visit::visit_pat_ident(self, pattern);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !matches!(item.vis, syn::Visibility::Inherited) {
            self.found.push(Complaint {
                place: self.place(item.use_token.span),
                what: "a re-export".into(),
                why: "one path per name: a reader finds where a thing is by how it is called",
            });
        }
        syn::visit::visit_item_use(self, item);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        let excuse = ["allow", "expect", "ignore"].iter().find(|name| attribute.path().is_ident(name));
        let reasoned = match &attribute.meta {
            syn::Meta::List(list) => list.tokens.to_string().contains("reason ="),
            syn::Meta::NameValue(_) => true,
            syn::Meta::Path(_) => false,
        };
        if let Some(name) = excuse.filter(|_| !reasoned) {
            self.found.push(Complaint {
                place: self.place(attribute.pound_token.span),
                what: format!("`{name}` without a reason"),
                why: "an exception that nobody can explain is a hole",
            });
        }
    }

    fn visit_expr_unsafe(&mut self, item: &'ast syn::ExprUnsafe) {
        self.found.push(Complaint {
            place: self.place(item.unsafe_token.span),
            what: "unsafe code".into(),
            why: "memory safety is a promise; take a crate that many have read instead",
        });
        syn::visit::visit_expr_unsafe(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(path: &str, text: &str) -> Vec<String> {
        complaints(&Tree::of_files(&[(path, text)])).into_iter().map(|complaint| complaint.what).collect()
    }

    #[test]
    fn types_modules_and_files_that_say_nothing_are_caught() {
        assert_eq!(
            whats(
                "tests/common/mod.rs",
                "struct CallManager; enum Util { A } mod helpers {} trait DoService {}"
            ),
            [
                "`common` says \"common\"",
                "`CallManager` says \"manager\"",
                "`Util` says \"util\"",
                "`helpers` says \"helpers\"",
                "`DoService` says \"service\"",
            ]
        );
    }

    #[test]
    fn ruled_out_words_are_caught_in_every_kind_of_name() {
        let text = "struct Room { session_id: u8 } enum B { UserGone } const MAX_ROOMS: u8 = 1; \
                    fn meeting(user: u8) { let there_is_room = user; }";
        assert_eq!(whats("a.rs", text).len(), 6, "{:?}", whats("a.rs", text));
    }

    #[test]
    fn a_word_that_merely_contains_one_is_fine() {
        assert_eq!(whats("a.rs", "fn roominess() { let commonly = 1; let mushroom = commonly; }"), [""; 0]);
    }

    #[test]
    fn a_re_export_is_caught_and_an_import_is_not() {
        assert_eq!(
            whats("a.rs", "pub use a::B; pub(crate) use c::D; use e::F;"),
            ["a re-export", "a re-export"]
        );
    }

    #[test]
    fn an_exception_needs_a_reason() {
        let text = "#[allow(dead_code)] fn a() {} #[allow(dead_code, reason = \"why\")] fn b() {} #[ignore] fn c() {}";
        assert_eq!(whats("a.rs", text), ["`allow` without a reason", "`ignore` without a reason"]);
    }

    #[test]
    fn unsafe_code_is_caught() {
        assert_eq!(whats("a.rs", "fn a() { unsafe { b() } }"), ["unsafe code"]);
    }
}
