//! Which way the rooms may look: inside a room from the faces down to the rules, between rooms only to earlier ones, and
//! never into another room's records.

use crate::sources::{files, root};

/// The rooms in the order in which `app/src/lib.rs` lists them.
fn rooms() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("crates/app/src/lib.rs")).unwrap();
    let names = text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    names.filter(|name| root().join("crates/app/src").join(name).is_dir()).map(str::to_owned).collect()
}

/// The `use crate::…` and `crate::…::` targets of a source text outside its tests.
fn targets(text: &str) -> Vec<Vec<String>> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.match_indices("crate::")
        .map(|(at, _)| {
            let rest = &code[at + "crate::".len()..];
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
            rest[..end].split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect()
        })
        .collect()
}

#[test]
fn a_room_looks_only_at_earlier_rooms_and_never_at_their_records() {
    let rooms = rooms();
    let place = |name: &str| rooms.iter().position(|room| room == name);
    let mut broken = Vec::new();
    for (index, room) in rooms.iter().enumerate() {
        for (file, text) in files(&format!("crates/app/src/{room}"), &["rs"]) {
            if file.ends_with("/tests.rs") || file.contains("/tests/") {
                continue;
            }
            for target in targets(&text) {
                let Some(other) = target.first().and_then(|name| place(name)) else { continue };
                if other > index {
                    broken.push(format!("{file} uses {}: {room} stands before {}", target.join("::"), rooms[other]));
                }
                if other != index && target.get(1).is_some_and(|part| part == "records") {
                    broken
                        .push(format!("{file} uses {}: another room's records are its own affair", target.join("::")));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn rules_are_pure() {
    let mut broken = Vec::new();
    for room in rooms() {
        for (file, text) in files(&format!("crates/app/src/{room}"), &["rs"]) {
            if !(file.ends_with("/rules.rs") || file.contains("/rules/")) {
                continue;
            }
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for word in
                ["use store", "async fn", "Tx", "super::records", "super::actions", "super::super::records", "maud"]
            {
                let standing = |line: &str| {
                    let line = line.trim_start();
                    !line.starts_with("//")
                        && line
                            .split(|c: char| !(c.is_alphanumeric() || "_: ".contains(c)))
                            .any(|p| p == word || (word.contains(' ') || word.contains(':')) && p.contains(word))
                };
                if code.lines().any(standing) {
                    broken.push(format!("{file}: rules know no {word}"));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_lower_crates_do_not_know_each_other() {
    for (name, may) in [
        ("kernel", &[][..]),
        ("text", &["kernel"]),
        ("store", &["kernel"]),
        ("documents", &["kernel"]),
        ("app", &["kernel", "text", "store", "documents"]),
    ] {
        let manifest = std::fs::read_to_string(root().join(format!("crates/{name}/Cargo.toml"))).unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap_or_default();
        let dependencies = dependencies.split("\n[").next().unwrap_or_default();
        for own in ["kernel", "text", "store", "documents", "app", "santing"] {
            let used = dependencies
                .lines()
                .any(|line| line.starts_with(&format!("{own}.")) || line.starts_with(&format!("{own} ")));
            assert!(!used || may.contains(&own), "{name} must not depend on {own}");
        }
    }
}
