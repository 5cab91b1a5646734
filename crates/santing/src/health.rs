//! Is it alive, can it work, how is it doing.

use std::sync::Arc;
use std::time::Duration;

use app::context::App;
use app::web::{Answer, Visitor};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Actor, Refusal};

use crate::metrics::Metrics;

/// A database that has not answered by then is away.
const PATIENCE: Duration = Duration::from_secs(2);

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers too.
pub async fn ready(State(app): State<App>) -> Response {
    let program = Actor::system();
    let asked = app.read(&program, app::people::any);
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(_)) => "ready\n".into_response(),
        Ok(Err(_)) | Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "database away\n").into_response(),
    }
}

/// `GET /metrics`: for this machine, or with the token.
pub async fn metrics(
    visitor: Visitor,
    headers: HeaderMap,
    metrics: Arc<Metrics>,
    token: Option<String>,
) -> Answer<Response> {
    let shown = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer "));
    let knows = token.as_deref().is_some_and(|token| shown == Some(token));
    if !knows && !visitor.address.is_loopback() {
        return Err(Refusal::forbidden("运行数据只供本机查看，或出示令牌").into());
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], metrics.text()).into_response())
}
