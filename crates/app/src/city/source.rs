//! Where a profile's files come from (the program itself, or a directory) and how they are read so that one bad entry
//! does not hide the next.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::errors::ProfileErrors;

/// The profiles that the program carries.
#[derive(rust_embed::RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../profiles"]
struct Embedded;

/// A place that holds one profile.
pub(super) enum Source {
    /// A profile inside the program, by name.
    Inside(String),
    /// A profile on disk.
    Directory(PathBuf),
}

impl Source {
    /// The profile called `name`, or the directory of that path.
    pub fn find(name_or_dir: &str) -> Result<Self, ProfileErrors> {
        if Embedded::get(&format!("{name_or_dir}/city.toml")).is_some() {
            return Ok(Self::Inside(name_or_dir.to_owned()));
        }
        if Path::new(name_or_dir).is_dir() {
            return Ok(Self::Directory(name_or_dir.into()));
        }
        let mut errors = ProfileErrors::default();
        let known = names().join("、");
        let chinese = format!("没有叫“{name_or_dir}”的城市配置，也没有这个目录；程序自带：{known}");
        errors.add("city.toml", "", chinese, "no such profile and no such directory");
        Err(errors)
    }

    /// The text of a file; `common/…` is always the program's own.
    pub fn text(&self, file: &str, errors: &mut ProfileErrors) -> Option<String> {
        let bytes = match self {
            _ if file.starts_with("common/") => embedded(file),
            Self::Inside(name) => embedded(&format!("{name}/{file}")),
            Self::Directory(dir) => std::fs::read(dir.join(file)).ok(),
        };
        let Some(bytes) = bytes else {
            errors.add(file, "", "缺少这个文件", "the file is missing or cannot be read");
            return None;
        };
        let text = String::from_utf8(bytes);
        if text.is_err() {
            errors.add(file, "", "文件不是 UTF-8 编码", "the file is not UTF-8");
        }
        text.ok()
    }
}

/// The names of the profiles that the program carries.
pub(super) fn names() -> Vec<String> {
    let mut names: Vec<String> =
        Embedded::iter().filter_map(|path| path.strip_suffix("/city.toml").map(str::to_owned)).collect();
    names.sort();
    names
}

/// A file that the program carries, by its path below `profiles/`.
pub(super) fn embedded(path: &str) -> Option<Vec<u8>> {
    Embedded::get(path).map(|file| file.data.into_owned())
}

/// One TOML file, read entry by entry.
pub(super) struct Reader<'a> {
    file: &'a str,
    table: Table,
    errors: &'a mut ProfileErrors,
}

impl<'a> Reader<'a> {
    /// The tables of `text`; a file that is no TOML at all is one mistake and reads as empty.
    pub fn new(file: &'a str, text: &str, errors: &'a mut ProfileErrors) -> Option<Self> {
        match text.parse::<Table>() {
            Ok(table) => Some(Self { file, table, errors }),
            Err(error) => {
                errors.add(file, "", "不是合法的 TOML", error.to_string().trim().replace('\n', " "));
                None
            }
        }
    }

    /// Takes the table `key`, which must be there.
    pub fn section<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        match self.table.remove(key) {
            Some(value) => self.value(key, value),
            None => {
                self.wrong(key, "缺少这一段", "the section is missing");
                None
            }
        }
    }

    /// Takes every `[[key]]`, each judged for itself.
    pub fn entries<T: DeserializeOwned>(&mut self, key: &str) -> Vec<T> {
        let entries = match self.table.remove(key) {
            Some(Value::Array(entries)) => entries,
            Some(_) => {
                self.errors.add(self.file, key, "应写成 [[…]] 列表", "must be an array of tables");
                Vec::new()
            }
            None => Vec::new(),
        };
        let name = |index: usize, entry: &Value| match entry.get("code").and_then(Value::as_str) {
            Some(code) => format!("{key}[{code}]"),
            None => format!("{key}[第 {} 项]", index + 1),
        };
        entries
            .into_iter()
            .enumerate()
            .filter_map(|(index, entry)| {
                let name = name(index, &entry);
                self.value(&name, entry)
            })
            .collect()
    }

    /// Takes every `[key.name]`, each judged for itself.
    pub fn named<T: DeserializeOwned>(&mut self, key: &str) -> Vec<(String, T)> {
        let Some(Value::Table(table)) = self.table.remove(key) else {
            self.errors.add(self.file, key, "缺少这一段", "the section is missing");
            return Vec::new();
        };
        let read = |(name, value): (String, Value)| Some((name.clone(), self.value(&format!("{key}.{name}"), value)?));
        table.into_iter().filter_map(read).collect()
    }

    /// Takes some keys out of the table `key` before the rest of it is read.
    pub fn split<const N: usize>(&mut self, key: &str, names: [&str; N]) -> Option<Table> {
        let Some(Value::Table(section)) = self.table.get_mut(key) else {
            self.wrong(key, "缺少这一段", "the section is missing");
            return None;
        };
        Some(names.iter().filter_map(|name| Some(((*name).to_owned(), section.remove(*name)?))).collect())
    }

    /// One of the keys that `split` took out.
    pub fn word<T: DeserializeOwned>(&mut self, key: &str, name: &str, from: &mut Table) -> Option<T> {
        match from.remove(name) {
            Some(value) => self.value(&format!("{key}.{name}"), value),
            None => {
                self.wrong(&format!("{key}.{name}"), "缺少必填的配置项", "the key is missing");
                None
            }
        }
    }

    /// Whether there is anything under `key`.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Notes a mistake of this file.
    pub fn wrong(&mut self, key: &str, chinese: impl Into<String>, english: impl Into<String>) {
        self.errors.add(self.file, key, chinese, english);
    }

    /// Everything that is left, as one value: the plain keys of a file.
    pub fn rest<T: DeserializeOwned>(&mut self) -> Option<T> {
        let rest = Value::Table(std::mem::take(&mut self.table));
        self.value("", rest)
    }

    /// Refuses what nobody asked for: an unknown key is a misspelt one.
    pub fn finish(self) {
        for key in self.table.keys() {
            self.errors.add(self.file, key, "没有这个配置项，是不是写错了", "unknown key");
        }
    }

    fn value<T: DeserializeOwned>(&mut self, key: &str, value: Value) -> Option<T> {
        match value.try_into() {
            Ok(read) => Some(read),
            Err(error) => {
                let english = error.to_string().trim().replace('\n', " ");
                self.errors.add(self.file, key, chinese(&english), english);
                None
            }
        }
    }
}

fn chinese(english: &str) -> &'static str {
    let meanings = [
        ("unknown field", "没有这个配置项，是不是写错了"),
        ("missing field", "缺少必填的配置项"),
        ("unknown variant", "不是允许的取值"),
        ("invalid type", "类型不对"),
    ];
    meanings.iter().find(|(start, _)| english.contains(start)).map_or("取值不对", |(_, meaning)| meaning)
}
