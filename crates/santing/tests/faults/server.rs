//! The real program in a process that can be killed, and a client that takes a broken connection for an answer.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A running server.
pub struct Server {
    /// Host and port.
    pub address: String,
    child: Child,
    dir: PathBuf,
    url: Option<String>,
}

/// A status and a body.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; a text where it is no JSON.
    pub body: Value,
}

impl Server {
    /// The demonstration city in `dir`, filled on its first start.
    pub fn demo(dir: &Path, url: Option<&str>) -> Self {
        let mut command = program(dir, url, &["demo", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split("http://").nth(1)?.split(['/', ' ']).next()?.to_owned()));
        // Whatever else it prints must not fill the pipe.
        std::thread::spawn(move || lines.count());
        let address = address.expect("the program prints its address");
        Self { address, child, dir: dir.to_owned(), url: url.map(str::to_owned) }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// A command on the same data, beside the running server.
    pub fn command(&self, arguments: &[&str]) -> Command {
        program(&self.dir, self.url.as_deref(), arguments)
    }

    /// What such a command prints.
    pub fn output(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program(dir: &Path, url: Option<&str>, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_santing"));
    command.args(arguments).arg("--data").arg(dir).args(["--clock", "2026-11-23T09:30:00+08:00"]);
    if let Some(url) = url {
        command.arg("--database-url").arg(url);
    }
    command
}

/// Asks; `None` where the connection breaks, as it does when the server is killed.
pub fn get(address: &str, path: &str, token: Option<&str>) -> Option<Answer> {
    let mut request = agent().get(format!("http://{address}{path}"));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    answer(request.call())
}

/// Sends JSON; `None` where the connection breaks.
pub fn post(address: &str, path: &str, token: Option<&str>, body: &Value) -> Option<Answer> {
    let mut request = agent().post(format!("http://{address}{path}"));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    answer(request.send_json(body))
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

fn answer(outcome: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Option<Answer> {
    let mut response = outcome.ok()?;
    let text = response.body_mut().read_to_string().ok()?;
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Some(Answer { status: response.status().as_u16(), body })
}
