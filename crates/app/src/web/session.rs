//! Who is asking. The gate looks the credential up once per request and puts the answer into the request; handlers take
//! it out with these extractors.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, HeaderValue, header, request::Parts};
use kernel::{Actor, Id, Permission, Refusal, RefusalKind};

use super::errors::Failure;
use super::layout::Site;

/// What a request brings to prove who is asking.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// The secret in the session cookie.
    Cookie(String),
    /// The token of `Authorization: Bearer`.
    Bearer(String),
}

/// Somebody who is logged in. As a handler's argument it makes the handler unreachable for anybody else.
#[derive(Clone, Debug)]
pub struct Session {
    /// Who acts, as the ledger names them.
    pub actor: Actor,
    /// The account.
    pub account: Id,
    /// The row of the session or of the token.
    pub id: Id,
    /// The name to log in with.
    pub username: String,
    /// What the roles held now permit.
    pub permissions: Vec<Permission>,
    /// True until the one-time password has been replaced; until then nothing else can be done.
    pub must_change_password: bool,
}

impl Session {
    /// Whether this account may do what `permission` covers.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}

/// Whoever is asking, logged in or not: for pages and calls that are open to all.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Who acts; the public where nobody is logged in.
    pub actor: Actor,
    /// The session, where there is one.
    pub session: Option<Session>,
    /// Where the request comes from.
    pub address: IpAddr,
    /// What the browser says it is.
    pub user_agent: String,
}

/// The address of the other side, put into the request by the gate.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| log_in_first().into())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let session = parts.extensions.get::<Session>().cloned();
        let actor = session.as_ref().map_or_else(Actor::public, |session| session.actor.clone());
        let address = parts.extensions.get::<ClientAddress>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |a| a.0);
        let user_agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok());
        Ok(Self { actor, session, address, user_agent: user_agent.unwrap_or_default().chars().take(300).collect() })
    }
}

/// 401.
pub fn log_in_first() -> Refusal {
    Refusal::new(RefusalKind::Unauthenticated, "请先登录")
}

/// The value of the cookie `name`.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// `next` if it is a path on this site, otherwise `otherwise`: nobody is sent elsewhere by a crafted link.
pub fn local_path<'a>(next: Option<&'a str>, otherwise: &'a str) -> &'a str {
    let harmless = |path: &&str| {
        path.starts_with('/') && !path[1..].starts_with(['/', '\\']) && !path.chars().any(|c| c.is_control())
    };
    next.filter(harmless).unwrap_or(otherwise)
}

/// The name of the session cookie; the prefix makes browsers insist on https and on this very host.
pub(super) fn session_cookie(https: bool) -> &'static str {
    if https { "__Host-santing" } else { "santing_session" }
}

/// Adds a cookie for `seconds`; 0 removes it.
pub(super) fn set_cookie(headers: &mut HeaderMap, https: bool, name: &str, value: &str, seconds: u32) {
    let secure = if https { "; Secure" } else { "" };
    let line = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(line) = HeaderValue::from_str(&line) {
        headers.append(header::SET_COOKIE, line);
    }
}

/// The session's cookie, for the handlers that begin and end sessions. Its headers go into the response:
/// `Ok((cookie.keep(&secret, seconds), onward("/desk")))`.
#[derive(Clone)]
pub struct SessionCookie {
    /// The secret that the request brought.
    pub secret: Option<String>,
    https: bool,
}

impl SessionCookie {
    pub(super) fn of(headers: &HeaderMap, site: &Site) -> Self {
        let secret = cookie(headers, session_cookie(site.https)).filter(|v| !v.is_empty()).map(str::to_owned);
        Self { secret, https: site.https }
    }

    /// Gives the browser `secret` for `seconds`.
    pub fn keep(&self, secret: &str, seconds: u32) -> HeaderMap {
        let mut headers = HeaderMap::new();
        set_cookie(&mut headers, self.https, session_cookie(self.https), secret, seconds);
        headers
    }

    /// Takes the cookie away.
    pub fn forget(&self) -> HeaderMap {
        self.keep("", 0)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SessionCookie {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or(Self { secret: None, https: false }))
    }
}
