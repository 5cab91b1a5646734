//! `POST /api/v1/simulations`.

use axum::Json;
use axum::extract::State;

use super::actions::{self, Answered, Question};
use crate::context::App;
use crate::web::{Answer, JsonBody, Session};

/// 试算：一段时间的诉求在另一个流程版本（或另一份规则文本）之下会怎样；不改变任何诉求。
#[utoipa::path(post, path = "/api/v1/simulations", tag = "processes", request_body = Question,
    responses((status = 200, body = Answered)))]
pub async fn simulate(
    State(app): State<App>,
    session: Session,
    JsonBody(question): JsonBody<Question>,
) -> Answer<Json<Answered>> {
    Ok(Json(actions::run(&app, &session.actor, question).await?))
}
