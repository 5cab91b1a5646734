//! Prints what clustering costs and finds on a mix made from real messages, one `title<TAB>text` a line on standard input:
//! `cargo run --release -p text --example clusters -- 1000000 < messages.tsv`.
//!
//! Seven of ten notes are one-offs: halves of two titles, sentences of many messages, an invented place. The others belong to
//! planted issues of very different sizes: the sentences of one message in changing choice, others between them, one
//! place. The seed is fixed.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::time::Instant;

use text::clusters::{Clusters, Group, Note};

fn main() -> std::io::Result<()> {
    let count = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    let mut mix = Mix::new(&input);
    let mut planted: HashMap<i64, usize> = HashMap::new();
    let mut clusters = Clusters::new(&[]);
    let (mut adding, mut characters) = (std::time::Duration::ZERO, 0);
    for id in 0..count {
        let (title, text, issue) = mix.note();
        characters += text.chars().count();
        planted.extend(issue.map(|issue| (id, issue)));
        let start = Instant::now();
        clusters.add(&Note { id, title: &title, text: &text, at: id * 60_000_000 });
        adding += start.elapsed();
        if (id + 1) % (count / 10).max(1) == 0 {
            let each = adding.as_secs_f64() * 1e6 / (id + 1) as f64;
            println!("{:>9} notes {:7.1} s, {each:.0} µs each, {}", id + 1, adding.as_secs_f64(), memory("VmHWM"));
        }
    }
    println!("{:.0} characters a text, {} issues planted", characters as f64 / count as f64, ISSUES);
    let start = Instant::now();
    let groups = clusters.groups(20);
    println!("{} groups of 20 and more described in {:.1} s", groups.len(), start.elapsed().as_secs_f64());
    found(&groups, &planted);
    for group in groups.iter().take(10) {
        println!("{:>6} {}", group.members.len(), group.name);
    }
    let start = Instant::now();
    let path = std::env::temp_dir().join(format!("clusters-{}", std::process::id()));
    clusters.write(File::create(&path)?)?;
    let size = std::fs::metadata(&path)?.len() >> 20;
    println!("state: {size} MiB in {:.1} s; {}", start.elapsed().as_secs_f64(), memory("VmHWM"));
    drop(clusters);
    let start = Instant::now();
    let again = Clusters::read(File::open(&path)?).map(|state| state.len());
    println!("read back: {again:?} notes in {:.1} s; {}", start.elapsed().as_secs_f64(), memory("VmHWM"));
    std::fs::remove_file(path)?;
    Ok(())
}

/// How many of the larger planted issues have a group with precision 0.9 and recall 0.8.
fn found(groups: &[Group], planted: &HashMap<i64, usize>) {
    let mut sizes: HashMap<usize, usize> = HashMap::new();
    planted.values().for_each(|issue| *sizes.entry(*issue).or_default() += 1);
    let mut met: HashMap<usize, bool> =
        sizes.iter().filter(|(_, size)| **size >= 25).map(|(issue, _)| (*issue, false)).collect();
    for group in groups {
        let mut within: HashMap<usize, usize> = HashMap::new();
        group.members.iter().filter_map(|m| planted.get(&m.id)).for_each(|i| *within.entry(*i).or_default() += 1);
        for (issue, common) in within {
            if common * 10 >= group.members.len() * 9 && common * 10 >= sizes[&issue] * 8 {
                met.entry(issue).and_modify(|met| *met = true);
            }
        }
    }
    println!("planted issues of 25 and more: {}, found: {}", met.len(), met.values().filter(|met| **met).count());
}

const ISSUES: usize = 3_000;

/// Makes notes out of messages.
struct Mix<'a> {
    random: u64,
    titles: Vec<&'a str>,
    sentences: Vec<Vec<&'a str>>,
    characters: Vec<char>,
    issues: Vec<(usize, String)>,
}

impl<'a> Mix<'a> {
    fn new(input: &'a str) -> Self {
        let rows: Vec<(&str, &str)> = input.lines().filter_map(|line| line.split_once('\t')).collect();
        let parts = |text: &'a str| {
            text.split_inclusive(['。', '！', '？', '；']).filter(|part| part.chars().nth(6).is_some()).collect()
        };
        let sentences: Vec<Vec<&str>> = rows.iter().map(|(_, text)| parts(text)).collect();
        let han = |c: &char| ('一'..='龥').contains(c);
        let mut mix = Self {
            random: 20_261_123,
            titles: rows.iter().map(|(title, _)| *title).collect(),
            sentences,
            characters: rows.iter().flat_map(|(title, _)| title.chars().filter(han)).collect(),
            issues: Vec::new(),
        };
        // Every issue another message, in an order that only the seed decides.
        let mut messages: Vec<usize> = (0..rows.len()).collect();
        for at in (1..messages.len()).rev() {
            let other = mix.below(at + 1);
            messages.swap(at, other);
        }
        mix.issues = messages.into_iter().take(ISSUES).map(|message| (message, mix.place())).collect();
        mix
    }

    fn below(&mut self, end: usize) -> usize {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) as usize % end.max(1)
    }

    fn place(&mut self) -> String {
        let mut name = String::new();
        for _ in 0..2 + self.below(2) {
            let at = self.below(self.characters.len());
            name.push(self.characters[at]);
        }
        name.push_str(["小区", "花园", "街道", "路", "村", "公司", "学校", "广场"][self.below(8)]);
        name
    }

    fn sentence(&mut self, message: usize) -> &'a str {
        let count = self.sentences[message].len();
        let at = self.below(count);
        self.sentences[message].get(at).copied().unwrap_or_default()
    }

    fn note(&mut self) -> (String, String, Option<usize>) {
        let issue = (self.below(10) < 3).then(|| {
            // The cube makes few issues large and many small.
            let unit = self.below(1 << 20) as f64 / f64::from(1 << 20);
            (unit.powi(3) * self.issues.len() as f64) as usize
        });
        let (message, place) = match issue {
            Some(issue) => self.issues[issue].clone(),
            None => (self.below(self.titles.len()), self.place()),
        };
        let mut text = format!("我住在{place}附近，");
        for _ in 0..3 + self.below(4) {
            let from = if issue.is_some() { message } else { self.below(self.titles.len()) };
            text.push_str(self.sentence(from));
        }
        for _ in 0..1 + self.below(3) {
            let other = self.below(self.titles.len());
            text.push_str(self.sentence(other));
        }
        let other = if issue.is_some() { message } else { self.below(self.titles.len()) };
        (format!("{place}{}{}", half(self.titles[message], 0), half(self.titles[other], 1)), text, issue)
    }
}

fn half(title: &str, which: usize) -> &str {
    let middle = title.char_indices().nth(title.chars().count() / 2).map_or(0, |(at, _)| at);
    [&title[..middle], &title[middle..]][which]
}

fn memory(field: &str) -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|line| line.starts_with(field)).unwrap_or("unknown").replace('\t', " ")
}
