//! Prints what text handling costs and finds, for one text per line on standard input:
//! `cargo run --release -p text --example figures < texts.txt`.

use std::io::Read;
use std::time::Instant;

use text::{Query, Sketch, Words, index_terms, leaks, redact};

fn main() -> std::io::Result<()> {
    let before = resident();
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    let texts: Vec<&str> = input.lines().collect();
    let characters: usize = texts.iter().map(|t| t.chars().count()).sum();
    println!("{} texts of {:.0} characters on average", texts.len(), characters as f64 / texts.len() as f64);
    let terms = timed("index_terms", &texts, |t| index_terms(t));
    let words = Words::new(["有序用电", "错避峰", "统一社会信用代码", "住房和城乡建设局"]);
    timed("salient(8)", &texts, |t| words.salient(t, 8));
    let sketches = timed("sketch", &texts, |t| Sketch::new(t));
    let pairs: Vec<(&Sketch, &Sketch)> = sketches.iter().zip(sketches.iter().skip(1)).collect();
    timed("similarity", &pairs, |(a, b)| a.similarity(b));
    timed("redact::find", &texts, |t| redact::find(t));
    timed("leaks", &texts, |t| leaks(t));
    let query = Query::parse("物业收费");
    timed("matches", &texts, |t| query.matches(t));
    timed("snippet", &texts, |t| query.snippet(t, 60));
    recall(&texts, &terms);
    let count: usize = terms.iter().map(|t| t.split(' ').count()).sum();
    let bytes: usize = terms.iter().map(String::len).sum();
    println!("{:.1} terms, {:.0} bytes a text", count as f64 / texts.len() as f64, bytes as f64 / texts.len() as f64);
    println!("resident at start {before}");
    Ok(())
}

fn timed<I, O>(what: &str, inputs: &[I], mut work: impl FnMut(&I) -> O) -> Vec<O> {
    let start = Instant::now();
    let outputs = inputs.iter().map(&mut work).collect();
    println!("{what:<14} {:8.2} µs each", start.elapsed().as_secs_f64() * 1e6 / inputs.len().max(1) as f64);
    outputs
}

/// Mid-sentence queries of one to six Han characters, one of each length from every text.
fn recall(texts: &[&str], terms: &[String]) {
    let mut random: u64 = 20_261_123;
    let (mut asked, mut found, mut confirmed) = ([0; 7], [0; 7], [0; 7]);
    for (text, terms) in texts.iter().zip(terms) {
        let terms: Vec<&str> = terms.split(' ').collect();
        let chars: Vec<char> = text.chars().collect();
        for length in 1..=6 {
            let windows: Vec<&[char]> =
                chars.windows(length).filter(|w| w.iter().all(|c| ('一'..='龥').contains(c))).collect();
            if windows.is_empty() {
                continue;
            }
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let query = Query::parse(&windows[(random >> 33) as usize % windows.len()].iter().collect::<String>());
            asked[length] += 1;
            let has =
                |t: &text::Term| terms.iter().any(|i| if t.prefix { i.starts_with(&t.text) } else { *i == t.text });
            found[length] += usize::from(query.terms().iter().all(has));
            confirmed[length] += usize::from(query.matches(text));
        }
    }
    for length in 1..=6 {
        println!(
            "{length} characters: {} asked, {} by index, {} confirmed",
            asked[length], found[length], confirmed[length]
        );
    }
}

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|l| l.starts_with("VmRSS")).unwrap_or("unknown").to_owned()
}
