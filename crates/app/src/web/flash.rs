//! A sentence that survives one redirect: 已交办. It travels in a cookie, sealed with the program's key so that nobody else
//! can put words into a page.

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::percent_decode_str;
use sm3::Sm3;

use super::parts::encode;

/// The cookie's name.
pub(super) const COOKIE: &str = "santing_flash";

/// `303 See Other` after a form, with an optional sentence for the page that follows.
#[derive(Clone, Debug)]
pub struct Onward {
    to: String,
    saying: Option<String>,
}

/// Sends the browser on to `to`.
pub fn onward(to: impl Into<String>) -> Onward {
    Onward { to: to.into(), saying: None }
}

impl Onward {
    /// With this sentence at the head of the next page.
    pub fn saying(mut self, sentence: impl Into<String>) -> Self {
        self.saying = Some(sentence.into());
        self
    }
}

/// The sentence on its way to the gate, which seals it.
#[derive(Clone)]
pub(super) struct Saying(pub String);

impl IntoResponse for Onward {
    fn into_response(self) -> Response {
        // Addresses made of Han text would be refused as header values.
        let to: String =
            self.to.chars().map(|c| if c.is_ascii() { c.to_string() } else { encode(&c.to_string()) }).collect();
        let mut response = (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response();
        if let Some(saying) = self.saying {
            response.extensions_mut().insert(Saying(saying));
        }
        response
    }
}

pub(super) fn seal(key: &[u8], sentence: &str) -> String {
    format!("{}.{}", mac(key, sentence), encode(sentence))
}

pub(super) fn open(key: &[u8], sealed: &str) -> Option<String> {
    let (tag, text) = sealed.split_once('.')?;
    let sentence = percent_decode_str(text).decode_utf8().ok()?.into_owned();
    let right = mac(key, &sentence);
    bool::from(subtle::ConstantTimeEq::ct_eq(right.as_bytes(), tag.as_bytes())).then_some(sentence)
}

fn mac(key: &[u8], sentence: &str) -> String {
    // HMAC takes keys of every length, so this cannot fail; an empty tag would match nothing of value.
    let Ok(mut mac) = Hmac::<Sm3>::new_from_slice(key) else { return String::new() };
    mac.update(b"flash\0");
    mac.update(sentence.as_bytes());
    hex::encode(&mac.finalize().into_bytes()[..16])
}
