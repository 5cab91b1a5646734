//! Every `sql!` text of the program, prepared on both engines against the migrated schema.

use std::sync::Arc;

use kernel::clock::SystemClock;
use kernel::random::SystemRandom;
use store::{Location, Options, Store};

use crate::sources::files;

/// The texts of a file's `sql!(…)`; `concat!` is joined, and a macro of the same file that stands for a text is put in.
fn statements(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("sql!(") {
        let line_start = code[..at].rfind('\n').map_or(0, |n| n + 1);
        if !code[line_start..at].trim_start().starts_with("//") {
            found.extend(text_of(&code[at + "sql!(".len()..], code));
        }
    }
    found
}

/// The text that an expression stands for; `None` where it is no literal (inside a macro of its own).
fn text_of(expression: &str, code: &str) -> Option<String> {
    let expression = expression.trim_start();
    if let Some(list) = expression.strip_prefix("concat!(") {
        let mut rest = list.trim_start();
        let mut text = String::new();
        while !rest.starts_with(')') {
            if rest.starts_with('"') {
                let (literal, after) = literal(rest)?;
                text.push_str(&literal);
                rest = after;
            } else {
                let end = rest.find("!()")?;
                let definition = code.split(&format!("macro_rules! {} {{", &rest[..end])).nth(1)?;
                let body = definition.split("=>").nth(1)?.trim_start().trim_start_matches('{').trim_start();
                text.push_str(&literal(body)?.0);
                rest = &rest[end + 3..];
            }
            rest = rest.trim_start().trim_start_matches(',').trim_start();
        }
        return Some(text);
    }
    literal(expression).map(|(text, _)| text)
}

/// A string literal at the beginning of `source`, and what follows it.
fn literal(source: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut chars = source.strip_prefix('"')?.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((text, &source[1 + at + 1..])),
            '\\' => match chars.next()?.1 {
                '\n' => {
                    let rest = &source[1 + chars.offset()..];
                    let skip = rest.len() - rest.trim_start().len();
                    while chars.offset() < source.len() - 1 - rest.len() + skip {
                        chars.next();
                    }
                }
                'n' => text.push('\n'),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    None
}

#[test]
fn both_engines_understand_every_statement() {
    let texts: Vec<(String, String)> = files("crates", &["rs"])
        .into_iter()
        .filter(|(name, _)| name.contains("/src/") && !name.ends_with("tests.rs") && !name.contains("/tests/"))
        .flat_map(|(name, source)| {
            statements(&source).into_iter().map(move |text| (name.clone(), text)).collect::<Vec<_>>()
        })
        .collect();
    assert!(texts.len() > 60, "only {} statements were found: is the reader of sql! still right?", texts.len());
    let dir = tempfile::tempdir().unwrap();
    check(&Location::of(None, dir.path()), &texts);
    if let Some(url) = store::testing::fresh_database() {
        let dir = tempfile::tempdir().unwrap();
        check(&Location::of(Some(&url), dir.path()), &texts);
    }
}

fn check(location: &Location, texts: &[(String, String)]) {
    let store = Store::open(location, Options::new(Arc::new(SystemClock), Arc::new(SystemRandom))).unwrap();
    store.migrate(app::migrations()).unwrap();
    for (file, text) in texts {
        let asked = text.clone();
        let prepared = store.write_now(move |tx| tx.prepare(&asked));
        assert!(prepared.is_ok(), "{file}: {text}\n{prepared:?}");
    }
}
