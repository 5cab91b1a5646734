//! What the world does to a server, and what must hold all the same: `kill -9` in the middle of a storm, a full disk, a
//! database that goes away for a while, a second server on the same directory.
//!
//! `SANTING_FAULT_ROUNDS=20` asks for twenty kills per engine instead of the usual few.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test or benchmark that cannot go on must stop")]

mod server;

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use server::{Answer, Server};

/// What the server acknowledged: the version of each demand that it last confirmed.
type Acknowledged = Mutex<BTreeMap<String, i64>>;

fn rounds() -> usize {
    std::env::var("SANTING_FAULT_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(3)
}

#[test]
fn every_acknowledged_write_survives_kill_9_on_sqlite() {
    storm_and_kill(None);
}

#[test]
fn every_acknowledged_write_survives_kill_9_on_postgresql() {
    if let Some(cluster) = store::testing::throwaway_postgres() {
        storm_and_kill(Some(&cluster.database().unwrap()));
    }
}

fn storm_and_kill(url: Option<&str>) {
    let dir = tempfile::tempdir().unwrap();
    let acknowledged = Acknowledged::default();
    let mut server = Server::demo(dir.path(), url);
    let token = server.output(&["token", "tongchou"]);
    for round in 0..rounds() {
        storm(&mut server, &token, &acknowledged, 40 + 23 * round);
        server = Server::demo(dir.path(), url);
        check(&server, &token, &acknowledged);
    }
    let verified = server.command(&["verify"]).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

/// Eight people create and triage as fast as they can; after so many acknowledgements the server is killed.
fn storm(server: &mut Server, token: &str, acknowledged: &Acknowledged, enough: usize) {
    let before = acknowledged.lock().unwrap().len();
    let over = AtomicBool::new(false);
    let (address, kill) = (server.address.clone(), Mutex::new(server));
    std::thread::scope(|scope| {
        for worker in 0..8 {
            let (address, over, kill) = (&address, &over, &kill);
            scope.spawn(move || {
                let mut n = 0;
                while !over.load(Ordering::SeqCst) {
                    n += 1;
                    let Some(number) = create(address, worker, n, acknowledged) else { return };
                    if n % 2 == 0 {
                        triage(address, token, &number, acknowledged);
                    }
                    if acknowledged.lock().unwrap().len() >= before + enough && !over.swap(true, Ordering::SeqCst) {
                        kill.lock().unwrap().kill();
                    }
                }
            });
        }
    });
}

fn create(address: &str, worker: usize, n: usize, acknowledged: &Acknowledged) -> Option<String> {
    let body =
        json!({"audience": "public", "title": format!("风暴里的第 {worker}-{n} 件"), "text": "路灯坏了，请来修。"});
    let answer = server::post(address, "/api/v1/demands", None, &body)?;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let number = answer.body["number"].as_str().unwrap().to_owned();
    acknowledged.lock().unwrap().insert(number.clone(), 1);
    Some(number)
}

fn triage(address: &str, token: &str, number: &str, acknowledged: &Acknowledged) {
    let body = json!({"version": 1, "kind": "matter", "theme": "urban", "difficulty": "easy", "breadth": "narrow",
        "policy_weight": "weak", "scope": "departmental", "generality": "individual", "policy_axis": "procedure",
        "tier": "general", "route": "instant"});
    if let Some(answer) = server::post(address, &format!("/api/v1/demands/{number}/moves/triage"), Some(token), &body) {
        assert_eq!(answer.status, 200, "{}", answer.body);
        acknowledged.lock().unwrap().insert(number.to_owned(), 2);
    }
}

/// Everything acknowledged is there, at least as new as confirmed, and every demand is whole: row, clock, phase, ledger.
fn check(server: &Server, token: &str, acknowledged: &Acknowledged) {
    for (number, version) in acknowledged.lock().unwrap().iter() {
        let answer = server::get(&server.address, &format!("/api/v1/demands/{number}"), Some(token)).unwrap();
        assert_eq!(answer.status, 200, "{number} was acknowledged and is gone");
        let found = answer.body["version"].as_i64().unwrap();
        assert!(found >= *version, "{number}: version {version} was acknowledged, {found} is there");
        assert_eq!(answer.body["clocks"].as_array().unwrap().len(), 1, "{number} has its clock");
        let events = server::get(&server.address, &format!("/api/v1/demands/{number}/events"), Some(token)).unwrap();
        assert_eq!(
            events.body["items"].as_array().unwrap().len() as i64,
            found,
            "{number}: one ledger entry per version"
        );
    }
}

#[test]
fn a_second_server_on_the_same_directory_is_told_off() {
    let dir = tempfile::tempdir().unwrap();
    let first = Server::demo(dir.path(), None);
    let second = first.command(&["serve", "--listen", "127.0.0.1:0"]).output().unwrap();
    assert!(!second.status.success());
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "a clear sentence: {said}");
    assert!(!said.contains("panicked"), "{said}");
    let alive = server::get(&first.address, "/healthz", None).unwrap();
    assert_eq!(alive.status, 200);
}

#[test]
fn a_database_that_goes_away_comes_back_without_a_restart() {
    let Some(cluster) = store::testing::throwaway_postgres() else { return };
    let dir = tempfile::tempdir().unwrap();
    let server = Server::demo(dir.path(), Some(&cluster.database().unwrap()));
    let body = json!({"audience": "public", "title": "路灯", "text": "路灯坏了，请来修。"});
    let create = || server::post(&server.address, "/api/v1/demands", None, &body).unwrap();
    assert_eq!(create().status, 201);
    cluster.stop().unwrap();
    let away = create();
    assert_eq!(away.status, 503, "{}", away.body);
    assert_eq!(server::get(&server.address, "/readyz", None).unwrap().status, 503);
    assert_eq!(server::get(&server.address, "/healthz", None).unwrap().status, 200, "alive all the same");
    cluster.start_again().unwrap();
    let back = until(|| Some(create()).filter(|answer| answer.status == 201));
    assert!(back.is_some(), "it answers again without a restart");
}

/// Asks until there is an answer, a bounded number of times; each asking is a round trip, so this does not spin.
fn until(mut ask: impl FnMut() -> Option<Answer>) -> Option<Answer> {
    (0..2_000).find_map(|_| ask())
}

#[test]
fn a_full_disk_refuses_writes_and_loses_nothing() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("!!! CANNOT MOUNT A SMALL DISK (not root, or no tmpfs): the full-disk test is SKIPPED");
        return;
    };
    let mut server = Server::demo(&disk.path(), None);
    let long = "字".repeat(15_000);
    let body = json!({"audience": "public", "title": "很长的一件", "text": long});
    let mut numbers = Vec::new();
    let refused = loop {
        let answer = server::post(&server.address, "/api/v1/demands", None, &body).unwrap();
        if answer.status != 201 {
            break answer;
        }
        numbers.push(answer.body["number"].as_str().unwrap().to_owned());
        assert!(numbers.len() < 5_000, "the disk never fills");
    };
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert_eq!(server::get(&server.address, "/", None).unwrap().status, 200, "reading goes on");
    server.kill();
    disk.grow();
    let server = Server::demo(&disk.path(), None);
    let token = server.output(&["token", "tongchou"]);
    for number in &numbers {
        let answer = server::get(&server.address, &format!("/api/v1/demands/{number}"), Some(&token)).unwrap();
        assert_eq!(answer.status, 200, "{number} was acknowledged and is gone");
    }
    assert!(server.command(&["verify"]).output().unwrap().status.success());
}

/// A disk of some megabytes that only this test writes to.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=48m", "tmpfs"]).arg(dir.path()).status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(dir))
    }

    fn path(&self) -> std::path::PathBuf {
        self.0.path().join("data")
    }

    fn grow(&self) {
        let grown = Command::new("mount").args(["-o", "remount,size=256m"]).arg(self.0.path()).status();
        assert!(grown.is_ok_and(|status| status.success()));
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}
