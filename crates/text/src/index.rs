//! What the full-text index holds of a text.
//!
//! Han characters give every pair of neighbours, and the last character of each run alone: with it a one-character query
//! is a prefix query, for 12 % more terms where single characters would be 66 % more. Letters and digits give whole
//! runs, and the parts of a mixed run (`an20261123w0042` also `20261123` and `0042`).

use crate::normal::{Class, class, fold};

/// A run of letters and digits longer than this is cut: nobody types it, and one engine refuses long terms.
pub(crate) const LONGEST_RUN: usize = 64;

/// The distinct terms of `text`, sorted and joined by blanks. They consist of letters and digits only.
pub fn index_terms(text: &str) -> String {
    let mut collector = Collector::default();
    for original in text.chars() {
        fold(original, |c| collector.take(c));
    }
    collector.finish()
}

#[derive(Default)]
struct Collector {
    /// Han terms: one or two characters packed, so that sorting and comparing them is arithmetic.
    han: Vec<u64>,
    previous: Option<char>,
    run: String,
    runs: Vec<String>,
}

impl Collector {
    fn take(&mut self, c: char) {
        match class(c) {
            Class::Han => {
                self.end_run();
                if let Some(previous) = self.previous {
                    self.han.push(pack(previous, c));
                }
                self.previous = Some(c);
            }
            Class::Word => {
                self.end_han();
                self.run.push(c);
            }
            Class::Blank => self.end_run(),
            Class::Break => {
                self.end_run();
                self.end_han();
            }
        }
    }

    fn end_han(&mut self) {
        if let Some(last) = self.previous.take() {
            self.han.push(pack_one(last));
        }
    }

    fn end_run(&mut self) {
        if self.run.is_empty() {
            return;
        }
        let run = std::mem::take(&mut self.run);
        self.runs.extend(parts(&run).map(str::to_owned));
        self.runs.push(cut(&run).to_owned());
    }

    fn finish(mut self) -> String {
        self.end_run();
        self.end_han();
        self.han.sort_unstable();
        self.han.dedup();
        self.runs.sort_unstable();
        self.runs.dedup();
        let size = self.han.len() * 7 + self.runs.iter().map(|r| r.len() + 1).sum::<usize>();
        let mut terms = String::with_capacity(size);
        for run in &self.runs {
            separate(&mut terms);
            terms.push_str(run);
        }
        for packed in &self.han {
            separate(&mut terms);
            terms.extend(unpack(*packed));
        }
        terms
    }
}

fn separate(terms: &mut String) {
    if !terms.is_empty() {
        terms.push(' ');
    }
}

/// The first [`LONGEST_RUN`] characters.
pub(crate) fn cut(run: &str) -> &str {
    run.char_indices().nth(LONGEST_RUN).map_or(run, |(end, _)| &run[..end])
}

/// The parts of a run that mixes letters and digits, where they have two characters or more.
fn parts(run: &str) -> impl Iterator<Item = &str> {
    let mixed =
        run.len() <= LONGEST_RUN && run.bytes().any(|b| b.is_ascii_digit()) && run.bytes().any(|b| !b.is_ascii_digit());
    let kind = |c: char| c.is_ascii_digit();
    let mut rest = if mixed { run } else { "" };
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest.find(|c| kind(c) != kind(first)).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        rest = after;
        Some(part)
    })
    .filter(|part| part.chars().nth(1).is_some())
}

/// Two Han characters in one number.
pub(crate) fn pack(first: char, second: char) -> u64 {
    (u64::from(u32::from(first)) << 32) | u64::from(u32::from(second))
}

fn pack_one(only: char) -> u64 {
    u64::from(u32::from(only)) << 32
}

/// The one or two characters of a packed term.
pub(crate) fn unpack(packed: u64) -> impl Iterator<Item = char> {
    [packed >> 32, packed & 0xFFFF_FFFF]
        .into_iter()
        .filter(|half| *half != 0)
        .filter_map(|half| u32::try_from(half).ok().and_then(char::from_u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_of_texts() {
        for (text, expected) in [
            ("景蓉华苑", "华苑 景蓉 苑 蓉华"),
            ("Ａ2区，物业", "a2 业 区 物业"),
            ("AN20261123W0042", "0042 20261123 an an20261123w0042"),
            ("景\n蓉", "景蓉 蓉"),
            ("水", "水"),
            ("hello world", "hello world"),
            ("用电用电", "用电 电 电用"),
            ("🙂！\0", ""),
            ("", ""),
        ] {
            assert_eq!(index_terms(text), expected, "{text}");
        }
    }

    #[test]
    fn long_runs_are_cut() {
        assert_eq!(index_terms(&"x9".repeat(50_000)).len(), LONGEST_RUN);
    }
}
