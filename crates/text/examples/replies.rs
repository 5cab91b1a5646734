//! Measures what `scripts/evaluate-replies` hands it: how often the reply check speaks on replies that were really sent, by
//! what it says and by how people judged the reply; and, for the eye, what it says of every nth.
//!
//! `replies FILE.tsv [NTH]`; a line of the file is `id title text reply label`, the label empty where there is none.

use std::collections::BTreeMap;
use std::time::Instant;

use text::Synonyms;
use text::answering::{Gap, asked, check};

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let file = arguments.first().map(std::fs::read_to_string).transpose()?.unwrap_or_default();
    let nth: usize = arguments.get(1).and_then(|n| n.parse().ok()).unwrap_or(usize::MAX);
    let synonyms = Synonyms::default();
    let mut by_gap: BTreeMap<Gap, usize> = BTreeMap::new();
    let mut by_label: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut replies, mut asking, mut strict) = (0_usize, 0_usize, 0_usize);
    let started = Instant::now();
    for (n, line) in file.lines().enumerate() {
        let Ok([id, title, text, reply, label]) = <[&str; 5]>::try_from(line.split('\t').collect::<Vec<_>>()) else {
            continue;
        };
        let advice = check(title, text, &[("", reply)], &synonyms);
        let mut gaps: Vec<Gap> = advice.iter().map(|a| a.gap).collect();
        gaps.dedup();
        replies += 1;
        asking += usize::from(!asked(text).is_empty());
        let speaks = gaps.iter().any(|gap| *gap != Gap::Promise);
        strict += usize::from(speaks);
        gaps.iter().for_each(|gap| *by_gap.entry(*gap).or_default() += 1);
        let counts = by_label.entry(label).or_default();
        *counts = (counts.0 + 1, counts.1 + usize::from(speaks));
        if n % nth == nth - 1 {
            println!("— {id} {title}\n  说：{text}\n  答：{reply}");
            advice.iter().for_each(|a| println!("  * {:?} {}", a.gap, a.advice));
        }
    }
    let share = |n: usize| 100.0 * n as f64 / replies.max(1) as f64;
    println!(
        "{replies} replies, {:.1} µs each; in {:.1} % of the demands something is asked",
        started.elapsed().as_secs_f64() * 1e6 / replies.max(1) as f64,
        share(asking)
    );
    by_gap.iter().for_each(|(gap, n)| println!("{gap:?}: {:.1} % of the replies", share(*n)));
    println!("anything but a promise: {:.1} %", share(strict));
    by_label.iter().for_each(|(label, (all, speaks))| {
        println!("judged {label:?}: {all} replies, {:.1} % with advice", 100.0 * *speaks as f64 / *all as f64)
    });
    Ok(())
}
