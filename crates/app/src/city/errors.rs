//! What is wrong with a profile: every mistake of every file at once, so that whoever writes one is sent back only once.

use std::fmt;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileError {
    /// The file, as it is named inside the profile.
    pub file: String,
    /// Where in the file, for example `unit[gongkexin].parent`.
    pub key: String,
    /// What is wrong, in Chinese.
    pub chinese: String,
    /// What is wrong, in English.
    pub english: String,
}

/// Every mistake of a profile.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ProfileErrors(pub Vec<ProfileError>);

impl ProfileErrors {
    /// Notes a mistake.
    pub fn add(&mut self, file: &str, key: impl Into<String>, chinese: impl Into<String>, english: impl Into<String>) {
        let (key, chinese, english) = (key.into(), chinese.into(), english.into());
        self.0.push(ProfileError { file: file.to_owned(), key, chinese, english });
    }

    /// Refuses if there is any.
    pub fn done(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}：{} ({})", self.file, self.key, self.chinese, self.english)
    }
}

impl fmt::Display for ProfileErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "城市配置有 {} 处需要改正 ({} mistakes in the profile)", self.0.len(), self.0.len())?;
        self.0.iter().try_for_each(|error| write!(f, "\n  {error}"))
    }
}

impl std::error::Error for ProfileErrors {}
