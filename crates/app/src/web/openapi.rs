//! The OpenAPI 3.1 file, made from the table of routes: what is served is what is described.

use utoipa::PartialSchema;
use utoipa::ToSchema;
use utoipa::openapi::path::{Operation, PathItem, Paths};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder};

use super::errors::{Problem, ProblemField};
use super::routes::{Access, Routes};

/// The description of every API route of `routes`.
pub fn openapi<S: Clone + Send + Sync + 'static>(routes: &Routes<S>, platform: &str, version: &str) -> OpenApi {
    let mut components = Components::new();
    let mut paths = Paths::new();
    for route in routes.iter() {
        let Some((schemas, described)) = &route.described else { continue };
        components.schemas.extend(schemas.iter().cloned());
        for (path, item) in &described.paths {
            let mut item = item.clone();
            operations(&mut item).for_each(|operation| complete(operation, route.access));
            match paths.paths.get_mut(path) {
                Some(present) => present.merge_operations(item),
                None => drop(paths.paths.insert(path.clone(), item)),
            }
        }
    }
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    components.schemas.insert(ProblemField::name().into_owned(), ProblemField::schema());
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = ResponseBuilder::new()
        .description("说明出了什么问题、哪些字段要改")
        .content("application/problem+json", problem);
    components.responses.insert("Problem".into(), RefOr::T(response.build()));
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    components.security_schemes.insert("bearer".into(), bearer.into());
    let info = InfoBuilder::new().title(platform).version(version).build();
    OpenApiBuilder::new().info(info).paths(paths).components(Some(components)).build()
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete]
        .into_iter()
        .filter_map(Option::as_mut)
}

/// Every operation may answer with a problem, and says who may call it.
fn complete(operation: &mut Operation, access: Access) {
    for range in ["4XX", "5XX"] {
        let problem = RefOr::Ref(Ref::from_response_name("Problem"));
        operation.responses.responses.entry(range.into()).or_insert(problem);
    }
    let bearer = SecurityRequirement::new("bearer", Vec::<String>::new());
    operation.security = match access {
        // Open to all; staff may still say who they are.
        Access::Public => Some(vec![SecurityRequirement::default(), bearer]),
        Access::AnyAccount | Access::Needs(_) => Some(vec![bearer]),
    };
}
