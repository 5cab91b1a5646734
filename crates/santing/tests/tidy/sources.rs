//! The project's own source files, and how long they may be.

use std::fs;
use std::path::{Path, PathBuf};

/// Lines of a file that a person reads in one sitting.
const MOST_LINES: usize = 500;

/// Files that are longer for a reason that outweighs the rule.
const LONGER: &[(&str, &str)] = &[
    (
        "crates/app/src/demands/api/shapes.rs",
        "a flat list of JSON shapes; splitting it would separate what is read together",
    ),
    ("crates/app/src/demands/tests.rs", "the room's stories"),
    ("crates/app/src/demands/records.rs", "one table's columns, written out"),
];

/// The root of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Every file with one of these endings under `dir`, as (path from the root, text).
pub fn files(dir: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&root().join(dir), endings, &mut found);
    found.sort();
    found
}

fn collect(dir: &Path, endings: &[&str], found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, endings, found);
        } else if path.extension().and_then(|e| e.to_str()).is_some_and(|e| endings.contains(&e)) {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let too_long: Vec<String> = files("crates", &["rs", "css", "js", "sql"])
        .into_iter()
        .map(|(name, text)| (text.lines().count(), name))
        .filter(|(lines, name)| *lines > MOST_LINES && !LONGER.iter().any(|(longer, _)| longer == name))
        .map(|(lines, name)| format!("{name} has {lines} lines"))
        .collect();
    assert!(too_long.is_empty(), "a file is at most {MOST_LINES} lines: {too_long:#?}");
}

#[test]
fn no_place_on_this_machine_is_named() {
    let endings = ["rs", "toml", "sql", "css", "js", "md"];
    // Written in pieces, so that this file does not name them either.
    let places = [["/", "work/"].concat(), ["/", "root/"].concat(), ["/", "home/"].concat()];
    for dir in ["crates", "profiles", "docs"] {
        for (name, text) in files(dir, &endings) {
            for place in &places {
                assert!(!text.contains(place.as_str()), "{name} names {place}");
            }
        }
    }
}
