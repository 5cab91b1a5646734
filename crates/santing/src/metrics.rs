//! What `/metrics` tells.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabel as _, EncodeLabelSet, LabelSetEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// The figures of this process.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Asked, Histogram, fn() -> Histogram>,
    resident: Gauge,
    last_request: AtomicU64,
}

const BUCKETS: [f64; 11] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0];

/// What was asked; routes come from the table of routes, so there are only so many.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Asked {
    method: String,
    route: String,
}

/// What was asked, and the class of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Answered {
    asked: Asked,
    status: u16,
}

impl EncodeLabelSet for Asked {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> fmt::Result {
        ("method", self.method.as_str()).encode(encoder.encode_label())?;
        ("route", self.route.as_str()).encode(encoder.encode_label())
    }
}

impl EncodeLabelSet for Answered {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> fmt::Result {
        self.asked.encode(encoder)?;
        ("status", self.status.to_string().as_str()).encode(encoder.encode_label())
    }
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("santing");
        let requests = Family::<Answered, Counter>::default();
        let seconds = Family::<Asked, Histogram, fn() -> Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        let resident = Gauge::default();
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register("http_request_seconds", "Time to answer a request", seconds.clone());
        registry.register("resident_memory_bytes", "Resident memory of the process", resident.clone());
        Self { registry, requests, seconds, resident, last_request: AtomicU64::new(0) }
    }

    /// A number for a request, for the log.
    pub fn next_request(&self) -> u64 {
        self.last_request.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Counts a request.
    pub fn observe(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let asked = Asked { method: method.as_str().to_owned(), route: route.to_owned() };
        self.seconds.get_or_create(&asked).observe(took.as_secs_f64());
        self.requests.get_or_create(&Answered { asked, status: status.as_u16() }).inc();
    }

    /// The Prometheus text.
    pub fn text(&self) -> String {
        self.resident.set(resident_bytes().unwrap_or_default());
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// Resident memory as Linux tells it; elsewhere the figure is 0.
fn resident_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<i64>().ok().map(|kib| kib * 1024)
}
