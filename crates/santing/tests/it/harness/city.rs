//! A city: the real program on a free port, on either engine, with people who can act.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::{LazyLock, Mutex, OnceLock, mpsc};
use std::time::Duration;

use serde_json::json;

use super::actor::Actor;
use super::contract::Contract;
use super::http::{Answer, send};
use super::leash::Leash;

/// A Monday morning in office hours.
pub const MORNING: &str = "2026-11-23T09:30:00+08:00";

/// The password of every account of a demonstration.
pub use app::people::DEMO_PASSWORD;

/// A running city.
pub struct City {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    /// What the program printed up to its address.
    pub printed: String,
    /// `sqlite` or `postgres`, for messages.
    pub engine: &'static str,
    options: Vec<String>,
    dir: PathBuf,
    tokens: Mutex<HashMap<String, String>>,
    contract: OnceLock<Contract>,
    _server: Mutex<Leash>,
}

static ANNING: LazyLock<City> = LazyLock::new(|| City::start("demo", &[], None));
static ANNING_ON_POSTGRES: LazyLock<Option<City>> =
    LazyLock::new(|| store::testing::fresh_database().map(|url| City::start("demo", &[], Some(url))));
static HUTUO: LazyLock<City> = LazyLock::new(|| City::start("demo", &["--profile", "hutuo"], None));

impl City {
    /// The demonstration city on SQLite, shared: a test minds its own demands.
    pub fn anning() -> &'static Self {
        &ANNING
    }

    /// The invented county of the second profile, with people and without demands, shared.
    pub fn hutuo() -> &'static Self {
        &HUTUO
    }

    /// Tells `story` in the demonstration city on SQLite, and again on PostgreSQL where there is one.
    pub fn on_both_engines(story: impl Fn(&Self) + Sync) {
        std::thread::scope(|scope| {
            let elsewhere = scope.spawn(|| ANNING_ON_POSTGRES.as_ref().map(&story));
            story(&ANNING);
            if let Err(panic) = elsewhere.join() {
                std::panic::resume_unwind(panic);
            }
        });
    }

    /// Starts `santing COMMAND` on an empty data directory and waits until it says where it listens.
    pub fn start(command: &str, more: &[&str], database: Option<String>) -> Self {
        let dir = tempfile::Builder::new().prefix("santing-it-").tempdir().unwrap().keep();
        let engine = if database.is_some() { "postgres" } else { "sqlite" };
        let mut options = vec!["--data".to_owned(), dir.join("data").display().to_string()];
        options.extend(["--clock", MORNING].map(str::to_owned));
        options.extend(more.iter().map(|option| (*option).to_owned()));
        options.extend(database.into_iter().flat_map(|url| ["--database-url".to_owned(), url]));
        let log = dir.join("log");
        let mut program = program(&dir);
        program.arg(command).args(&options).args(["--listen", "127.0.0.1:0"]);
        program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(&log).unwrap());
        let mut leash = Leash::on(program.spawn().unwrap(), &dir);
        let lines = BufReader::new(leash.held().stdout.take().unwrap()).lines().map_while(Result::ok);
        let (said, heard) = mpsc::channel();
        // The thread goes on reading, so that the program never waits for its reader.
        std::thread::spawn(move || lines.for_each(|line| drop(said.send(line))));
        let mut printed = String::new();
        let address = loop {
            let Ok(line) = heard.recv_timeout(Duration::from_secs(120)) else {
                panic!("santing {command} did not come up: {printed}{}", std::fs::read_to_string(&log).unwrap());
            };
            printed.push_str(&line);
            printed.push('\n');
            if let Some(at) = line.find("http://") {
                break line[at..].split('/').take(3).collect::<Vec<_>>().join("/");
            }
        };
        let (tokens, contract) = Default::default();
        Self { address, printed, engine, options, dir, tokens, contract, _server: Mutex::new(leash) }
    }

    /// Runs `santing ARGS` beside the running server.
    pub fn santing(&self, args: &[&str]) -> Output {
        program(&self.dir).args(args).args(&self.options).stdin(Stdio::null()).output().unwrap()
    }

    /// What the server wrote to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.join("log")).unwrap()
    }

    /// Sends a request as it is.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        send(method, &format!("{}{path}", self.address), headers, body)
    }

    /// What the API promises.
    pub fn contract(&self) -> &Contract {
        self.contract
            .get_or_init(|| Contract::new(self.send("GET", "/api/v1/openapi.json", &[], b"").expect(200).json()))
    }

    /// Somebody without an account.
    pub fn public(&self) -> Actor<'_> {
        Actor::new(self, None)
    }

    /// Whoever logs in as `username`.
    pub fn account(&self, username: &str) -> Actor<'_> {
        self.account_with(username, DEMO_PASSWORD)
    }

    /// Whoever logs in as `username` with `password`; one login serves all tests.
    pub fn account_with(&self, username: &str, password: &str) -> Actor<'_> {
        let mut tokens = self.tokens.lock().unwrap();
        let token = tokens.entry(username.to_owned()).or_insert_with(|| {
            let login = json!({ "username": username, "password": password });
            let token = self.public().post("/sessions", &login).expect(201).json();
            token["token"].as_str().unwrap().to_owned()
        });
        Actor::new(self, Some(token.clone()))
    }

    /// Forgets a login, because its password or its session has changed.
    pub fn forget(&self, username: &str) {
        self.tokens.lock().unwrap().remove(username);
    }

    /// The coordinator at 市营商环境办.
    pub fn desk(&self) -> Actor<'_> {
        self.account("tongchou")
    }

    /// The other coordinator.
    pub fn second_desk(&self) -> Actor<'_> {
        self.account("tongchou2")
    }

    /// The handler of a unit.
    pub fn unit(&self, code: &str) -> Actor<'_> {
        self.account(&format!("{code}.cb"))
    }

    /// The auditor.
    pub fn auditor(&self) -> Actor<'_> {
        self.account("shenji")
    }

    /// A leader of the city.
    pub fn leader(&self) -> Actor<'_> {
        self.account("lingdao")
    }

    /// The administrator.
    pub fn administrator(&self) -> Actor<'_> {
        self.account("admin")
    }
}

/// The program, without the settings of whoever runs the tests.
fn program(dir: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_santing"));
    command.current_dir(dir);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SANTING_")) {
        command.env_remove(name);
    }
    command.env("SANTING_LOG", "warn");
    command
}
