//! From the table of routes to a running router: every row behind the gate, the style sheet and the script beside them,
//! and answers in Chinese for addresses that do not exist.

use std::any::Any;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::handler::Handler as _;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Refusal, RefusalKind};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::assets;
use super::errors::{Failed, Failure, panicked};
use super::extract::{PathParams, drain};
use super::flash::{Onward, onward};
use super::form::FormBody;
use super::gate::{Gate, LARGE};
use super::routes::{Access, Routes};
use super::session::{local_path, set_cookie};

/// The router of `routes`, each behind `gate`.
pub fn mount<S: Clone + Send + Sync + 'static>(routes: Routes<S>, gate: &Gate, state: S) -> Router {
    let forgery = forgery_check(gate);
    let mut router = Router::new();
    for route in routes.into_rows() {
        let guarded = (gate.clone(), route.access);
        let at_gate = middleware::from_fn_with_state(guarded, at_gate);
        let handler = route.handler.route_layer(catch_panics()).route_layer(forgery.clone()).route_layer(at_gate);
        router = router.route(&route.path, handler);
    }
    let open = middleware::from_fn_with_state((gate.clone(), Access::Public), at_gate);
    let own = Router::new()
        .route("/view", axum::routing::post(toggle_large).route_layer(forgery).route_layer(open.clone()))
        .route("/assets/{name}", axum::routing::get(asset).route_layer(open.clone()))
        .with_state(gate.clone());
    router
        .with_state(state)
        .merge(own)
        .fallback(nowhere.layer(open.clone()))
        .method_not_allowed_fallback(wrong_method.layer(open))
        .layer(DefaultBodyLimit::disable())
}

/// A handler that panics answers like any other fault; the panic itself is logged by the hook that `main` sets.
fn catch_panics() -> CatchPanicLayer<fn(Box<dyn Any + Send>) -> Response> {
    CatchPanicLayer::custom((|_| panicked().into_response()) as fn(Box<dyn Any + Send>) -> Response)
}

type Forgery = CsrfLayer<fn(ProtectionError) -> Response>;

/// Requests that change something must come from our own pages, as the browser itself attests.
fn forgery_check(gate: &Gate) -> Forgery {
    let refuse: fn(ProtectionError) -> Response = |_| {
        Failure::from(Refusal::forbidden("这个请求不是从本网站的页面发出的，已拒绝。请回到本网站再操作"))
            .into_response()
    };
    let plain = CsrfLayer::new();
    let trusting = match &gate.site().public_url {
        Some(url) => CsrfLayer::new().add_trusted_origin(url.trim_end_matches('/')).unwrap_or_else(|error| {
            tracing::warn!(%error, "the configured public address is not an origin; forged requests are judged by Host alone");
            plain
        }),
        None => plain,
    };
    trusting.with_rejection_response(refuse)
}

async fn at_gate(State((gate, access)): State<(Gate, Access)>, request: Request, next: Next) -> Response {
    gate.pass(access, request, next).await
}

async fn asset(path: PathParams<String>) -> Result<Response, Failure> {
    assets::serve(&path.0)
}

async fn nowhere(request: Request) -> Failure {
    let (head, body) = request.into_parts();
    drain(&head.headers, body).await;
    Refusal::not_found("没有这个地址，可能是抄错了一位，也可能已经移走").into()
}

async fn wrong_method(request: Request) -> Response {
    let (head, body) = request.into_parts();
    drain(&head.headers, body).await;
    let refusal = Refusal::new(RefusalKind::Malformed, "这个地址不接受这种请求方式");
    let mut response = StatusCode::METHOD_NOT_ALLOWED.into_response();
    response.extensions_mut().insert(Failed(std::sync::Arc::new(Error::Refused(refusal))));
    response
}

/// 长者模式 on or off, and back to where one was.
async fn toggle_large(State(gate): State<Gate>, form: FormBody) -> (HeaderMap, Onward) {
    let mut headers = HeaderMap::new();
    let (value, seconds) = if form.get("large") == Some("on") { ("1", 365 * 86_400) } else { ("", 0) };
    set_cookie(&mut headers, gate.site().https, LARGE, value, seconds);
    (headers, onward(local_path(form.get("next"), "/")))
}
