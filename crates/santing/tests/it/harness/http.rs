//! One request, one answer: nothing is followed, nothing is hidden.

use std::sync::LazyLock;
use std::time::Duration;

use serde_json::Value;
use ureq::http::{HeaderMap, Request};

static AGENT: LazyLock<ureq::Agent> = LazyLock::new(|| {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(Duration::from_secs(60)));
    config.build().into()
});

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What was asked, for the message of a failed test.
    pub asked: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

/// Sends a request.
pub fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let asked = format!("{method} {url}");
    let sent = match method {
        "GET" | "DELETE" | "HEAD" => AGENT.run(request.body(()).unwrap()),
        _ => AGENT.run(request.body(body).unwrap()),
    };
    let mut response = sent.unwrap_or_else(|error| panic!("{asked}: {error}"));
    let bytes = response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap();
    Answer {
        asked,
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

impl Answer {
    /// The same, if its status is `status`.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.body);
        self
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{}: {error}: {}", self.asked, self.body))
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The fields that a problem names, in its order.
    #[track_caller]
    pub fn wrong_fields(&self) -> Vec<String> {
        let problem = self.json();
        let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("{}: no errors: {problem}", self.asked));
        errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
    }
}
