//! What a check of the ledger found, as a person reads it.

use std::fmt;

use crate::hash::HashKind;

/// More problems than this are counted only: the first ones say where to look.
const MOST_SHOWN: usize = 100;

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file, where a file was checked.
    pub line: Option<usize>,
    /// The stream.
    pub stream: Option<String>,
    /// The entry's number in its stream.
    pub seq: Option<i64>,
    /// What is wrong, as a Chinese sentence.
    pub what: String,
}

/// The outcome of a check.
#[derive(Clone, Debug)]
pub struct Report {
    /// The hash the ledger is kept with.
    pub hash: HashKind,
    /// How many entries there are.
    pub entries: u64,
    /// How many streams.
    pub streams: u64,
    /// How many seals.
    pub seals: u64,
    /// How many entries no seal covers yet.
    pub unsealed: u64,
    /// How many values were lawfully erased.
    pub erased: u64,
    /// The first problems.
    pub problems: Vec<Problem>,
    /// How many problems there are.
    pub problem_count: u64,
}

impl Report {
    pub(super) fn new(hash: HashKind) -> Self {
        Self { hash, entries: 0, streams: 0, seals: 0, unsealed: 0, erased: 0, problems: Vec::new(), problem_count: 0 }
    }

    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.problem_count == 0
    }

    pub(super) fn problem(&mut self, problem: Problem) {
        self.problem_count += 1;
        if self.problems.len() < MOST_SHOWN {
            self.problems.push(problem);
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "第 {line} 行，")?;
        }
        if let Some(stream) = &self.stream {
            write!(f, "「{stream}」")?;
        }
        if let Some(seq) = self.seq {
            write!(f, "第 {seq} 条")?;
        }
        if self.stream.is_some() || self.seq.is_some() {
            f.write_str("：")?;
        }
        f.write_str(&self.what)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "台账共 {} 条、{} 个序列、{} 道封印（{}），其中尚未封印 {} 条、依法删除内容 {} 处。",
            self.entries,
            self.streams,
            self.seals,
            self.hash.name(),
            self.unsealed,
            self.erased,
        )?;
        if self.holds() {
            return f.write_str("\n校验通过：逐条相符，没有改动、缺失或乱序。");
        }
        write!(f, "\n校验未通过，发现 {} 处问题：", self.problem_count)?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))?;
        if self.problem_count > self.problems.len() as u64 {
            write!(f, "\n  ……其余 {} 处从略", self.problem_count - self.problems.len() as u64)?;
        }
        Ok(())
    }
}
