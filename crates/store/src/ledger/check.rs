//! The check itself, fed with seals first and entries after them, whether they come from a database or from a file.

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::Instant;
use serde::{Deserialize, Serialize};

use super::ERASE;
use super::chain::{RecordedEntry, commitment, entry_hash};
use super::report::{Problem, Report};
use super::seal::{Head, seal_hash};
use crate::hash::HashKind;

/// A seal with the heads it binds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seal {
    pub n: i64,
    pub at: Instant,
    pub heads: Vec<Head>,
    pub prev: String,
    pub hash: String,
}

/// Checks a ledger piece by piece.
pub(super) struct Checker {
    report: Report,
    /// The line of the file that is being read.
    pub line: Option<usize>,
    last_seal: (i64, String),
    /// What the seals say of each stream, by the number of the entry.
    sealed: HashMap<String, BTreeMap<i64, String>>,
    stream: Option<Chain>,
}

/// The stream that is being read.
struct Chain {
    name: String,
    seq: i64,
    hash: String,
    sealed: BTreeMap<i64, String>,
    erased: HashSet<(i64, String)>,
    erasures: HashSet<(i64, String)>,
}

impl Checker {
    pub fn new(kind: HashKind) -> Self {
        Self {
            report: Report::new(kind),
            line: None,
            last_seal: (0, String::new()),
            sealed: HashMap::new(),
            stream: None,
        }
    }

    /// The next seal.
    pub fn seal(&mut self, seal: Seal) {
        self.report.seals += 1;
        let (n, prev) = &self.last_seal;
        if seal.n != n + 1 {
            self.wrong(format!("应为第 {} 道封印，却是第 {} 道：有封印缺失、重复或乱序", n + 1, seal.n));
        } else if seal.prev != *prev {
            self.wrong(format!("第 {} 道封印没有接上前一道", seal.n));
        }
        if seal.heads.is_empty() || !seal.heads.is_sorted_by(|a, b| a.0 < b.0) {
            self.wrong(format!("第 {} 道封印的序列为空、重复或乱序", seal.n));
        }
        if seal_hash(self.report.hash, seal.n, seal.at, &seal.prev, &seal.heads) != seal.hash {
            self.wrong(format!("第 {} 道封印的内容与其哈希不符", seal.n));
        }
        self.last_seal = (seal.n, seal.hash);
        for (stream, seq, hash) in seal.heads {
            let earlier = self.sealed.get(&stream).and_then(|marks| marks.keys().next_back().copied());
            if earlier.is_some_and(|earlier| seq <= earlier) {
                self.wrong(format!("第 {} 道封印里「{stream}」倒退了", seal.n));
            }
            self.sealed.entry(stream).or_default().insert(seq, hash);
        }
    }

    /// The next entry, in the order of streams and numbers.
    pub fn entry(&mut self, entry: &RecordedEntry) {
        self.report.entries += 1;
        if self.stream.as_ref().is_none_or(|chain| chain.name != entry.stream) {
            self.enter(entry);
        }
        let Some(mut chain) = self.stream.take() else { return };
        self.link(&mut chain, entry);
        self.fields(&mut chain, entry);
        chain.seq = entry.seq;
        chain.hash.clone_from(&entry.hash);
        self.stream = Some(chain);
    }

    /// What the heads table says of the stream that has just been read.
    pub fn head(&mut self, stream: &str, seq: i64, hash: &str) {
        if self.stream.as_ref().is_some_and(|chain| chain.name == stream && chain.seq == seq && chain.hash == hash) {
            return;
        }
        self.wrong_at(stream, seq, "序列末端的登记与最后一条不符：末尾的记录被删除或替换");
    }

    /// Something that does not hold, at the line at hand.
    pub fn wrong(&mut self, what: impl Into<String>) {
        self.report.problem(Problem { line: self.line, stream: None, seq: None, what: what.into() });
    }

    /// How many entries and seals there were so far.
    pub fn counts(&self) -> (u64, u64) {
        (self.report.entries, self.report.seals)
    }

    /// The outcome.
    pub fn finish(mut self) -> Report {
        self.leave();
        self.line = None;
        let mut lost: Vec<(String, i64)> =
            self.sealed.drain().filter_map(|(stream, marks)| Some((stream, *marks.keys().next_back()?))).collect();
        lost.sort_unstable();
        for (stream, seq) in lost {
            self.wrong_at(&stream, seq, "封印过的序列整个不见了");
        }
        self.report
    }

    fn enter(&mut self, entry: &RecordedEntry) {
        let before = self.stream.as_ref().map(|chain| chain.name.clone());
        self.leave();
        if before.is_some_and(|before| before >= entry.stream) {
            self.wrong_at(&entry.stream, entry.seq, "序列之间乱序或重复");
        }
        self.report.streams += 1;
        self.stream = Some(Chain {
            name: entry.stream.clone(),
            seq: 0,
            hash: String::new(),
            sealed: self.sealed.remove(&entry.stream).unwrap_or_default(),
            erased: HashSet::new(),
            erasures: HashSet::new(),
        });
    }

    /// Ends the stream at hand.
    fn leave(&mut self) {
        let Some(chain) = self.stream.take() else { return };
        let covered = chain.sealed.keys().next_back().copied().unwrap_or(0);
        self.report.unsealed += u64::try_from(chain.seq - covered).unwrap_or(0);
        for seq in chain.sealed.keys().filter(|seq| **seq > chain.seq) {
            self.wrong_at(&chain.name, *seq, "封印过的记录不见了");
        }
        for (seq, field) in chain.erased.difference(&chain.erasures) {
            self.wrong_at(&chain.name, *seq, format!("「{field}」的内容不见了，却没有依法删除的记录"));
        }
        for (seq, field) in chain.erasures.difference(&chain.erased) {
            self.wrong_at(&chain.name, *seq, format!("记录说「{field}」的内容已经删除，却仍在原处"));
        }
    }

    fn link(&mut self, chain: &mut Chain, entry: &RecordedEntry) {
        if entry.seq != chain.seq + 1 {
            let what = format!("应为第 {} 条：有记录缺失、重复或乱序", chain.seq + 1);
            self.wrong_at(&entry.stream, entry.seq, what);
        } else if entry.prev != chain.hash {
            self.wrong_at(&entry.stream, entry.seq, "没有接上前一条：前一条或这一条被替换");
        }
        if entry_hash(self.report.hash, entry) != entry.hash {
            self.wrong_at(&entry.stream, entry.seq, "内容与其哈希不符：这一条被改动");
        }
        if chain.sealed.get(&entry.seq).is_some_and(|hash| *hash != entry.hash) {
            self.wrong_at(&entry.stream, entry.seq, "与封印时的哈希不符：封印之后被改写");
        }
    }

    fn fields(&mut self, chain: &mut Chain, entry: &RecordedEntry) {
        for field in &entry.fields {
            match (&field.value, &field.salt) {
                (Some(value), Some(salt)) => {
                    if commitment(self.report.hash, salt, &field.name, value) != field.commit {
                        self.wrong_at(
                            &entry.stream,
                            entry.seq,
                            format!("「{}」的内容与其承诺不符：被改动", field.name),
                        );
                    }
                }
                (None, None) => {
                    self.report.erased += 1;
                    chain.erased.insert((entry.seq, field.name.clone()));
                }
                _ => self.wrong_at(&entry.stream, entry.seq, format!("「{}」的内容与盐只剩一样", field.name)),
            }
        }
        if entry.act == ERASE {
            let seq = entry.value("seq").and_then(|seq| seq.parse().ok());
            match (seq, entry.value("field")) {
                (Some(seq), Some(field)) if seq < entry.seq => {
                    chain.erasures.insert((seq, field.to_owned()));
                }
                _ => self.wrong_at(&entry.stream, entry.seq, "依法删除的记录没有说清删了哪一条的哪一项"),
            }
        }
    }

    fn wrong_at(&mut self, stream: &str, seq: i64, what: impl Into<String>) {
        let problem = Problem { line: self.line, stream: Some(stream.to_owned()), seq: Some(seq), what: what.into() };
        self.report.problem(problem);
    }
}
