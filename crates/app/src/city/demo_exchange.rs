//! What other systems hand over in the demonstration, as data beside its script. Invented, like everything there.

use serde::{Deserialize, Serialize};

use super::{City, ProfileErrors, source};

/// The cases that are handed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoExchange {
    /// The cases, in the order in which they come.
    #[serde(rename = "case")]
    pub cases: Vec<HandedCase>,
}

/// One case that a remote hands over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandedCase {
    /// The remote.
    pub remote: String,
    /// Its number there.
    pub case: String,
    /// Hours before the demonstration's present at which it was received there.
    pub hours_before: i64,
    /// `public`, `entrepreneur`, `service_recipient`.
    pub audience: String,
    /// The title.
    pub title: String,
    /// The words.
    pub text: String,
    /// The theme, where the remote names one.
    pub theme: Option<String>,
    /// Whom to call.
    pub contact_name: String,
    /// The number to call, of a range that nobody has.
    pub contact_phone: String,
}

impl DemoExchange {
    /// What is handed over in the demonstration of this city, where the program carries such a file.
    pub fn of(city: &City) -> Option<Result<Self, ProfileErrors>> {
        let file = format!("demo/{}_exchange.toml", city.code);
        let text = String::from_utf8(source::embedded(&file)?).unwrap_or_default();
        Some(toml::from_str::<Self>(&text).map_err(|error| {
            let mut errors = ProfileErrors::default();
            errors.add(&file, "", "演示的交换脚本写错了", error.to_string());
            errors
        }))
    }
}
