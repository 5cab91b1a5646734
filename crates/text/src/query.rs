//! A query against the index: the terms that must all be there, the test that nothing else came with them, and the
//! passage to show.

use crate::index::{cut, pack, unpack};
use crate::normal::{Class, Normal, class, fold, normalise};
use crate::words::Words;

/// More terms than this select no better, and each one costs a look-up.
const MOST_TERMS: usize = 16;
/// What only joins the words of a query.
const FILLERS: &str = "的了和与及或在是对把被向";

/// One term that a text must have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    /// The term as the index has it.
    pub text: String,
    /// Whether any indexed term that begins so will do; otherwise it must be the same.
    pub prefix: bool,
}

/// A stretch of a snippet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text as written.
    pub text: String,
    /// Whether the query asked for it.
    pub hit: bool,
}

/// What somebody searches for: parts separated by blanks or punctuation, each of which must occur as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    parts: Vec<Vec<char>>,
    terms: Vec<Term>,
}

impl Query {
    /// Reads what was typed.
    pub fn parse(typed: &str) -> Self {
        let mut parts = vec![Vec::new()];
        for original in typed.chars() {
            fold(original, |c| match class(c) {
                Class::Han | Class::Word => parts.last_mut().into_iter().for_each(|part| part.push(c)),
                Class::Blank | Class::Break => parts.push(Vec::new()),
            });
        }
        parts.retain(|part| !part.is_empty());
        parts.sort_unstable();
        parts.dedup();
        let mut terms: Vec<Term> = parts.iter().flat_map(|part| terms_of(part)).collect();
        terms.sort_unstable();
        terms.dedup();
        // Prefixes are the loosest and dearest terms: the first to go where there are enough others.
        terms.sort_by_key(|term| term.prefix);
        terms.truncate(MOST_TERMS);
        Self { parts, terms }
    }

    /// The same words cut where the city's own words begin and end, each piece to be found for itself: 水务局 and 停水 of
    /// 水务局停水. Nothing where there is nothing to cut.
    pub fn loosened(&self, words: &Words) -> Option<Self> {
        let pieces = self
            .parts
            .iter()
            .flat_map(|part| words.cut(part))
            .map(|piece| piece.iter().collect::<String>().trim_matches(|c| FILLERS.contains(c)).to_owned());
        let pieces: Vec<String> = pieces.filter(|piece| !piece.is_empty()).collect();
        let loosened = Self::parse(&pieces.join(" "));
        (!loosened.is_empty() && loosened.parts != self.parts).then_some(loosened)
    }

    /// The terms that a text must have, all of them. Texts found so are candidates: [`Query::matches`] decides.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Whether nothing searchable was typed.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether `text` has every part of the query as it stands.
    pub fn matches(&self, text: &str) -> bool {
        self.matches_any(&[text])
    }

    /// Whether every part of the query stands in at least one of `texts`, such as the title and the body.
    pub fn matches_any(&self, texts: &[&str]) -> bool {
        let normal: Vec<String> = texts.iter().map(|text| normalise(text)).collect();
        self.parts.iter().all(|part| {
            let part: String = part.iter().collect();
            normal.iter().any(|text| text.contains(&part))
        })
    }

    /// The passage of about `width` characters with the most of the query in it, cut into hits and the rest.
    pub fn snippet(&self, text: &str, width: usize) -> Vec<Piece> {
        let hits = self.hits(text);
        let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let last = starts.len() - 1;
        let from = best_start(&hits, &starts, width.max(1));
        let to = (from + width.max(1)).min(last);
        let mut pieces = Vec::new();
        if from > 0 {
            push(&mut pieces, "…", false);
        }
        let (mut at, end) = (starts[from], starts[to]);
        for (_, start, stop) in merged(hits) {
            let (start, stop) = (start.clamp(at, end), stop.clamp(at, end));
            push(&mut pieces, &text[at..start], false);
            push(&mut pieces, &text[start..stop], true);
            at = stop;
        }
        push(&mut pieces, &text[at..end], false);
        if to < last {
            push(&mut pieces, "…", false);
        }
        pieces
    }

    /// Where each part of the query occurs: (part, first byte, byte after the last), in the order of the text.
    fn hits(&self, text: &str) -> Vec<(usize, usize, usize)> {
        let normal = Normal::new(text);
        let mut hits = Vec::new();
        for (number, part) in self.parts.iter().enumerate() {
            for (at, window) in normal.chars.windows(part.len()).enumerate() {
                if window == part.as_slice() {
                    let last = normal.origins[at + part.len() - 1];
                    let width = text[last..].chars().next().map_or(0, char::len_utf8);
                    hits.push((number, normal.origins[at], last + width));
                }
            }
        }
        hits.sort_unstable_by_key(|(_, start, stop)| (*start, *stop));
        hits
    }
}

fn push(pieces: &mut Vec<Piece>, text: &str, hit: bool) {
    if !text.is_empty() {
        pieces.push(Piece { text: text.split_whitespace().collect::<Vec<_>>().join(" "), hit });
    }
}

/// Overlapping hits as one.
fn merged(hits: Vec<(usize, usize, usize)>) -> Vec<(usize, usize, usize)> {
    let mut merged: Vec<(usize, usize, usize)> = Vec::new();
    for hit in hits {
        match merged.last_mut() {
            Some(last) if hit.1 < last.2 => last.2 = last.2.max(hit.2),
            _ => merged.push(hit),
        }
    }
    merged
}

/// The character at which the window starts that holds the most different parts, then the most hits, then comes first.
fn best_start(hits: &[(usize, usize, usize)], starts: &[usize], width: usize) -> usize {
    let position = |byte: usize| starts.partition_point(|start| *start < byte);
    let last = starts.len() - 1;
    let lead = width / 4;
    let latest = last.saturating_sub(width);
    let mut best = (0, 0, 0);
    // A text that repeats the query a thousand times has its best passage early enough.
    for (_, start, _) in hits.iter().take(200) {
        let from = position(*start).saturating_sub(lead).min(latest);
        let (low, high) = (starts[from], starts[(from + width).min(last)]);
        let inside = hits.iter().filter(|(_, a, b)| *a >= low && *b <= high);
        let (count, parts) = inside.fold((0, 0_u64), |(n, parts), (part, ..)| (n + 1, parts | 1 << (part % 64)));
        if (parts.count_ones(), count) > (best.0, best.1) {
            best = (parts.count_ones(), count, from);
        }
    }
    best.2
}

/// The terms that every text containing `part` has.
fn terms_of(part: &[char]) -> Vec<Term> {
    let runs: Vec<&[char]> = part.chunk_by(|a, b| class(*a) == class(*b)).collect();
    let last = runs.len() - 1;
    let mut terms = Vec::new();
    for (number, run) in runs.iter().enumerate() {
        let text: String = run.iter().collect();
        let han = class(run[0]) == Class::Han;
        match (han, run.len()) {
            (true, 2..) => terms.extend(run.windows(2).map(|pair| exact(unpack(pack(pair[0], pair[1])).collect()))),
            // A single character before a letter or digit ends its run in the text too; otherwise more may follow.
            (true, _) => terms.push(Term { text, prefix: number == last }),
            (false, _) if number == last => terms.push(Term { text: cut(&text).to_owned(), prefix: true }),
            (false, _) if number > 0 => terms.push(exact(cut(&text).to_owned())),
            (false, _) => {}
        }
    }
    // A run that opens the query may be the end of a longer one in the text, so it is asked for only where nothing else is.
    if terms.iter().all(|term| term.prefix) && last > 0 && class(part[0]) == Class::Word {
        terms.push(exact(cut(&runs[0].iter().collect::<String>()).to_owned()));
    }
    terms
}

fn exact(text: String) -> Term {
    Term { text, prefix: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(query: &str) -> String {
        let star = |t: &Term| format!("{}{}", t.text, if t.prefix { "*" } else { "" });
        Query::parse(query).terms().iter().map(star).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn terms_of_queries() {
        for (query, expected) in [
            ("物业", "物业"),
            ("物业收费", "业收 收费 物业"),
            ("物业 收费", "收费 物业"),
            ("“物业”、收费", "收费 物业"),
            ("水", "水*"),
            ("A2区", "a2 区*"),
            ("A2区景蓉", "区景 景蓉"),
            ("第3栋", "第 3 栋*"),
            ("AN20261123", "an20261123*"),
            ("2019年4月", "年 4 月*"),
            ("", ""),
            ("，。！🙂", ""),
        ] {
            let mut wanted: Vec<&str> = expected.split(' ').collect();
            let got = shown(query);
            let mut got: Vec<&str> = got.split(' ').collect();
            wanted.sort_unstable();
            got.sort_unstable();
            assert_eq!(wanted, got, "{query}");
        }
    }

    #[test]
    fn matching_is_by_what_stands_there() {
        let query = Query::parse("物业收费");
        assert!(query.matches("小区物 业\n收费过高"));
        assert!(!query.matches("收费的物业，业收"));
        assert!(Query::parse("物业 过高").matches_any(&["物业收费", "收得过高"]));
        assert!(Query::parse("").matches("任何"));
    }

    #[test]
    fn cut_at_the_words_of_the_city() {
        let words = Words::new(["水务局", "停水", "物业"]);
        let loosened = |typed: &str| Query::parse(typed).loosened(&words);
        let query = loosened("水务局停水通知").unwrap_or_else(|| Query::parse(""));
        assert!(query.matches("停水了，水务局没有通知") && !query.matches("水务局通知"));
        assert!(loosened("物业的收费").is_some_and(|query| query.matches("收费高，物业差")));
        assert_eq!((loosened("停水"), loosened("电价"), loosened("")), (None, None, None));
    }

    #[test]
    fn snippet_shows_the_best_passage() {
        let text = "开头说了很多别的事情。后来才提到电价，又说物业收费的问题，物业态度也不好。最后是感谢。";
        let pieces = Query::parse("物业 收费").snippet(text, 16);
        let hits: Vec<&str> = pieces.iter().filter(|p| p.hit).map(|p| p.text.as_str()).collect();
        assert!(hits.len() >= 2 && hits.contains(&"收费"), "{pieces:?}");
        assert_eq!(pieces.first().map(|p| p.text.as_str()), Some("…"));
        assert_eq!(Query::parse("没有").snippet("短文", 16), vec![Piece { text: "短文".into(), hit: false }]);
        assert!(Query::parse("物").snippet("", 16).is_empty());
    }
}
