//! The release binary as it is shipped, started in a directory of its own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use store::{Location, Options, Store, sql};

use crate::client;

/// A running server; it ends with the value.
pub struct Server {
    /// Host and port.
    pub address: String,
    child: Child,
    dir: PathBuf,
    url: Option<String>,
}

impl Server {
    /// Starts `santing demo` on a free port and waits for its address; the demonstration has accounts to ask with.
    pub fn start(dir: &Path, url: Option<&str>) -> Self {
        let data = dir.join("data");
        let mut command = program(&data, url);
        command.args(["demo", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let address = lines.map_while(Result::ok).find_map(|line| {
            let rest = line.split("http://").nth(1)?;
            Some(rest.split(['/', ' ']).next()?.to_owned())
        });
        Self {
            address: address.expect("the program prints its address"),
            child,
            dir: data,
            url: url.map(str::to_owned),
        }
    }

    /// Imports a file beside the running server.
    pub fn import(&self, file: &Path) {
        let mut command = self.program();
        let output = command.arg("import").arg("demands").arg(file).output().expect("the import runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// A token of the demonstration's coordinator.
    pub fn token(&self) -> String {
        self.output(&["token", "tongchou"])
    }

    /// Waits until no demand waits for the full-text index.
    pub fn wait_until_indexed(&self, token: &str) {
        let end = Instant::now() + Duration::from_secs(600);
        let store = self.store();
        while Instant::now() < end {
            let waiting: i64 =
                store.read_now(|tx| tx.one(sql!("SELECT COUNT(*) FROM text_pending"), &[])).expect("a count");
            if waiting == 0 {
                return;
            }
            // Something to do while waiting, so that the server is not idle either.
            client::get(&self.address, "/api/v1/demands?limit=1", Some(token));
        }
    }

    /// The secret from which query codes are made.
    pub fn secret(&self) -> Vec<u8> {
        app::settings::get(&self.store(), "secret").expect("settings").expect("a secret").into_bytes()
    }

    /// Resident memory now.
    pub fn resident_mib(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most resident memory so far.
    pub fn highest_mib(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("the process lives");
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line of the status");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("kilobytes") / 1024
    }

    /// Runs a command beside the server; how long it took.
    pub fn run(&self, arguments: &[&str]) -> Duration {
        let started = Instant::now();
        self.output(arguments);
        started.elapsed()
    }

    /// Like [`Server::run`], where the answer may be no.
    pub fn run_unless_no(&self, arguments: &[&str]) -> Duration {
        let started = Instant::now();
        let output = self.program().args(arguments).output().expect("the command runs");
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        started.elapsed()
    }

    /// The store of the server's data.
    pub fn store(&self) -> Store {
        Store::open(&Location::of(self.url.as_deref(), &self.dir), Options::system()).expect("the store opens")
    }

    fn output(&self, arguments: &[&str]) -> String {
        let output = self.program().args(arguments).output().expect("the command runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn program(&self) -> Command {
        program(&self.dir, self.url.as_deref())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program(data: &Path, url: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_santing"));
    command.arg("--data").arg(data);
    if let Some(url) = url {
        command.arg("--database-url").arg(url);
    }
    command
}
