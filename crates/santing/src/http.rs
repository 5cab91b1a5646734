//! The shell around the rooms' routes: what is measured, limited, compressed and caught for every request alike.

use std::sync::Arc;
use std::time::{Duration, Instant};

use app::context::App;
use app::people::House;
use app::web::{Access, Gate, Routes, Site, mount, openapi};
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};
use tower_http::timeout::TimeoutLayer;

use crate::config::ServeConfig;
use crate::health;
use crate::metrics::Metrics;

/// A request that takes longer is given up.
const LONGEST: Duration = Duration::from_secs(120);
/// A request that takes longer is logged.
const SLOW: Duration = Duration::from_secs(1);

/// Everything that the program answers.
pub fn router(app: &App, serving: &ServeConfig) -> Router {
    let metrics = Arc::new(Metrics::new());
    let routes = app::routes().and(own_routes(app, serving, &metrics));
    let gate = Gate::new(
        House::new(app.clone(), app::menu::menu()).widened(app::absences::widen),
        site(app, serving),
        app.secret().to_vec(),
    );
    let small = SizeAbove::new(1024).and(NotForContentType::IMAGES).and(NotForContentType::SSE);
    mount(routes, &gate, app.clone())
        .layer(CompressionLayer::new().gzip(true).compress_when(small))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
        .layer(middleware::from_fn_with_state(metrics, observe))
}

fn site(app: &App, serving: &ServeConfig) -> Site {
    Site {
        platform: app.city().title.clone(),
        demo: app.demo(),
        https: serving.public_url.as_deref().is_some_and(|url| url.starts_with("https://")),
        public_url: serving.public_url.clone(),
        trust_proxy: serving.trust_proxy,
    }
}

/// The shell's own addresses: health, figures, and the description of the API.
fn own_routes(app: &App, serving: &ServeConfig, metrics: &Arc<Metrics>) -> Routes<App> {
    let described = openapi(&app::routes(), &app.city().title, env!("CARGO_PKG_VERSION"));
    let described = Arc::<str>::from(described.to_pretty_json().unwrap_or_default());
    let (metrics, token) = (Arc::clone(metrics), serving.metrics_token.clone());
    Routes::new()
        .get("/healthz", Access::Public, health::alive)
        .get("/readyz", Access::Public, health::ready)
        .get("/metrics", Access::Public, move |visitor, headers| health::metrics(visitor, headers, metrics, token))
        .get("/api/v1/openapi.json", Access::Public, async move || {
            ([(header::CONTENT_TYPE, "application/json")], described.to_string()).into_response()
        })
}

/// Counts and times a request, gives it a number, and logs it where it is slow or has failed.
async fn observe(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let number = metrics.next_request();
    let mut response = next.run(request).await;
    let took = began.elapsed();
    let status = response.status();
    let route = route.as_deref().unwrap_or("-");
    metrics.observe(&method, route, status, took);
    if status.is_server_error() || took > SLOW {
        tracing::warn!(request = number, %method, route, status = status.as_u16(), ms = took.as_millis() as u64, "slow or failed");
    } else {
        tracing::debug!(request = number, %method, route, status = status.as_u16(), ms = took.as_millis() as u64);
    }
    if let Ok(value) = HeaderValue::from_str(&number.to_string()) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}
