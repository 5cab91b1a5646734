//! The command line as a script meets it: what is printed where, and the exit code.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on must stop")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// The program with a clean environment.
fn santing(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_santing"));
    command.args(args).current_dir(dir).env_clear().stdin(Stdio::null());
    command
}

fn run(dir: &Path, args: &[&str]) -> Output {
    santing(dir, args).output().unwrap()
}

/// Runs, expects an exit code, and gives standard output, with the errors where there should be some.
fn expect(dir: &Path, code: i32, args: &[&str]) -> String {
    let output = run(dir, args);
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(code), "santing {args:?}\n{out}\n{err}");
    if code == 0 { out } else { out + &err }
}

/// Runs with a pipe that nobody reads from; whether it ended well and without a word.
fn unread(dir: &Path, args: &[&str]) -> bool {
    let mut child = santing(dir, args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    output.status.code() == Some(0) && output.stderr.is_empty()
}

/// A server that ends with the test.
struct Server {
    child: Child,
    // Kept open: whoever reads no more must not look like a pipe that broke.
    _output: BufReader<std::process::ChildStdout>,
    address: String,
    printed: String,
}

impl Server {
    fn start(dir: &Path, args: &[&str]) -> Self {
        let mut child = santing(dir, args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut printed = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while output.read_line(&mut line).unwrap() > 0 {
            printed += &line;
            if let Some((_, rest)) = line.split_once("http://") {
                let address = rest.split('/').next().unwrap().to_owned();
                return Self { child, _output: output, address, printed };
            }
            line.clear();
        }
        let status = child.wait().unwrap();
        panic!("the server did not start: {status}\n{printed}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn bad_usage_is_two_and_help_is_none() {
    let dir = tempfile::tempdir().unwrap();
    for args in
        [&["frobnicate"][..], &[], &["serve", "--nope"], &["import"], &["calendar", "due", "--from", "2026-01-01"]]
    {
        expect(dir.path(), 2, args);
    }
    for args in [
        &["serve", "--clock", "昨天"][..],
        &["serve", "--public-url", "santing"],
        &["users", "--database-url", "sqlite://x"],
        &["calendar", "due", "--from", "2026-01-01", "--working-days", "100000000"],
    ] {
        expect(dir.path(), 2, args);
    }
    expect(dir.path(), 0, &["--help"]);
    assert!(expect(dir.path(), 0, &["--version"]).starts_with("santing "));
}

#[test]
fn questions_to_the_calendar_need_no_data() {
    let dir = tempfile::tempdir().unwrap();
    let due = ["calendar", "due", "--from", "2026-09-24", "--working-days", "10"];
    let told = expect(dir.path(), 0, &due);
    assert!(told.contains("2026-10-15 周四") && told.contains("国庆节调休上班"), "{told}");
    let json: Value = serde_json::from_str(&expect(dir.path(), 0, &[&due[..], &["--json"]].concat())).unwrap();
    assert_eq!(json["due"], "2026-10-15T17:00:00+08:00");
    assert_eq!(json["days"][1]["working"], false);
    assert!(!expect(dir.path(), 2, &["calendar", "due", "--from", "昨天", "--working-days", "1"]).is_empty());
    assert!(!dir.path().join("santing-data").exists(), "a question makes no database");
}

#[test]
fn a_mistyped_directory_makes_no_database() {
    let dir = tempfile::tempdir().unwrap();
    for args in [&["users"][..], &["token", "admin"], &["verify"], &["backup", "b"], &["export", "events", "e.jsonl"]] {
        assert!(expect(dir.path(), 1, args).contains("没有数据目录"), "{args:?}");
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn check_says_what_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    assert!(expect(dir.path(), 0, &["check"]).contains("就绪  城市资料"));
    assert!(expect(dir.path(), 1, &["check", "--profile", "nowhere"]).contains("缺失  城市资料"));
    let away = expect(dir.path(), 1, &["check", "--database-url", "postgres://nobody@127.0.0.1:1/x"]);
    assert!(away.contains("缺失  数据库"), "{away}");
    fs::write(dir.path().join("santing.toml"), "profile = 3").unwrap();
    assert!(expect(dir.path(), 1, &["check"]).contains("santing.toml"));
}

#[test]
fn redact_reads_lines_of_any_encoding() {
    let dir = tempfile::tempdir().unwrap();
    let mut child =
        santing(dir.path(), &["text", "redact"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all("电话 13800000000\n\u{0}".as_bytes()).unwrap();
    let out = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    assert!(!out.contains("13800000000") && out.starts_with("电话"), "{out}");
}

#[test]
fn the_life_of_a_data_directory() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    let first = Server::start(at, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(first.printed.contains("admin") && first.printed.contains("一次性密码"), "{}", first.printed);

    // A second server on the same directory, and one on the same port, say so and touch nothing.
    assert!(expect(at, 1, &["serve", "--listen", "127.0.0.1:0"]).contains("正由另一个三听服务使用"));
    let taken = expect(at, 1, &["serve", "--data", "other", "--listen", &first.address]);
    assert!(taken.contains("占用") && !at.join("other").exists(), "{taken}");
    assert!(expect(at, 1, &["demo", "--listen", "127.0.0.1:0"]).contains("正"), "real data is no demonstration");

    // Beside the running server.
    let users: Value = serde_json::from_str(&expect(at, 0, &["users", "--json"])).unwrap();
    assert_eq!(users[0]["username"], "admin");
    assert_eq!(users[0]["roles"][0], "administrator");
    assert_eq!(expect(at, 0, &["token", "admin"]).trim().len(), 64);
    for args in [&["users"][..], &["users", "--json"], &["check"], &["export", "demands", "--format", "csv"]] {
        assert!(unread(at, args), "santing {args:?} ends quietly where nobody reads");
    }
    assert!(expect(at, 1, &["token", "nobody"]).contains("nobody"));
    fs::write(at.join("in.csv"), "编号,标题,内容\n1,路灯不亮,村口的路灯三个月不亮\n2,只有标题没有内容,\n").unwrap();
    let dry: Value =
        serde_json::from_str(&expect(at, 0, &["import", "demands", "in.csv", "--dry-run", "--json"])).unwrap();
    assert_eq!((dry["imported"].as_u64(), dry["already"].as_u64()), (Some(1), Some(0)), "{dry}");
    let report: Value = serde_json::from_str(&expect(at, 0, &["import", "demands", "in.csv", "--json"])).unwrap();
    assert_eq!((report["imported"].as_u64(), report["rejected"].as_u64()), (Some(1), Some(1)), "{report}");
    assert_eq!(report["reasons"][0]["row"], 3);
    let again: Value = serde_json::from_str(&expect(at, 0, &["import", "demands", "in.csv", "--json"])).unwrap();
    assert_eq!((again["imported"].as_u64(), again["already"].as_u64()), (Some(0), Some(1)), "{again}");
    expect(at, 1, &["import", "demands", "missing.csv"]);

    expect(at, 0, &["export", "demands", "out.csv"]);
    let table = fs::read_to_string(at.join("out.csv")).unwrap();
    assert!(table.starts_with('\u{feff}') && table.contains("路灯不亮"), "{table}");
    expect(at, 0, &["export", "demands", "out.xlsx", "--filter", "status=closed"]);
    assert!(expect(at, 1, &["export", "demands", "out.csv"]).contains("out.csv"), "nothing is overwritten");
    expect(at, 2, &["export", "demands", "x.jsonl", "--filter", "nope=1"]);
    expect(at, 2, &["export", "demands", "x.pdf"]);

    expect(at, 0, &["export", "events", "events.jsonl"]);
    expect(at, 0, &["verify", "events.jsonl"]);
    let mut events = fs::read(at.join("events.jsonl")).unwrap();
    let middle = events.len() / 2;
    events[middle] ^= 1;
    fs::write(at.join("broken.jsonl"), events).unwrap();
    let verdict: Value = serde_json::from_str(&expect(at, 1, &["verify", "broken.jsonl", "--json"])).unwrap();
    assert_eq!(verdict["holds"], false);

    expect(at, 0, &["backup", "city.backup"]);
    expect(at, 1, &["backup", "city.backup"]);
    expect(at, 0, &["restore", "city.backup", "--data", "restored"]);
    expect(at, 1, &["restore", "city.backup", "--data", "restored"]);
    expect(at, 0, &["verify", "--data", "restored"]);
    assert!(expect(at, 0, &["users", "--data", "restored"]).contains("admin"));
    drop(first);

    // Another profile's program must not open it; the same one starts again without a new password.
    assert!(expect(at, 1, &["users", "--profile", "hutuo"]).contains("anning"));
    let second = Server::start(at, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(!second.printed.contains("一次性密码"));
}
