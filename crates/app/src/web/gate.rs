//! The gate in front of every route: finds out who asks, checks the table of routes, refuses requests that other sites
//! forged, and draws what the handler answered — a page with its frame, an error as a page or as a problem — with the
//! headers that keep it safe.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kernel::{Error, Refusal};

use super::error_pages;
use super::errors::{Failed, Failure, Problem, status_of};
use super::extract::{Lent, drain};
use super::flash;
use super::layout::{self, Looker, Menu, Site, Undrawn};
use super::parts::encode;
use super::routes::Access;
use super::session::{
    ClientAddress, Credential, Session, SessionCookie, cookie, log_in_first, session_cookie, set_cookie,
};

/// A future in a box.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What the gate asks the house: implemented over the store by the `people` room, and by tests.
pub trait Doorkeeper: Send + Sync + 'static {
    /// Whose credential this is; `None` where it is nobody's, or no longer.
    fn who(&self, credential: Credential) -> Later<'_, kernel::Result<Option<Session>>>;

    /// The menu of the workbench for this session, with live numbers, and the name of the unit.
    fn menu<'a>(&'a self, session: &'a Session) -> Later<'a, kernel::Result<Menu>>;

    /// A fresh number under which a fault is logged.
    fn incident(&self) -> String;
}

/// The gate's own belongings, shared by every route.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    doorkeeper: Box<dyn Doorkeeper>,
    site: Site,
    key: Vec<u8>,
}

/// The cookie of 长者模式.
pub(super) const LARGE: &str = "santing_large";

/// Where everybody must go who still has a one-time password, and what stays open to them.
const PASSWORD_PAGE: &str = "/account/password";
const OPEN_BEFORE_PASSWORD: [&str; 3] = [PASSWORD_PAGE, "/logout", "/view"];

/// What is remembered of a request after the handler has consumed it.
struct Asked {
    method: Method,
    address: String,
    path: String,
    large: bool,
    flash: Option<String>,
    had_flash: bool,
}

impl Gate {
    /// A gate of this site; `key` seals the sentences that survive a redirect.
    pub fn new(doorkeeper: impl Doorkeeper, site: Site, key: Vec<u8>) -> Self {
        Self(Arc::new(Inner { doorkeeper: Box::new(doorkeeper), site, key }))
    }

    /// What the frame says everywhere.
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    /// Lets a request through to its handler, or not, and draws the answer.
    pub(super) async fn pass(self, access: Access, request: Request, next: Next) -> Response {
        let (mut head, body) = request.into_parts();
        let asked = self.remember(&head);
        let address = client_address(&head, self.0.site.trust_proxy);
        head.extensions.insert(ClientAddress(address));
        head.extensions.insert(SessionCookie::of(&head.headers, &self.0.site));
        let session = match self.who(&head.headers, &asked).await {
            Ok(session) => session,
            Err(error) => return self.finish(Failure(error).into_response(), &asked, None).await,
        };
        if let Err(response) = self.check(access, session.as_ref(), &asked) {
            drain(&head.headers, body).await;
            return self.finish(response, &asked, session.as_ref()).await;
        }
        if let Some(session) = &session {
            head.extensions.insert(session.clone());
        }
        let (headers, lent) = (head.headers.clone(), Lent::new(body));
        let response = next.run(Request::from_parts(head, Body::new(lent.clone()))).await;
        if !lent.is_end_stream() {
            drain(&headers, Body::new(lent)).await;
        }
        self.finish(response, &asked, session.as_ref()).await
    }

    fn remember(&self, head: &Parts) -> Asked {
        let uri = &head.uri;
        let sealed = cookie(&head.headers, flash::COOKIE);
        Asked {
            method: head.method.clone(),
            address: uri.path_and_query().map_or_else(|| uri.path().to_owned(), ToString::to_string),
            path: uri.path().to_owned(),
            large: cookie(&head.headers, LARGE).is_some(),
            flash: sealed.and_then(|sealed| flash::open(&self.0.key, sealed)),
            had_flash: sealed.is_some(),
        }
    }

    async fn who(&self, headers: &HeaderMap, asked: &Asked) -> kernel::Result<Option<Session>> {
        match credential(headers, asked.is_api(), session_cookie(self.0.site.https)) {
            Some(credential) => self.0.doorkeeper.who(credential).await,
            None => Ok(None),
        }
    }

    #[expect(clippy::result_large_err, reason = "the response is what is answered, once, on the way out")]
    fn check(&self, access: Access, session: Option<&Session>, asked: &Asked) -> Result<(), Response> {
        if let Some(session) = session
            && session.must_change_password
            && access != Access::Public
            && !OPEN_BEFORE_PASSWORD.contains(&asked.path.as_str())
        {
            return Err(if asked.is_api() {
                Failure::from(Refusal::forbidden("请先登录网页，把一次性密码换成自己的密码")).into_response()
            } else {
                flash::onward(PASSWORD_PAGE).into_response()
            });
        }
        if access.admits(session.map(|s| s.permissions.as_slice())) {
            return Ok(());
        }
        Err(match session {
            Some(_) => Failure::from(Refusal::forbidden("您的账号没有办理这件事的权限")).into_response(),
            None if asked.is_api() || !asked.method.is_safe() => Failure::from(log_in_first()).into_response(),
            None => flash::onward(format!("/login?next={}", encode(&asked.address))).into_response(),
        })
    }

    async fn finish(&self, mut response: Response, asked: &Asked, session: Option<&Session>) -> Response {
        let saying = response.extensions_mut().remove::<flash::Saying>();
        let is_page = response.extensions().get::<Undrawn>().is_some();
        if let Some(Failed(error)) = response.extensions_mut().remove::<Failed>() {
            let status = response.status();
            response = self.draw_failure(&error, asked, session, status).await;
        } else if let Some(Undrawn(page)) = response.extensions_mut().remove::<Undrawn>() {
            let head = std::mem::take(response.headers_mut());
            response = self.draw_page(&page, asked, session).await;
            keep_handlers_headers(&mut response, head);
        }
        let headers = response.headers_mut();
        if let Some(flash::Saying(sentence)) = saying {
            self.set_cookie(headers, flash::COOKIE, &flash::seal(&self.0.key, &sentence), 60);
        } else if is_page && asked.had_flash {
            self.set_cookie(headers, flash::COOKIE, "", 0);
        }
        guard(headers, session.is_some() || asked.is_api(), self.0.site.https);
        response
    }

    async fn draw_page(&self, page: &layout::Page, asked: &Asked, session: Option<&Session>) -> Response {
        let menu = match session {
            // A page without numbers is better than no page: the error itself shows elsewhere.
            Some(session) if page.is_desk() => self.0.doorkeeper.menu(session).await.unwrap_or_default(),
            _ => Menu::default(),
        };
        let looker = Looker {
            site: &self.0.site,
            session,
            menu: &menu,
            flash: asked.flash.as_deref(),
            large: asked.large,
            address: &asked.address,
        };
        layout::draw(page, &looker)
    }

    async fn draw_failure(
        &self,
        error: &Error,
        asked: &Asked,
        session: Option<&Session>,
        status: StatusCode,
    ) -> Response {
        let incident = match error {
            Error::Fault(fault) => {
                let incident = self.0.doorkeeper.incident();
                tracing::error!(incident, method = %asked.method, path = asked.path, "{fault}");
                Some(incident)
            }
            Error::Refused(_) => None,
        };
        let mut response = if asked.is_api() {
            let mut problem = Problem::of(error, &asked.path, incident.as_deref());
            problem.status = status.as_u16();
            problem.into_response()
        } else {
            let page = error_pages::page(error, incident.as_deref(), session.is_some(), !asked.method.is_safe());
            self.draw_page(&page.status(status.as_u16()), asked, session).await
        };
        if matches!(status_of(error), StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
        }
        response
    }

    fn set_cookie(&self, headers: &mut HeaderMap, name: &str, value: &str, seconds: u32) {
        set_cookie(headers, self.0.site.https, name, value, seconds);
    }
}

impl Asked {
    fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }
}

/// A bearer token counts for the API only; a page is never drawn for one.
fn credential(headers: &HeaderMap, api: bool, cookie_name: &str) -> Option<Credential> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| {
        let (scheme, token) = v.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    });
    match bearer {
        Some(token) if api => Some(Credential::Bearer(token)),
        _ => cookie(headers, cookie_name).filter(|v| !v.is_empty()).map(|v| Credential::Cookie(v.to_owned())),
    }
}

fn client_address(head: &Parts, trust_proxy: bool) -> IpAddr {
    let direct = head.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let told = || {
        let line = head.headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        line.rsplit(',').next()?.trim().parse().ok()
    };
    trust_proxy.then(told).flatten().or(direct).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

fn keep_handlers_headers(response: &mut Response, head: HeaderMap) {
    for (name, value) in
        head.iter().filter(|(name, _)| **name != header::CONTENT_TYPE && **name != header::CONTENT_LENGTH)
    {
        response.headers_mut().append(name.clone(), value.clone());
    }
}

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'";

/// The headers of every answer.
fn guard(headers: &mut HeaderMap, private: bool, https: bool) {
    let fixed: [(HeaderName, &str); 6] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if https {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(year);
    }
    let cache = if private { "no-store" } else { "private, no-cache" };
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(cache));
}
