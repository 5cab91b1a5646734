//! A write that names an `Idempotency-Key` is done once: the same key with the same body gives the first answer again,
//! the same key with another body is refused. The answer is kept in the transaction that did the work.

use axum::http::HeaderMap;
use kernel::{Refusal, RefusalKind, Result};
use sm3::{Digest, Sm3};
use store::{Migration, args, sql};

use crate::context::Cx;

/// This module's table.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "idempotency-1", sql: SCHEMA }];

const SCHEMA: &str = "
-- The first answer to a write that named an Idempotency-Key.
CREATE TABLE idempotency (
    actor TEXT NOT NULL,
    request_key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (actor, request_key)
);
CREATE INDEX idempotency_by_time ON idempotency (at);
";

/// A key with the fingerprint of the request that bears it.
#[derive(Clone, Debug)]
pub struct Key {
    key: String,
    request: String,
}

/// A status and a JSON body.
pub type Reply = (u16, String);

impl Key {
    /// The key of a request to `path` with `body`, where it has one.
    pub fn of(headers: &HeaderMap, path: &str, body: &str) -> Result<Option<Self>> {
        let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
        let key = value.to_str().unwrap_or_default().trim().to_owned();
        if key.is_empty() || key.len() > 200 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let message = "Idempotency-Key 应为 1 至 200 个可见的 ASCII 字符";
            return Err(Refusal::new(RefusalKind::Malformed, message).into());
        }
        let request = hex::encode(Sm3::digest(format!("{path}\n{body}")));
        Ok(Some(Self { key, request }))
    }

    /// The first answer to this key, where there was one.
    pub fn answered(&self, cx: &mut Cx<'_>) -> Result<Option<Reply>> {
        let found: Option<(String, i64, String)> = cx.tx.opt(
            sql!("SELECT request_hash, status, body FROM idempotency WHERE actor = $1 AND request_key = $2"),
            args![whose(cx), &self.key],
        )?;
        match found {
            None => Ok(None),
            Some((request, status, body)) if request == self.request => {
                Ok(Some((u16::try_from(status).unwrap_or(200), body)))
            }
            Some(_) => {
                let message = "这个 Idempotency-Key 已经用于另一个请求，请换一个";
                Err(Refusal::new(RefusalKind::Conflict { current: None }, message).into())
            }
        }
    }
}

/// Does `work` once per key: without a key always, with one only the first time.
pub fn once(cx: &mut Cx<'_>, key: Option<&Key>, work: impl FnOnce(&mut Cx<'_>) -> Result<Reply>) -> Result<Reply> {
    let Some(key) = key else { return work(cx) };
    if let Some(reply) = key.answered(cx)? {
        return Ok(reply);
    }
    let (status, body) = work(cx)?;
    cx.tx.run(
        sql!("INSERT INTO idempotency (actor, request_key, request_hash, status, body, at) VALUES ($1, $2, $3, $4, $5, $6)"),
        args![whose(cx), &key.key, &key.request, status, &body, cx.now],
    )?;
    Ok((status, body))
}

/// Forgets the answers that are older than a day: nobody repeats a request for longer.
pub fn sweep(cx: &mut Cx<'_>) -> Result<u64> {
    cx.tx.run(sql!("DELETE FROM idempotency WHERE at < $1"), args![cx.now.plus_seconds(-86_400)])
}

/// Keys belong to an account, so that nobody learns of another's answer; the public shares one space, where keys are
/// as random as their makers and the fingerprint must fit too.
fn whose(cx: &Cx<'_>) -> String {
    cx.actor.account.map_or_else(|| "public".to_owned(), |id| id.to_string())
}
