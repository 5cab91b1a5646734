//! `santing text …`.

use std::io::{self, BufRead as _, Write as _};

use anyhow::Context as _;

use crate::Outcome;

/// Standard input to standard output, line by line, without what tells who somebody is.
pub fn redact() -> anyhow::Result<Outcome> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().split(b'\n') {
        let line = line.context("读标准输入")?;
        let line = String::from_utf8_lossy(&line);
        match writeln!(out, "{}", text::redact::mask(&line)) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            written => written.context("写标准输出")?,
        }
    }
    Ok(Outcome::Done)
}
