//! Who is asking. The gate looks the credential up once per request and puts the answer into the request; handlers take
//! it out with these extractors.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, header, request::Parts};
use kernel::{Actor, Id, Permission, Refusal, RefusalKind};

use super::errors::Failure;

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
    /// The unit's name, for staff of a unit.
    pub unit_name: Option<String>,
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
