//! Purity of core/: no clock, files, sockets, threads, terminal, async or difference between targets.

use proc_macro2::{TokenStream, TokenTree};
use syn::{spanned::Spanned as _, visit::Visit};

use super::{Complaint, tree::Tree};
use crate::wasm::{NATIVE_CRATES, NATIVE_ONLY};

/// Parts of the standard library that reach outside, or whose answer nobody told core.
const OUTSIDE: &[&str] = &[
    "std::time::Instant",
    "std::time::SystemTime",
    "std::time::UNIX_EPOCH",
    "std::fs",
    "std::net",
    "std::thread",
    "std::process",
    "std::env",
    "std::os",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "std::sync::mpsc",
];

/// Files in core/ that may name a clock, and why. What they hand on still depends on told time alone.
const CLOCKS: &[(&str, &str, &str)] = &[(
    "core/sfu/src/clock.rs",
    "std::time::Instant",
    "the DTLS library counts in instants; told time becomes one here, from a point that is read once",
)];

/// Macros that write to the terminal.
const PRINTS: &[&str] = &["println", "print", "eprintln", "eprint", "dbg"];

/// Keys of `cfg` by which code would differ between native and wasm.
const TARGET: &[&str] = &["target_arch", "target_family", "target_os", "target_pointer_width", "target_env"];

/// All rules of this file.
pub(super) fn complaints(tree: &Tree) -> Vec<Complaint> {
    let mut found = Vec::new();
    for (path, text) in tree.rust().filter(|(path, _)| path.starts_with("core/")) {
        // What does not parse is a complaint of sizes.rs.
        let Ok(file) = syn::parse_file(text) else { continue };
        let native_only = NATIVE_ONLY.iter().any(|(folder, name, _)| {
            path == format!("{folder}/tests/{name}.rs")
                || path.starts_with(&format!("{folder}/tests/{name}/"))
        });
        let native_only = native_only
            || NATIVE_CRATES.iter().any(|(folder, _)| path.starts_with(&format!("{folder}/tests/")));
        // A measurement reads the system's account of itself.
        if native_only || path.contains("/examples/") {
            continue;
        }
        let mut pure = Pure { path, found: &mut found, in_tests: !path.contains("/src/") };
        pure.visit_file(&file);
        pure.targets(text.parse().unwrap_or_default());
    }
    found
}

struct Pure<'a> {
    path: &'a str,
    found: &'a mut Vec<Complaint>,
    /// Tests may print. All else holds for them too, since they run in wasm as well.
    in_tests: bool,
}

impl Pure<'_> {
    fn complain(&mut self, span: proc_macro2::Span, what: String, why: &'static str) {
        self.found.push(Complaint { place: format!("{}:{}", self.path, span.start().line), what, why });
    }

    fn named(&mut self, span: proc_macro2::Span, path: &str) {
        let outside = OUTSIDE.iter().find(|outside| {
            path.strip_prefix(*outside).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        });
        let excepted =
            |outside: &str| CLOCKS.iter().any(|(file, clock, _)| self.path == *file && outside == *clock);
        if let Some(outside) = outside.filter(|outside| !excepted(outside)) {
            self.complain(
                span,
                format!("uses {outside}"),
                "core is told time, bytes and randomness; then it runs anywhere, and a test can decide what it is told",
            );
        }
    }

    fn imports(&mut self, before: &str, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => self.imports(&format!("{before}{}::", path.ident), &path.tree),
            syn::UseTree::Name(name) if name.ident == "self" => {
                self.named(name.ident.span(), before.trim_end_matches("::"));
            }
            syn::UseTree::Name(name) => self.named(name.ident.span(), &format!("{before}{}", name.ident)),
            syn::UseTree::Rename(name) => self.named(name.ident.span(), &format!("{before}{}", name.ident)),
            syn::UseTree::Glob(glob) => {
                self.named(glob.star_token.span(), before.trim_end_matches("::"));
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.imports(before, item)),
        }
    }

    fn targets(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.targets(group.stream()),
                TokenTree::Ident(ident) if TARGET.contains(&ident.to_string().as_str()) => self.complain(
                    ident.span(),
                    format!("differs by {ident}"),
                    "the same source runs native and in wasm, and its tests run on both",
                ),
                TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

/// Whether these attributes say `#[cfg(test)]`.
fn for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        syn::Meta::Path(_) | syn::Meta::NameValue(_) => false,
    })
}

impl<'ast> Visit<'ast> for Pure<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let outer = self.in_tests;
        self.in_tests |= for_tests(&item.attrs);
        syn::visit::visit_item_mod(self, item);
        self.in_tests = outer;
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.imports("", &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let text: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if let Some(first) = path.segments.first() {
            self.named(first.ident.span(), &text.join("::"));
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invoked: &'ast syn::Macro) {
        if let Some(last) = invoked.path.segments.last()
            && PRINTS.contains(&last.ident.to_string().as_str())
            && !self.in_tests
        {
            self.complain(
                last.ident.span(),
                format!("{}! writes to the terminal", last.ident),
                "core has no terminal, and what it holds must not reach one",
            );
        }
        syn::visit::visit_macro(self, invoked);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        if let Some(asyncness) = &signature.asyncness {
            self.complain(
                asyncness.span,
                format!("`{}` is async", signature.ident),
                "core is sync: waiting is for the shell, which knows for what",
            );
        }
        syn::visit::visit_signature(self, signature);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if attribute.path().is_ident("should_panic") {
            self.complain(
                attribute.pound_token.span,
                "a test that should panic".into(),
                "on wasm32 a panic cannot be caught and such a test is skipped; test the returned error",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(path: &str, text: &str) -> Vec<String> {
        complaints(&Tree::of_files(&[(path, text)])).into_iter().map(|complaint| complaint.what).collect()
    }

    #[test]
    fn reaching_outside_is_caught_however_it_is_written() {
        let text = "use std::{fs, time::{Duration, Instant as Clock}}; use std::net::*; \
                    fn f() { let a = std::thread::spawn(g); } ";
        assert_eq!(
            whats("core/log/src/a.rs", text),
            ["uses std::fs", "uses std::time::Instant", "uses std::net", "uses std::thread"]
        );
        assert_eq!(whats("shell/store/src/a.rs", text), [""; 0]);
    }

    #[test]
    fn tests_of_core_may_not_reach_outside_either_unless_they_run_natively_only() {
        let text = "use std::fs; fn f() { println!(); cfg!(target_os = \"linux\"); }";
        assert_eq!(whats("core/log/tests/a.rs", text), ["uses std::fs", "differs by target_os"]);
        assert_eq!(whats("core/log/tests/independent.rs", text), [""; 0]);
        let within = "#[cfg(test)] mod tests { use std::fs; fn f() { println!(); } }";
        assert_eq!(whats("core/log/src/a.rs", within), ["uses std::fs"]);
    }

    #[test]
    fn a_clock_is_named_in_its_own_file_only_and_nothing_else_there() {
        let text = "use std::time::Instant; use std::net::UdpSocket;";
        assert_eq!(whats("core/sfu/src/clock.rs", text), ["uses std::net"]);
        assert_eq!(whats("core/sfu/src/rtp.rs", text), ["uses std::time::Instant", "uses std::net"]);
        assert_eq!(whats("core/sfu/tests/sfu/world.rs", text), [""; 0]);
    }

    #[test]
    fn async_and_printing_are_caught() {
        let text = "async fn f() { println!(\"{}\", 1); }";
        assert_eq!(whats("core/log/src/a.rs", text), ["`f` is async", "println! writes to the terminal"]);
    }

    #[test]
    fn a_test_that_wasm_would_skip_is_caught() {
        let text = "#[cfg(test)] mod tests { #[test] #[should_panic] fn f() {} }";
        assert_eq!(whats("core/log/src/a.rs", text), ["a test that should panic"]);
    }
}
