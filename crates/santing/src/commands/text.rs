//! `santing text …`.

use std::io::{self, BufRead as _, Write as _};

use anyhow::Context as _;

use crate::Outcome;

/// Lines that are read together, and how many of them wait for the next: a number may be broken over two lines.
const TOGETHER: usize = 256;
const HELD: usize = 2;

/// Standard input to standard output without what tells who somebody is; line breaks stay where they are.
pub fn redact() -> anyhow::Result<Outcome> {
    let mut out = io::stdout().lock();
    let mut block = String::new();
    let mut lines = io::stdin().lock().split(b'\n');
    loop {
        let mut read = 0;
        for line in lines.by_ref().take(TOGETHER) {
            block.push_str(&String::from_utf8_lossy(&line.context("读标准输入")?));
            block.push('\n');
            read += 1;
        }
        let ready = if read < TOGETHER { block.len() } else { ready(&block) };
        match out.write_all(text::redact::mask_public(&block[..ready]).as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Outcome::Done),
            written => written.context("写标准输出")?,
        }
        block.drain(..ready);
        if read < TOGETHER {
            return Ok(Outcome::Done);
        }
    }
}

/// Where a block may be cut: at a line break near its end that no number reaches across.
fn ready(block: &str) -> usize {
    let breaks: Vec<usize> = block.match_indices('\n').map(|(at, _)| at + 1).rev().skip(HELD).collect();
    let spans = text::redact::find_public(block);
    let whole = |cut: &usize| !spans.iter().any(|span| span.start < *cut && *cut < span.end);
    breaks.into_iter().find(whole).unwrap_or(block.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_not_cut_within_a_number() {
        let block = format!("{}手机138\n00000000\n末行\n", "一行\n".repeat(5));
        assert_eq!(ready("一\n二\n三\n"), "一\n".len());
        assert_eq!(&block[ready(&block)..], "手机138\n00000000\n末行\n");
        assert_eq!(ready("一\n"), "一\n".len());
    }
}
