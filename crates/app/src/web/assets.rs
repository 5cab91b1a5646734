//! The style sheet, the script and the icon, embedded in the program and served under names that change with their
//! content, so that browsers may keep them for ever.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use kernel::Refusal;
use rust_embed::RustEmbed;

use super::errors::Failure;

/// `debug-embed` is on, so that tests and releases serve the same bytes.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/assets"]
struct Files;

struct Asset {
    name: String,
    served_as: String,
    kind: &'static str,
    bytes: Vec<u8>,
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| Files::iter().filter_map(|name| load(&name)).collect());

fn load(name: &str) -> Option<Asset> {
    let file = Files::get(name)?;
    let (stem, extension) = name.rsplit_once('.')?;
    let kind = match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let hash = hex::encode(file.metadata.sha256_hash().get(..6)?);
    Some(Asset {
        name: name.to_owned(),
        served_as: format!("{stem}-{hash}.{extension}"),
        kind,
        bytes: file.data.into_owned(),
    })
}

/// The address of the asset `name` (`santing.css`), with its content's hash in it.
pub fn href(name: &str) -> String {
    let served_as = ASSETS.iter().find(|asset| asset.name == name).map_or(name, |asset| &asset.served_as);
    format!("/assets/{served_as}")
}

/// The answer to `GET /assets/{name}`: public and the same for everybody.
pub(super) fn serve(name: &str) -> Result<Response, Failure> {
    let asset = ASSETS.iter().find(|asset| asset.served_as == name);
    let asset = asset.ok_or_else(|| Refusal::not_found("没有这个文件"))?;
    let headers = [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.bytes.as_slice()).into_response())
}
