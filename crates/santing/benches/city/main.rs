//! How fast the city is, with ratios against a reference in the same run:
//!
//! ```text
//! cargo bench -p santing --bench city -- [--engine sqlite|postgres|both] [--rows 10000,1000000] [--seconds 5]
//! ```
//!
//! Durable creates through HTTP at 1 and 32 connections against the store's own limit; list, demand page, progress, search and
//! what resembles a text that is being written, at each number of demands; import rows per second with the index; resident memory idle and under load; cold start to
//! the first page; bytes of the first public page; the route simulator over all of them; one move on 500 of them; packages of
//! an exchange and a reconciliation of 100,000 rows. Runs the release binary as it is shipped.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test or benchmark that cannot go on must stop")]

mod bulk;
mod client;
mod content;
mod exchange;
mod limit;
mod server;

use std::time::{Duration, Instant};

use client::{Load, Request};
use server::Server;

/// Cases of one remote that are reconciled.
const EXCHANGED: usize = 100_000;

/// Makes the nth request.
type Ask<'a> = Box<dyn Fn(usize) -> Request + 'a>;

/// Demands that the simulator takes at once.
const REPLAYED: usize = 100_000;

struct Wanted {
    engines: Vec<&'static str>,
    rows: Vec<usize>,
    seconds: u64,
}

fn main() {
    let wanted = wanted();
    for engine in &wanted.engines {
        let cluster =
            (*engine == "postgres").then(|| store::testing::durable_postgres().expect("PostgreSQL's binaries"));
        for rows in &wanted.rows {
            let url = cluster.as_ref().map(|c| c.database().expect("a fresh database"));
            measure(engine, url.as_deref(), *rows, Duration::from_secs(wanted.seconds));
        }
    }
}

/// The route simulator over every imported demand: other clocks, and other rules that every text is read for again.
fn replay(server: &Server, token: &str, rows: usize) {
    let rules = "[limits]\njoint = { working_days = 8 }\n[[tier_rule]]\ncode = \"general\"\nlabel = \"一般\"\ntier = \"general\"\n\
        route = \"assigned\"\nbecause = \"一般\"\n";
    for (name, rules) in [("clocks", "[limits]\njoint = { working_days = 8 }\n"), ("rules", rules)] {
        let body = serde_json::json!({"rules": rules, "from": "2015-01-01", "to": "2026-10-31"}).to_string();
        let started = Instant::now();
        let response = client::post(&server.address, "/api/v1/simulations", body, token);
        assert_eq!(response.status, 200, "{}", response.body);
        println!("simulator, other {name}, {rows} demands: {:.2} s", started.elapsed().as_secs_f64());
    }
}

fn wanted() -> Wanted {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1)).cloned();
    let engines = match value("--engine").as_deref() {
        Some("sqlite") => vec!["sqlite"],
        Some("postgres") => vec!["postgres"],
        _ => vec!["sqlite", "postgres"],
    };
    let rows = value("--rows").unwrap_or_else(|| "10000".to_owned());
    let rows = rows.split(',').map(|n| n.parse().expect("--rows takes numbers")).collect();
    Wanted { engines, rows, seconds: value("--seconds").map_or(5, |n| n.parse().expect("--seconds takes a number")) }
}

fn measure(engine: &str, url: Option<&str>, rows: usize, time: Duration) {
    println!("\n== {engine}, {rows} demands");
    let dir = tempfile::tempdir().expect("a directory");
    let limits = limit::measure(url, time);
    let file = dir.path().join("demands.jsonl");
    content::write(&file, rows);
    let server = Server::start(dir.path(), url);
    let started = Instant::now();
    server.import(&file);
    println!("import: {:.0} rows/s, index included", rows as f64 / started.elapsed().as_secs_f64());
    drop(server);
    let started = Instant::now();
    let server = Server::start(dir.path(), url);
    let first_page = client::get(&server.address, "/", None);
    println!("cold start to first page: {} ms", started.elapsed().as_millis());
    println!("first public page: {} bytes uncompressed", first_page.bytes);
    println!("resident, idle: {} MiB", server.resident_mib());
    let token = server.token();
    let load = Load { address: server.address.clone(), time };

    for (connections, limit) in [(1, limits.one), (32, limits.many)] {
        let create = |n: usize| Request::post("/api/v1/demands", content::create_body(n));
        let done = load.run(connections, create);
        println!(
            "create, {connections:2} connections: {done}; store's own limit {limit:.0}/s, ratio {:.2}",
            done.per_second / limit
        );
    }
    server.wait_until_indexed(&token);
    let sample = content::sample(&server, &token);
    let cookie = client::log_in(&server.address, "tongchou", app::people::DEMO_PASSWORD);
    let asks: [(&str, Ask<'_>); 9] = [
        ("list", Box::new(|_| Request::get("/api/v1/demands?limit=50", Some(&token)))),
        ("list page", Box::new(|_| Request::page("/demands?limit=50", &cookie))),
        ("desk", Box::new(|_| Request::page("/desk", &cookie))),
        ("demand page", Box::new(|n| Request::page(&format!("/demands/{}", sample[n % sample.len()].0), &cookie))),
        (
            "progress",
            Box::new(|n| {
                let (number, code) = &sample[n % sample.len()];
                Request::get(&format!("/api/v1/demands/{number}/progress?code={code}"), None)
            }),
        ),
        ("search, common", Box::new(|n| Request::get(&content::common_query(n), Some(&token)))),
        ("search, rare", Box::new(|n| Request::get(&content::rare_query(n), Some(&token)))),
        ("similar, staff", Box::new(|n| Request::get(&content::similar_query(n), Some(&token)))),
        ("similar, public", Box::new(|n| Request::get(&content::similar_query(n), None))),
    ];
    for (name, ask) in &asks {
        for connections in [1, 16] {
            println!("{name}, {connections:2} connections: {}", load.run(connections, ask));
        }
    }
    if rows < REPLAYED {
        replay(&server, &token, rows);
    }
    bulk::measure(&server.address, &token);
    exchange::measure(&server, dir.path(), EXCHANGED);
    println!("resident, after load: {} MiB, highest {} MiB", server.resident_mib(), server.highest_mib());
}
