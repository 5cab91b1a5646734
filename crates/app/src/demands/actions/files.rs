//! Files that come with a demand: recognised by content, checked, stripped of what they say about their maker, kept.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use documents::media::{self, Limits};
use kernel::error::Checker;
use kernel::{FieldError, Refusal, Result};
use serde_json::{Map, Value};

use super::intake::Upload;
use crate::context::App;

/// Files with one demand at most.
pub const MOST: usize = 5;
const MIB: usize = 1024 * 1024;
const LIMITS: Limits =
    Limits { image: 10 * MIB, document: 10 * MIB, audio: 10 * MIB, video: 30 * MIB, pixels: 100_000_000 };

/// A file as it was sent, and the name of the field that an error about it belongs to.
pub struct Sent {
    /// The field, `attachments` or `attachments.0`.
    pub field: String,
    /// The name that the sender gave.
    pub name: String,
    /// The content.
    pub bytes: Vec<u8>,
}

/// A file that passed.
pub struct Admitted(media::Upload);

/// The files of a JSON body: `attachments: [{name, data}]`, `data` in base64.
pub fn given(body: &Map<String, Value>) -> Result<Vec<Admitted>, Refusal> {
    let mut check = Checker::default();
    let list = match body.get("attachments") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(Refusal::field("attachments", "wrong_type", "attachments 应为列表")),
    };
    let mut sent = Vec::new();
    for (index, item) in list.iter().enumerate() {
        let field = format!("attachments.{index}");
        let text = |name: &str| item.get(name).and_then(Value::as_str);
        match (text("name"), text("data").map(|data| STANDARD.decode(data.trim()))) {
            (Some(name), Some(Ok(bytes))) => sent.push(Sent { field, name: name.to_owned(), bytes }),
            (Some(_), Some(Err(_))) => check.wrong(field, "bad_format", "data 应为 base64"),
            _ => check.wrong(field, "required", "每个附件要有 name 和 data"),
        }
    }
    both(check.done(), admit(sent)).map(|((), admitted)| admitted)
}

/// Checks every file; refuses with every wrong one at once.
pub fn admit(sent: Vec<Sent>) -> Result<Vec<Admitted>, Refusal> {
    let mut check = Checker::default();
    if sent.len() > MOST {
        check.wrong("attachments", "too_many", format!("附件最多 {MOST} 个，现在是 {} 个", sent.len()));
    }
    let mut admitted = Vec::new();
    for file in sent {
        match media::admit(&file.name, &file.bytes, &LIMITS) {
            Ok(upload) => admitted.push(Admitted(upload)),
            Err(error) => check.wrong(file.field, "not_taken", format!("“{}”：{error}", short(&file.name))),
        }
    }
    check.done()?;
    Ok(admitted)
}

/// Keeps the files durably; a file whose demand is then refused is swept later.
pub async fn keep(app: &App, admitted: Vec<Admitted>) -> Result<Vec<Upload>> {
    let mut uploads = Vec::with_capacity(admitted.len());
    for Admitted(file) in admitted {
        let content = app.store().keep_file(file.bytes, file.kind.content_type()).await?;
        uploads.push(Upload { content, name: file.name });
    }
    Ok(uploads)
}

/// Both results, or the wrong fields of both together.
pub fn both<A, B>(a: Result<A, Refusal>, b: Result<B, Refusal>) -> Result<(A, B), Refusal> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(a), Err(b)) => {
            let errors: Vec<FieldError> = a.errors.into_iter().chain(b.errors).collect();
            Err(Refusal::invalid(errors))
        }
        (Err(refusal), _) | (_, Err(refusal)) => Err(refusal),
    }
}

fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}
