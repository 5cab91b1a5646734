//! The exchange: taking packages in, the daily reconciliation as one command, and its rule alone.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

use app::exchange::rules::package::{CONTRACT, Header, TO_CITY, seal};
use app::exchange::rules::reconcile::{Ours, Theirs, compare};
use store::{args, sql};

use crate::server::Server;

/// Messages of the package that is taken in.
const MESSAGES: usize = 5_000;

/// Measures the exchange of a city with `cases` cases of one remote.
pub fn measure(server: &Server, dir: &Path, cases: usize) {
    take(server, dir);
    reconcile(server, dir, cases);
    rule(cases);
}

fn take(server: &Server, dir: &Path) {
    let lines: Vec<String> = (0..MESSAGES)
        .map(|n| {
            serde_json::json!({"id": format!("b-{n}"), "kind": "import", "case": format!("B{n}"),
                "at": "2026-01-05T09:00:00+08:00", "demand": {"title": format!("第 {n} 件"), "text": "路灯不亮，请尽快修好。"}})
            .to_string()
        })
        .collect();
    let made_at = present();
    let header = Header {
        contract: CONTRACT.into(),
        remote: "12345".into(),
        direction: TO_CITY.into(),
        package: "bench-1".into(),
        sequence: 1_000,
        first: None,
        count: 0,
        sm3: String::new(),
        made_at,
        received: None,
        mac: None,
    };
    let file = dir.join("package.jsonl");
    fs::write(&file, seal(&header, &lines, None)).expect("room on the disk");
    let took = server.run(&["exchange", "import", &file.to_string_lossy()]);
    println!("exchange, package of {MESSAGES} cases: {:.0} messages/s", MESSAGES as f64 / took.as_secs_f64());
    let again = server.run(&["exchange", "import", &file.to_string_lossy()]);
    println!("exchange, the same package again: {} ms", again.as_millis());
}

/// The present, for a header; the program's clock is not shifted here.
fn present() -> String {
    kernel::Clock::now(&kernel::clock::SystemClock).rfc3339(&jiff::tz::TimeZone::UTC)
}

/// Cases are written where the exchange keeps them: what is measured is the reconciliation, not their handling.
fn reconcile(server: &Server, dir: &Path, cases: usize) {
    let store = server.store();
    for from in (0..cases).step_by(10_000) {
        let write = store.write_now(move |tx| {
            for n in from..(from + 10_000).min(cases) {
                tx.run(
                    sql!(
                        "INSERT INTO exchange_case (remote, case_id, number, stream, ledger_seq, status, at)
                          VALUES ('12345', $1, $2, $3, 9, 'closed', 0)"
                    ),
                    args![format!("R{n}"), format!("AN{n}"), format!("bench:AN{n}")],
                )?;
            }
            Ok(())
        });
        write.expect("the cases are written");
    }
    let mut list = String::from("工单编号,本市编号,状态,是否办结\n");
    for n in 0..cases {
        let status = if n % 1_000 == 0 { "30" } else { "50" };
        writeln!(list, "R{n},AN{n},{status},是").expect("a text grows");
    }
    let file = dir.join("list.csv");
    fs::write(&file, list).expect("room on the disk");
    let took = server.run_unless_no(&["exchange", "reconcile", "--remote", "12345", &file.to_string_lossy()]);
    println!("exchange, reconciliation of {cases} rows as a command: {} ms", took.as_millis());
}

fn rule(cases: usize) {
    let theirs: Vec<Theirs> = (0..cases)
        .map(|n| Theirs {
            row: n as u64,
            case: format!("R{n}"),
            number: Some(format!("AN{n}")),
            status: Some(if n % 1_000 == 0 { "30" } else { "50" }.into()),
            ..Theirs::default()
        })
        .collect();
    let ours: Vec<Ours> = (0..cases)
        .rev()
        .map(|n| Ours {
            case: format!("R{n}"),
            number: format!("AN{n}"),
            status: "50".into(),
            closed: true,
            reply_sm3: None,
            since: kernel::Instant(0),
            waiting_since: None,
        })
        .collect();
    let started = Instant::now();
    let found = compare(&theirs, &ours, kernel::Instant(0));
    let took = started.elapsed();
    assert_eq!(found.differences.len(), cases.div_ceil(1_000));
    println!("exchange, the rule alone over {cases} rows: {:.1} ms", took.as_secs_f64() * 1_000.0);
}
