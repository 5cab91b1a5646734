//! How search behaves with many documents, on both engines: `search_scale CORPUS DOCUMENTS [sqlite|postgres]`, where CORPUS
//! is a text file with one document a line. Documents are made of pieces of those lines, so that terms are as common as
//! in the corpus. Prints indexing speed and the 50th and 99th percentile of searches by two- to six-character queries.

#![allow(clippy::expect_used)]

use std::time::Instant as Stopwatch;

use kernel::{Id, Random, random::SeededRandom};
use store::{Location, Migration, Options, Search, Select, Store, Term, Weight, args, sql, testing};

const SCHEMA: &[Migration] = &[Migration {
    name: "bench-1",
    sql: "CREATE TABLE doc (id BIGINT PRIMARY KEY, status TEXT NOT NULL, due_at BIGINT NOT NULL, body TEXT NOT NULL);
          CREATE INDEX doc_status ON doc (status, id); CREATE INDEX doc_due ON doc (due_at, id);",
}];
const PIECE: usize = 60;
const SEARCHES: usize = 400;

struct Corpus {
    lines: Vec<Vec<char>>,
    random: SeededRandom,
}

impl Corpus {
    fn below(&self, n: usize) -> usize {
        (self.random.number() % n.max(1) as u64) as usize
    }

    fn document(&self) -> String {
        let piece = |_| {
            let line = &self.lines[self.below(self.lines.len())];
            let from = self.below(line.len().saturating_sub(PIECE));
            line[from..(from + PIECE).min(line.len())].iter().collect::<String>()
        };
        (0..4).map(piece).collect::<Vec<_>>().join("。")
    }

    fn query(&self, length: usize) -> String {
        loop {
            let line = &self.lines[self.below(self.lines.len())];
            let from = self.below(line.len().saturating_sub(length));
            let query: Vec<char> = line.iter().skip(from).take(length).copied().collect();
            if query.len() == length && query.iter().all(|c| ('\u{4e00}'..='\u{9fff}').contains(c)) {
                return query.into_iter().collect();
            }
        }
    }
}

fn pairs(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut pairs: Vec<String> =
        chars.windows(2).filter(|w| w.iter().all(|c| c.is_alphanumeric())).map(|w| w.iter().collect()).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

fn main() {
    let mut args = std::env::args().skip(1);
    let corpus = std::fs::read_to_string(args.next().expect("a corpus")).expect("a readable corpus");
    let count: usize = args.next().expect("a number of documents").parse().expect("a number");
    let only = args.next();
    let lines = corpus.lines().map(|l| l.chars().collect::<Vec<_>>()).filter(|l| l.len() > 20).collect();
    let corpus = Corpus { lines, random: SeededRandom::new(7) };
    let dir = tempfile::tempdir_in(".").expect("a directory");
    if only.as_deref() != Some("postgres") {
        run("SQLite", &Location::of(None, dir.path().join("sqlite")), &corpus, count);
    }
    if only.as_deref() != Some("sqlite")
        && let Some(cluster) = testing::durable_postgres()
    {
        let url = cluster.database().expect("a database");
        run("PostgreSQL", &Location::of(Some(&url), dir.path().join("pg")), &corpus, count);
    }
}

fn run(engine: &str, location: &Location, corpus: &Corpus, count: usize) {
    let store = Store::open(location, Options::system()).expect("a store");
    store.migrate(SCHEMA).expect("a schema");
    let begun = Stopwatch::now();
    for from in (0..count).step_by(2_000) {
        let documents: Vec<(i64, String)> =
            (from..(from + 2_000).min(count)).map(|n| ((n as i64 + 1) << 20, corpus.document())).collect();
        store
            .write_now(move |tx| {
                for (id, text) in &documents {
                    let status = if id >> 20 & 63 == 0 { "rare" } else { "open" };
                    tx.run(
                        sql!("INSERT INTO doc (id, status, due_at, body) VALUES ($1, $2, $3, $4)"),
                        args![*id, status, id.wrapping_mul(7_919) & 0xff_ffff, text],
                    )?;
                    tx.index("doc", Id(*id), &[(Weight::Text, &pairs(text).join(" "))])?;
                }
                Ok(())
            })
            .expect("documents");
    }
    println!("{engine}: {:.0} documents/s with row and index", count as f64 / begun.elapsed().as_secs_f64());
    if store.write_now(|tx| testing::execute(tx, "ANALYZE")).is_err() {
        println!("{engine}: no ANALYZE");
    }
    for length in [2, 3, 4, 6] {
        searches(engine, &store, corpus, length);
    }
    lists(engine, &store, corpus, "open", "d.id DESC");
    lists(engine, &store, corpus, "rare", "d.id DESC");
    lists(engine, &store, corpus, "open", "d.due_at, d.id");
}

fn terms(query: &str) -> Vec<Term> {
    pairs(query).into_iter().map(Term::whole).collect()
}

fn searches(engine: &str, store: &Store, corpus: &Corpus, length: usize) {
    let mut found = 0;
    let mut times: Vec<(f64, String)> = (0..SEARCHES)
        .map(|_| {
            let query = corpus.query(length);
            let terms = terms(&query);
            let begun = Stopwatch::now();
            let search = move |tx: &mut store::Tx| {
                tx.find(&Search { kind: "doc", terms: &terms, title_only: false, before: None, most: 50 })
            };
            found += store.read_now(search).expect("a search").len();
            (begun.elapsed().as_secs_f64() * 1e3, query)
        })
        .collect();
    report(engine, &format!("search by {length} characters ({:.0} found)", found as f64 / SEARCHES as f64), &mut times);
}

fn lists(engine: &str, store: &Store, corpus: &Corpus, status: &'static str, order: &'static str) {
    let mut times: Vec<(f64, String)> = (0..SEARCHES)
        .map(|_| {
            let query = corpus.query(2);
            let select = Select::new(sql!("SELECT d.id, d.body FROM doc d"))
                .and("d.status = ?", status)
                .matching("doc", "d.id", &terms(&query))
                .order(order)
                .limit(50);
            let begun = Stopwatch::now();
            let rows: Vec<(i64, String)> = store.read_now(move |tx| tx.select(&select)).expect("a list");
            std::hint::black_box(rows);
            (begun.elapsed().as_secs_f64() * 1e3, query)
        })
        .collect();
    report(engine, &format!("list status={status} order={order} with 2 characters"), &mut times);
}

fn report(engine: &str, what: &str, times: &mut [(f64, String)]) {
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].0;
    let worst: Vec<String> = times.iter().rev().take(3).map(|(t, q)| format!("{q} {t:.1}")).collect();
    println!("{engine}: {what}: p50 {:.2} ms, p99 {:.2} ms; slowest {}", at(0.5), at(0.99), worst.join(", "));
}
