//! Attachments, handed out as downloads only: nothing that a stranger sent is ever shown inside our own pages.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kernel::Id;
use maud::{Markup, html};

use crate::context::App;
use crate::demands::actions::viewing;
use crate::demands::records::Attached;
use crate::web::parts::encode;
use crate::web::{Answer, PathParams, Session};

/// `GET /demands/{number}/attachments/{id}`
pub async fn download(
    State(app): State<App>,
    session: Session,
    PathParams((number, id)): PathParams<(String, i64)>,
) -> Answer<Response> {
    let file = app.read(&session.actor, move |cx| viewing::attachment(cx, &number, Id(id))).await?;
    let bytes = app.store().file(&file.hash).await?;
    let headers = [
        (header::CONTENT_TYPE, file.media_type.clone()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}", encode(&file.name))),
    ];
    Ok((headers, bytes).into_response())
}

/// The files of a demand as links.
pub fn links(number: &str, files: &[Attached]) -> Markup {
    html! {
        @if !files.is_empty() {
            ul.small.bullets aria-label="附件" {
                @for file in files {
                    li {
                        a href={ "/demands/" (number) "/attachments/" (file.id.0) } download { (file.name) }
                        " " span.muted { (size(file.size)) }
                    }
                }
            }
        }
    }
}

fn size(bytes: i64) -> String {
    match bytes {
        0..1024 => format!("{bytes} 字节"),
        1024..1_048_576 => format!("{} KB", (bytes + 1023) / 1024),
        _ => format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}
