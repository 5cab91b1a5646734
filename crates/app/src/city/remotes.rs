//! The remote systems with which the city exchanges demands, and what their status codes mean here and there.

use serde::{Deserialize, Serialize};

/// The statuses of a demand; each is told to a remote under exactly one of its codes.
pub const DEMAND_STATUSES: [&str; 10] = [
    "received",
    "triaged",
    "assigned",
    "in_progress",
    "replied",
    "closed",
    "declined",
    "transferred_out",
    "withdrawn",
    "merged",
];

/// What is done here when a remote says that a case of its stands so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemoteEffect {
    /// Nothing: it is taken note of.
    #[default]
    Nothing,
    /// The submitter took the demand back there.
    Withdraw,
    /// It is sent back to be handled again.
    Redo,
    /// 催办: an internal note.
    Urge,
}

/// One status code of a remote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoteStatus {
    /// Its code there.
    pub code: String,
    /// Its name there.
    pub label: String,
    /// Our statuses that are told as this one.
    #[serde(default)]
    pub ours: Vec<String>,
    /// What it means when it comes from there.
    #[serde(default)]
    pub effect: RemoteEffect,
}

/// A remote system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remote {
    /// The stable identifier; with the number there it is the source of a demand.
    pub code: String,
    /// The Chinese name.
    pub name: String,
    /// The channel under which its cases are registered.
    pub channel: String,
    /// Packages made longer ago than this are last year's: they change nothing.
    #[serde(default = "ninety")]
    pub keep_days: u32,
    /// Whether its packages must be signed.
    #[serde(default)]
    pub signed: bool,
    /// Which of its keys is in force; another number makes another key.
    #[serde(default = "first")]
    pub key_version: u32,
    /// Its status codes.
    #[serde(rename = "status")]
    pub statuses: Vec<RemoteStatus>,
}

fn first() -> u32 {
    1
}

fn ninety() -> u32 {
    90
}

impl Remote {
    /// The status of a code or of a Chinese name there.
    pub fn status(&self, text: &str) -> Option<&RemoteStatus> {
        let text = text.trim();
        let named = || self.statuses.iter().find(|status| status.label == text);
        self.statuses.iter().find(|status| status.code == text).or_else(named)
    }

    /// The code there under which a demand of our status `ours` is told; our own word where the profile has none.
    pub fn told<'a>(&'a self, ours: &'a str) -> &'a str {
        let fits = |status: &&RemoteStatus| status.ours.iter().any(|known| known == ours);
        self.statuses.iter().find(fits).map_or(ours, |status| status.code.as_str())
    }

    /// The name there of a code.
    pub fn label<'a>(&'a self, code: &'a str) -> &'a str {
        self.statuses.iter().find(|status| status.code == code).map_or(code, |status| status.label.as_str())
    }
}
