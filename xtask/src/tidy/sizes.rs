//! Files and functions short enough to read, each file with a first line that says what it is for.

use syn::{spanned::Spanned, visit::Visit};

use super::{Complaint, tree::Tree};

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;
/// Screenshots and golden files are smaller; what is larger was generated or recorded somewhere.
const FILE_BYTES_MAX: usize = 1024 * 1024;

/// All rules of this file.
pub(super) fn complaints(tree: &Tree) -> Vec<Complaint> {
    let mut found = Vec::new();
    for (path, text) in tree.rust() {
        let lines = text.lines().count();
        if lines > FILE_LINES_MAX {
            found.push(Complaint {
                place: path.to_owned(),
                what: format!("has {lines} lines, at most {FILE_LINES_MAX}"),
                why: "every old codebase ends with one giant file; split by sub-noun before it forms",
            });
        }
        if !text.lines().next().is_some_and(|first| first.starts_with("//! ") && first.len() > 14) {
            found.push(Complaint {
                place: format!("{path}:1"),
                what: "does not begin with a line `//! what it is for`".into(),
                why: "a newcomer walks through by first lines",
            });
        }
        match syn::parse_file(text) {
            Ok(file) => {
                let mut long = LongFunctions { path, found: &mut found };
                long.visit_file(&file);
            }
            Err(error) => found.push(Complaint {
                place: format!("{path}:{}", error.span().start().line),
                what: format!("does not parse: {error}"),
                why: "the other rules cannot look into it",
            }),
        }
    }
    for file in tree.files.iter().filter(|file| file.bytes > FILE_BYTES_MAX) {
        found.push(Complaint {
            place: file.path.clone(),
            what: format!("has {} bytes, at most {FILE_BYTES_MAX}", file.bytes),
            why: "a clone stays quick, and data that was not made here does not slip in",
        });
    }
    found
}

struct LongFunctions<'a> {
    path: &'a str,
    found: &'a mut Vec<Complaint>,
}

impl LongFunctions<'_> {
    fn measure(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let first = signature.span().start().line;
        let lines = block.span().end().line + 1 - first;
        if lines > FUNCTION_LINES_MAX {
            self.found.push(Complaint {
                place: format!("{}:{first}", self.path),
                what: format!("`{}` has {lines} lines, at most {FUNCTION_LINES_MAX}", signature.ident),
                why: "a function is read at one glance, or it does two things",
            });
        }
    }
}

impl<'ast> Visit<'ast> for LongFunctions<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.measure(&function.sig, &function.block);
        syn::visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.measure(&function.sig, &function.block);
        syn::visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.measure(&function.sig, block);
        }
        syn::visit::visit_trait_item_fn(self, function);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(text: &str) -> Vec<String> {
        complaints(&Tree::of_files(&[("a.rs", text)])).into_iter().map(|complaint| complaint.what).collect()
    }

    #[test]
    fn a_long_file_is_caught() {
        let text = format!("//! What it is for.\n{}", "// x\n".repeat(500));
        assert_eq!(whats(&text), ["has 501 lines, at most 500"]);
    }

    #[test]
    fn a_missing_first_line_is_caught() {
        assert_eq!(whats("fn f() {}\n"), ["does not begin with a line `//! what it is for`"]);
    }

    #[test]
    fn a_long_function_is_caught_in_an_impl_too() {
        let body = "let x = 1;\n".repeat(69);
        let text = format!("//! What it is for.\nfn f() {{\n{body}}}\nimpl A {{ fn g() {{\n{body}}} }}\n");
        assert_eq!(whats(&text), ["`f` has 71 lines, at most 70", "`g` has 71 lines, at most 70"]);
    }

    #[test]
    fn what_does_not_parse_is_caught() {
        assert_eq!(whats("//! What it is for.\nfn f( {}\n").len(), 1);
    }

    #[test]
    fn a_huge_file_of_any_kind_is_caught() {
        let tree = Tree::of_files(&[("tape.bin", &"x".repeat(FILE_BYTES_MAX + 1))]);
        assert_eq!(complaints(&tree)[0].place, "tape.bin");
    }
}
