//! The real program with the demonstration city, and a client that sends exactly the bytes that it is told to.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// Longer than this nobody waits for a refusal.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server.
pub struct Server {
    address: String,
    child: Child,
    dir: TempDir,
}

/// What came back.
pub struct Answer {
    /// The request, for messages.
    pub asked: String,
    /// The status; 0 where nothing came back.
    pub status: u16,
    head: String,
    /// The body as text.
    pub body: String,
}

impl Server {
    /// Starts the demonstration city.
    pub fn start() -> Self {
        let dir = TempDir::new().unwrap();
        let mut command = program(&dir, &["demo", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.find_map(|line| Some(line.split("http://").nth(1)?.split(['/', ' ']).next()?.to_owned()));
        // Whatever else it prints must not fill the pipe.
        std::thread::spawn(move || lines.count());
        Self { address: address.expect("the program prints its address"), child, dir }
    }

    /// A bearer token of `username`.
    pub fn token(&self, username: &str) -> String {
        let output = program(&self.dir, &["token", username]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// The session cookie of `username`.
    pub fn cookie(&self, username: &str) -> String {
        let form = format!("username={username}&password={}", app::people::DEMO_PASSWORD);
        let answer =
            self.send("POST", "/login", &[("content-type", "application/x-www-form-urlencoded")], form.as_bytes());
        answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
    }

    /// Sends a request with a body of known length.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
        head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);
        self.raw(&bytes)
    }

    /// Sends bytes as they are.
    pub fn raw(&self, bytes: &[u8]) -> Answer {
        let asked = String::from_utf8_lossy(&bytes[..bytes.len().min(120)]).into_owned();
        let mut stream = TcpStream::connect(&self.address).unwrap_or_else(|error| panic!("{asked}: {error}"));
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // A server may refuse before it has read everything; what it says is what counts.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        Answer { asked, status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    /// The most memory that the server has held, in KiB, where the system tells.
    pub fn most_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Answer {
    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The fields that a problem names.
    #[track_caller]
    pub fn wrong_fields(&self) -> Vec<String> {
        let problem: Value =
            serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}: {}", self.asked, self.body));
        let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("{}: {}", self.asked, self.body));
        errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
    }
}

fn program(dir: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_santing"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SANTING_")) {
        command.env_remove(name);
    }
    command.current_dir(dir.path()).env("SANTING_LOG", "error").args(arguments);
    command.args(["--data", "data", "--clock", "2026-11-23T09:30:00+08:00"]);
    command
}
