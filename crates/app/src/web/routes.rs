//! The table of routes. Every address that the program answers is one row, with who may ask; the server mounts the table
//! and the tests walk it, so there is no way in that is not listed.

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use kernel::Permission;
use utoipa::openapi::path::Paths;
use utoipa::openapi::{RefOr, Schema};

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, logged in or not.
    Public,
    /// Whoever is logged in.
    AnyAccount,
    /// Accounts that hold this permission.
    Needs(Permission),
}

impl Access {
    /// Whether somebody with `permissions` (`None`: not logged in) may pass.
    pub fn admits(self, permissions: Option<&[Permission]>) -> bool {
        match self {
            Self::Public => true,
            Self::AnyAccount => permissions.is_some(),
            Self::Needs(permission) => permissions.is_some_and(|held| held.contains(&permission)),
        }
    }
}

/// Named schemas, as utoipa collects them.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// What utoipa's `routes!(handler)` gives: schemas, paths, handler.
pub type Described<S> = (Schemas, Paths, MethodRouter<S>);

/// One row of the table.
pub struct Route<S> {
    /// The method.
    pub method: Method,
    /// The path, with `{name}` for its parameters.
    pub path: String,
    /// Who may ask.
    pub access: Access,
    pub(super) handler: MethodRouter<S>,
    pub(super) described: Option<(Schemas, Paths)>,
}

impl<S> Route<S> {
    /// Whether this is a call of the API rather than a page.
    pub fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }
}

/// A room's routes, or everybody's.
pub struct Routes<S>(Vec<Route<S>>);

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No routes yet.
    pub fn new() -> Self {
        Self(Vec::new())
    }

    /// A page that is read.
    pub fn get<H, T>(self, path: &str, access: Access, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.with(Method::GET, path, access, on(MethodFilter::GET, handler))
    }

    /// A form that is sent.
    pub fn post<H, T>(self, path: &str, access: Access, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.with(Method::POST, path, access, on(MethodFilter::POST, handler))
    }

    fn with(mut self, method: Method, path: &str, access: Access, handler: MethodRouter<S>) -> Self {
        self.0.push(Route { method, path: path.to_owned(), access, handler, described: None });
        self
    }

    /// A call of the API: `.api(Access::Public, routes!(create))`, where `create` bears `#[utoipa::path(…)]` with the
    /// whole path (`/api/v1/demands`). One handler per row.
    pub fn api(mut self, access: Access, (schemas, paths, handler): Described<S>) -> Self {
        let (method, path) = asked(&paths);
        self.0.push(Route { method, path, access, handler, described: Some((schemas, paths)) });
        self
    }

    /// These routes and those.
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Every row.
    pub fn iter(&self) -> impl Iterator<Item = &Route<S>> {
        self.0.iter()
    }

    pub(super) fn into_rows(self) -> Vec<Route<S>> {
        self.0
    }
}

/// The method and the path of a description with one operation.
fn asked(paths: &Paths) -> (Method, String) {
    let Some((path, item)) = paths.paths.iter().next() else { return (Method::GET, String::new()) };
    let operations = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    let method =
        operations.into_iter().find(|(_, operation)| operation.is_some()).map_or(Method::GET, |(method, _)| method);
    (method, path.clone())
}
