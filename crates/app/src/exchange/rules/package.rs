//! A package: a header line and message lines (JSON Lines, UTF-8). The header counts the lines and bears the SM3 digest of
//! everything after it, so that half a file is known as one, and a number, so that a gap or last year's file is.

use kernel::error::Checker;
use kernel::{Instant, Refusal, RefusalKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::signature;
use crate::city::Remote;

/// The contract that this program speaks.
pub const CONTRACT: &str = "santing-exchange/1";
/// From a remote to the city.
pub const TO_CITY: &str = "to_city";
/// From the city to a remote.
pub const FROM_CITY: &str = "from_city";
/// Messages of one package at most.
pub const MESSAGES_MOST: usize = 20_000;
/// Seconds that a remote's clock may be ahead of ours.
const AHEAD_MOST: i64 = 86_400;

/// The first line of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`CONTRACT`].
    pub contract: String,
    /// The remote's code.
    pub remote: String,
    /// [`TO_CITY`] or [`FROM_CITY`].
    pub direction: String,
    /// Names the package among all of this remote and direction.
    pub package: String,
    /// To the city: the package's number, one more each time. From the city: that of its last message.
    pub sequence: i64,
    /// From the city: the number of its first message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<i64>,
    /// How many lines follow.
    pub count: u64,
    /// The SM3 digest, in hexadecimal, of every byte after the first line feed.
    pub sm3: String,
    /// When it was made, RFC 3339.
    pub made_at: String,
    /// Up to which number the sender has everything of the other side, without a gap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<i64>,
    /// The signature, see [`super::signature`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
}

/// A package whose header fits its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package<'a> {
    /// The header.
    pub header: Header,
    /// When it was made.
    pub made_at: Instant,
    /// The messages, each with the number of its line in the file.
    pub lines: Vec<(u64, &'a str)>,
}

/// The SM3 digest of `bytes` in hexadecimal.
pub fn sm3(bytes: &[u8]) -> String {
    store::HashKind::Sm3.of(bytes)
}

/// Opens what somebody sent as a package of `remote` to the city; refuses it whole, with every reason.
pub fn open<'a>(bytes: &'a [u8], remote: &Remote) -> Result<Package<'a>, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|error| match error.error_len() {
        // The last character is cut in two.
        None => whole("file", "文件在传送中截断，末尾不完整，没有登记任何内容，请重新发送整个文件"),
        Some(_) => whole("file", "文件不是 UTF-8 编码，没有登记任何内容"),
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (head, body) = text.split_once('\n').unwrap_or((text, ""));
    let header = read_header(head)?;
    let lines: Vec<(u64, &str)> = (2..).zip(body.lines()).filter(|(_, line)| !line.trim().is_empty()).collect();
    let mut check = Checker::default();
    check_names(&header, remote, &mut check);
    check_whole(&header, body, lines.len(), &mut check);
    let made_at = Instant::parse(&header.made_at);
    if made_at.is_none() {
        check.wrong("made_at", "bad_format", "made_at 应写成 2026-03-02T09:00:00+08:00 的形式");
    }
    check.done()?;
    Ok(Package { header, made_at: made_at.unwrap_or_default(), lines })
}

/// The remote that a package names, before anything else of it is looked at.
pub fn remote_of(bytes: &[u8]) -> Result<String, Refusal> {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let head =
        std::str::from_utf8(&bytes[..end]).map_err(|_| whole("file", "文件不是 UTF-8 编码，没有登记任何内容"))?;
    Ok(read_header(head.strip_prefix('\u{feff}').unwrap_or(head))?.remote)
}

fn whole(field: &str, message: &str) -> Refusal {
    Refusal::field(field, "unreadable", message)
}

fn read_header(line: &str) -> Result<Header, Refusal> {
    let value: Value = serde_json::from_str(line.trim())
        .map_err(|_| whole("file", "第 1 行应当是一个 JSON 对象（包头），这个文件不是交换包，没有登记任何内容"))?;
    let known = value.get("contract").and_then(Value::as_str).unwrap_or_default();
    if known != CONTRACT {
        let message = format!("包头的 contract 应为 {CONTRACT}，文件里是“{}”，没有登记任何内容", short(known));
        return Err(Refusal::field("contract", "unknown", message));
    }
    serde_json::from_value(value).map_err(|error| {
        let message = error.to_string();
        let field = message.split('`').nth(1).unwrap_or("header").to_owned();
        Refusal::field(&field, "bad_format", format!("包头缺少 {field}，或者它的类型不对，没有登记任何内容"))
    })
}

fn check_names(header: &Header, remote: &Remote, check: &mut Checker) {
    if header.remote != remote.code {
        let message = format!("这是“{}”的包，不是{}（{}）的", short(&header.remote), remote.name, remote.code);
        check.wrong("remote", "other", message);
    }
    if header.direction != TO_CITY {
        check.wrong("direction", "other", format!("direction 应为 {TO_CITY}：这不是发给本市的包"));
    }
    if !is_name(&header.package) {
        check.wrong("package", "bad_format", "package 应为 1 至 64 个字母、数字或 . _ : -");
    }
    if header.sequence < 1 {
        check.wrong("sequence", "bad_format", "sequence 从 1 开始，每个包加 1");
    }
}

fn check_whole(header: &Header, body: &str, lines: usize, check: &mut Checker) {
    if header.count != lines as u64 {
        let message =
            format!("包头写 {} 条，文件里有 {lines} 条：文件不完整或被改动，请重新发送整个文件", header.count);
        check.wrong("count", "mismatch", message);
    }
    if lines > MESSAGES_MOST {
        check.wrong("count", "too_many", format!("一个包最多 {MESSAGES_MOST} 条，请分成几个包"));
    }
    if !header.sm3.eq_ignore_ascii_case(&sm3(body.as_bytes())) {
        let message = "内容的 SM3 摘要与包头不一致：文件在传送中截断、改动或换了换行符，请重新发送整个文件";
        check.wrong("sm3", "mismatch", message);
    }
}

/// Whether `text` can name a package or a message.
pub fn is_name(text: &str) -> bool {
    let fine = |b: u8| b.is_ascii_alphanumeric() || b"._:-".contains(&b);
    (1..=64).contains(&text.len()) && text.bytes().all(fine)
}

/// What is known of a remote's packages before one more is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The digest and the number of rejected messages of the package of the same name, where there was one.
    pub same: Option<(String, i64)>,
    /// The name of another package with the same number.
    pub same_number: Option<String>,
    /// Up to which number all packages are here.
    pub received: i64,
}

/// Whether a package is looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    New,
    /// It was here before and all of it was taken in.
    Known,
    /// It is last year's: nothing in it is looked at.
    Old,
}

/// Judges a whole package by its header.
pub fn judge(package: &Package<'_>, known: &Known, remote: &Remote, now: Instant) -> Result<Standing, Refusal> {
    let header = &package.header;
    if let Some((digest, rejected)) = &known.same {
        return match (digest.eq_ignore_ascii_case(&header.sm3), *rejected) {
            (true, 0) => Ok(Standing::Known),
            // What was rejected may be right by now: a theme was added, a case came in.
            (true, _) => Ok(Standing::New),
            (false, _) => {
                Err(conflict(format!("包 {} 以前收到过，内容却不同；改过的内容请用新的包号", header.package)))
            }
        };
    }
    if now.seconds_since(package.made_at) > i64::from(remote.keep_days) * 86_400 {
        return Ok(Standing::Old);
    }
    if package.made_at.seconds_since(now) > AHEAD_MOST {
        return Err(Refusal::field("made_at", "in_the_future", "包的制作时间在将来，请核对对方的系统时间"));
    }
    if let Some(other) = &known.same_number {
        return Err(conflict(format!("序号 {} 已经用于包 {other}，请核对后换一个序号", header.sequence)));
    }
    Ok(Standing::New)
}

fn conflict(message: String) -> Refusal {
    Refusal::new(RefusalKind::Conflict { current: None }, message)
}

/// The text of a package of these messages; count, digest and, where there is a key, signature are put in.
pub fn seal(header: &Header, lines: &[String], key: Option<&str>) -> String {
    let body: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    let header = Header { count: lines.len() as u64, sm3: sm3(body.as_bytes()), ..header.clone() };
    let header = Header { mac: key.map(|key| signature::sign(&header, key)), ..header };
    // A header of texts and numbers always has a JSON form.
    format!("{}\n{body}", serde_json::to_string(&header).unwrap_or_default())
}

/// What somebody wrote, short enough to be quoted back.
pub fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}
