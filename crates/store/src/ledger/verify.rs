//! Checking the ledger of a database, writing it to a file, and checking such a file anywhere.

use std::io::{BufRead, Write};

use kernel::{Fault, Instant, Result};
use serde::{Deserialize, Serialize};

use super::chain::RecordedEntry;
use super::check::{Checker, Seal};
use super::report::Report;
use super::seal::Head;
use crate::hash::{HashKind, Hasher};
use crate::store::Store;
use crate::tx::Tx;
use crate::{args, sql};

const PAGE: usize = 1_000;
/// A longer line than any export writes; a file that is no export is given up here and not read into memory.
const LONGEST_LINE: u64 = 64 << 20;

/// One line of an export: a header, the seals, the entries in order, an end.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Header(Header),
    Seal(Seal),
    Entry(RecordedEntry),
    End(End),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
    hash: String,
    exported_at: Instant,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    entries: u64,
    seals: u64,
    /// The hash of every byte before this line.
    hash: String,
}

const FORMAT: &str = "santing ledger 1";

impl Store {
    /// Checks the ledger of this database. Blocks; sees one snapshot, while others go on working.
    pub fn verify(&self) -> Result<Report> {
        self.read_now(Tx::verify)
    }

    /// Writes the whole ledger to `out`, sealed up to now, as lines of JSON. Blocks.
    pub fn export_ledger<W: Write + Send + 'static>(&self, now: Instant, out: W) -> Result<W> {
        self.seal_all(now)?;
        self.read_now(move |tx| {
            let kind = tx.hash()?;
            let mut export = Export { out, hasher: Hasher::new(kind), entries: 0, seals: 0 };
            let header = Header { format: FORMAT.into(), hash: kind.name().into(), exported_at: now };
            export.line(&Line::Header(header))?;
            each_seal(tx, &mut |seal| export.line(&Line::Seal(seal)))?;
            each_entry(tx, &mut |_, entry| export.line(&Line::Entry(entry)))?;
            export.end()
        })
    }
}

impl Tx {
    /// Checks the ledger as this transaction sees it.
    pub fn verify(&mut self) -> Result<Report> {
        let mut checker = Checker::new(self.hash()?);
        each_seal(self, &mut |seal| {
            checker.seal(seal);
            Ok(())
        })?;
        verify_entries(self, &mut checker)?;
        Ok(checker.finish())
    }
}

struct Export<W> {
    out: W,
    hasher: Hasher,
    entries: u64,
    seals: u64,
}

impl<W: Write> Export<W> {
    fn line(&mut self, line: &Line) -> Result<()> {
        match line {
            Line::Seal(_) => self.seals += 1,
            Line::Entry(_) => self.entries += 1,
            Line::Header(_) | Line::End(_) => {}
        }
        let bytes = bytes_of(line)?;
        self.hasher.update(&bytes);
        self.out.write_all(&bytes).map_err(|e| Fault::new("write the export of the ledger", e).passing().into())
    }

    fn end(mut self) -> Result<W> {
        let end = End { entries: self.entries, seals: self.seals, hash: self.hasher.finish() };
        let written = self.out.write_all(&bytes_of(&Line::End(end))?).and_then(|()| self.out.flush());
        written.map_err(|e| Fault::new("write the export of the ledger", e).passing())?;
        Ok(self.out)
    }
}

fn bytes_of(line: &Line) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(line).map_err(|e| Fault::new("write a line of the ledger", e))?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn each_seal(tx: &mut Tx, each: &mut dyn FnMut(Seal) -> Result<()>) -> Result<()> {
    let seals: Vec<(i64, Instant, String, String)> =
        tx.all(sql!("SELECT n, at, prev, hash FROM ledger_seal ORDER BY n"), args![])?;
    for (n, at, prev, hash) in seals {
        let heads: Vec<Head> =
            tx.all(sql!("SELECT stream, seq, hash FROM ledger_seal_head WHERE n = $1 ORDER BY stream"), args![n])?;
        each(Seal { n, at, heads, prev, hash })?;
    }
    Ok(())
}

fn verify_entries(tx: &mut Tx, checker: &mut Checker) -> Result<()> {
    let mut stream = String::new();
    each_entry(tx, &mut |tx, entry| {
        if entry.stream != stream {
            check_head(tx, checker, &stream)?;
            stream.clone_from(&entry.stream);
        }
        checker.entry(&entry);
        Ok(())
    })?;
    check_head(tx, checker, &stream)?;
    let empty: Vec<(String, i64)> = tx.all(
        sql!(
            "SELECT h.stream, h.seq FROM ledger_head h
             WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.stream = h.stream) ORDER BY h.stream"
        ),
        args![],
    )?;
    empty.iter().for_each(|(stream, seq)| checker.head(stream, *seq, ""));
    Ok(())
}

fn check_head(tx: &mut Tx, checker: &mut Checker, stream: &str) -> Result<()> {
    if stream.is_empty() {
        return Ok(());
    }
    let head: Option<(i64, String)> =
        tx.opt(sql!("SELECT seq, hash FROM ledger_head WHERE stream = $1"), args![stream])?;
    let (seq, hash) = head.unwrap_or_default();
    checker.head(stream, seq, &hash);
    Ok(())
}

fn each_entry(tx: &mut Tx, each: &mut dyn FnMut(&mut Tx, RecordedEntry) -> Result<()>) -> Result<()> {
    let mut after = (String::new(), 0);
    loop {
        let page: Vec<RecordedEntry> = tx.all(
            sql!(
                "SELECT stream, seq, at, actor, actor_id, on_behalf, act, fields, prev, hash FROM ledger_entry
                 WHERE (stream, seq) > ($1, $2) ORDER BY stream, seq LIMIT $3"
            ),
            args![&after.0, after.1, PAGE],
        )?;
        let Some(last) = page.last() else { return Ok(()) };
        after = (last.stream.clone(), last.seq);
        page.into_iter().try_for_each(|entry| each(tx, entry))?;
    }
}

/// Checks an export: every byte of it, offline. Only a file that cannot be read is a fault.
pub fn verify_file(mut file: impl BufRead) -> Result<Report> {
    let mut bytes = Vec::new();
    next_line(&mut file, &mut bytes)?;
    let Some((Line::Header(header), true)) = parsed(&bytes) else {
        return Ok(no_export("第一行不是三听台账导出文件的文件头"));
    };
    let Some(kind) = HashKind::named(&header.hash).filter(|_| header.format == FORMAT) else {
        return Ok(no_export("文件头写的格式或哈希算法不认识"));
    };
    let mut checker = Checker::new(kind);
    let mut hasher = Hasher::new(kind);
    let mut phase = 0;
    for number in 2.. {
        hasher.update(&bytes);
        next_line(&mut file, &mut bytes)?;
        checker.line = Some(number);
        if bytes.is_empty() {
            checker.wrong("文件没有末行：后面的部分被截去");
            break;
        }
        match parsed(&bytes) {
            None => checker.wrong("这一行读不懂：被改动，或不是台账导出的内容"),
            Some((_, false)) => checker.wrong("这一行的写法与导出时不同：被改动"),
            Some((Line::Header(_), true)) => checker.wrong("文件头出现了两次"),
            Some((Line::Seal(_), true)) if phase > 0 => checker.wrong("封印出现在记录之后：乱序"),
            Some((Line::Seal(seal), true)) => checker.seal(seal),
            Some((Line::Entry(entry), true)) => {
                phase = 1;
                checker.entry(&entry);
            }
            Some((Line::End(end), true)) => {
                check_end(&mut checker, &end, hasher);
                check_nothing_follows(&mut checker, &mut file, &mut bytes)?;
                break;
            }
        }
    }
    Ok(checker.finish())
}

fn check_end(checker: &mut Checker, end: &End, hasher: Hasher) {
    if (end.entries, end.seals) != checker.counts() {
        checker.wrong("末行所记的条数与文件不符");
    }
    if end.hash != hasher.finish() {
        checker.wrong("末行所记的总哈希与文件内容不符");
    }
}

fn check_nothing_follows(checker: &mut Checker, file: &mut impl BufRead, bytes: &mut Vec<u8>) -> Result<()> {
    next_line(file, bytes)?;
    if !bytes.is_empty() {
        checker.wrong("末行之后还有内容");
    }
    Ok(())
}

fn next_line(file: &mut impl BufRead, bytes: &mut Vec<u8>) -> Result<()> {
    bytes.clear();
    let mut most = std::io::Read::take(file, LONGEST_LINE);
    most.read_until(b'\n', bytes).map_err(|e| Fault::new("read the export of the ledger", e).passing())?;
    Ok(())
}

/// A line, and whether it is written exactly as an export writes it.
fn parsed(bytes: &[u8]) -> Option<(Line, bool)> {
    let line: Line = serde_json::from_slice(bytes).ok()?;
    let same = bytes_of(&line).is_ok_and(|again| again == bytes);
    Some((line, same))
}

fn no_export(what: &str) -> Report {
    let mut checker = Checker::new(HashKind::Sm3);
    checker.line = Some(1);
    checker.wrong(what);
    checker.finish()
}
