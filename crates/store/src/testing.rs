//! PostgreSQL for tests: the server that `SANTING_TEST_POSTGRES` names, or a throwaway cluster made from the binaries
//! on this machine. One database per test.

use std::io;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use postgres::{Client, NoTls};

/// The environment variable that names a server: `postgres://user@127.0.0.1:5432/postgres`, or `off` for none.
pub const VARIABLE: &str = "SANTING_TEST_POSTGRES";

/// A cluster of its own that ends with the process, however that ends.
pub struct Cluster {
    bin: PathBuf,
    dir: PathBuf,
    owner: Option<(u32, u32)>,
    port: u16,
    durable: bool,
    // Waits for the end of its input, which is the end of this process, and then clears the cluster away.
    watcher: Child,
}

/// The address of a fresh, empty database, or `None` where there is no PostgreSQL; that is said once, loudly.
pub fn fresh_database() -> Option<String> {
    static SERVER: OnceLock<Option<String>> = OnceLock::new();
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    let server = SERVER.get_or_init(|| match std::env::var(VARIABLE) {
        Ok(url) if url == "off" => None,
        Ok(url) => Some(url),
        Err(_) => CLUSTER.get_or_init(throwaway_postgres).as_ref().map(Cluster::url),
    });
    if server.is_none() {
        static SAID: std::sync::Once = std::sync::Once::new();
        SAID.call_once(|| {
            eprintln!("!!! NO POSTGRESQL: its half of the tests is SKIPPED (set {VARIABLE} or install postgresql)")
        });
    }
    server.as_deref().map(|server| match create_database(server) {
        Ok(url) => url,
        Err(error) => panic!("make a database on {server}: {error}"),
    })
}

/// Runs any statement, as only somebody with the database's password could.
pub fn execute(tx: &mut crate::Tx, statement: &str) -> kernel::Result<u64> {
    tx.execute(statement, &[])
}

/// The number that any query gives; pragmas of SQLite are queries.
pub fn number(tx: &mut crate::Tx, query: &str) -> kernel::Result<i64> {
    tx.collect(query, &[]).map(|rows: Vec<i64>| rows.first().copied().unwrap_or_default())
}

/// A throwaway cluster without fsync; `None` where there are no binaries.
pub fn throwaway_postgres() -> Option<Cluster> {
    let bin = binaries()?;
    match Cluster::start(bin, false) {
        Ok(cluster) => Some(cluster),
        Err(error) => panic!("start a throwaway PostgreSQL cluster: {error}"),
    }
}

/// The same with fsync, for measuring.
pub fn durable_postgres() -> Option<Cluster> {
    Cluster::start(binaries()?, true).ok()
}

/// Makes a database with a name of its own on the server of `url`, and gives its address.
pub fn create_database(url: &str) -> Result<String, postgres::Error> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("santing_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let mut client = Client::connect(url, NoTls)?;
    client.batch_execute(&format!("DROP DATABASE IF EXISTS {name}"))?;
    client.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))?;
    let (server, query) = url.split_once('?').map_or((url, ""), |(server, query)| (server, query));
    let host_end = server.find("//").map_or(0, |at| at + 2);
    let path = server[host_end..].find('/').map_or(server.len(), |at| host_end + at);
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    Ok(format!("{}/{name}{query}", &server[..path]))
}

/// Where `initdb` is: on the path, or where distributions put it.
fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut dirs: Vec<PathBuf> = std::env::split_paths(&path).collect();
    dirs.extend(["/usr/local/bin".into(), "/usr/local/pgsql/bin".into()]);
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        let mut found: Vec<PathBuf> = versions.flatten().map(|entry| entry.path().join("bin")).collect();
        found.sort();
        dirs.extend(found.into_iter().rev());
    }
    // Debian puts wrappers on the path that know nothing of initdb and pg_ctl, so both must be side by side.
    dirs.into_iter().find(|dir| dir.join("initdb").exists() && dir.join("pg_ctl").exists())
}

impl Cluster {
    fn start(bin: PathBuf, durable: bool) -> io::Result<Self> {
        let dir = tempfile::Builder::new().prefix("santing-pg-").tempdir()?.keep();
        let owner = owner_for_root()?;
        if let Some((uid, gid)) = owner {
            chown(&dir, Some(uid), Some(gid))?;
        }
        let data = dir.join("data");
        let mut initdb = command(&bin, "initdb", owner, &dir);
        initdb.arg("-D").arg(&data).args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        finish(&mut initdb)?;
        let watcher = watch(&bin, &dir, owner)?;
        let cluster = Self { bin, port: free_port()?, dir, owner, durable, watcher };
        cluster.start_again()?;
        Ok(cluster)
    }

    /// The address of the server's own database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// A fresh, empty database.
    pub fn database(&self) -> Result<String, postgres::Error> {
        create_database(&self.url())
    }

    /// Stops the server at once, as a crash would.
    pub fn stop(&self) -> io::Result<()> {
        let mut stop = command(&self.bin, "pg_ctl", self.owner, &self.dir);
        finish(stop.args(["stop", "-w", "-m", "immediate", "-D"]).arg(self.dir.join("data")))
    }

    /// Starts the server after [`Cluster::stop`], at the same address.
    pub fn start_again(&self) -> io::Result<()> {
        let fsync = if self.durable { "on" } else { "off" };
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c fsync={fsync} -c synchronous_commit=on -c full_page_writes={fsync} \
             -c max_connections=200 -c shared_buffers=256MB -c max_wal_size=2GB",
            self.port,
            self.dir.display(),
        );
        let mut start = command(&self.bin, "pg_ctl", self.owner, &self.dir);
        start.args(["start", "-w", "-t", "60", "-D"]).arg(self.dir.join("data"));
        finish(start.arg("-l").arg(self.dir.join("log")).args(["-o", &options]))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        let _ = self.watcher.wait();
    }
}

/// PostgreSQL refuses to run as root; then it runs as `postgres`, or as `nobody` where there is no such user.
fn owner_for_root() -> io::Result<Option<(u32, u32)>> {
    let id = Command::new("id").arg("-u").output()?;
    if String::from_utf8_lossy(&id.stdout).trim() != "0" {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd")?;
    let user = |name: &str| {
        let fields: Vec<&str> = users.lines().find(|l| l.split(':').next() == Some(name))?.split(':').collect();
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    user("postgres")
        .or_else(|| user("nobody"))
        .map(Some)
        .ok_or_else(|| io::Error::other("no user to run PostgreSQL as"))
}

fn command(bin: &Path, program: &str, owner: Option<(u32, u32)>, dir: &Path) -> Command {
    let mut command = Command::new(bin.join(program));
    command.current_dir(dir).stdin(Stdio::null()).env("LC_ALL", "C.UTF-8");
    if let Some((uid, gid)) = owner {
        command.uid(uid).gid(gid);
    }
    command
}

/// Output goes to a file, because the server inherits it and a pipe would never close.
fn finish(command: &mut Command) -> io::Result<()> {
    let output = tempfile::tempfile()?;
    let status = command.stdout(output.try_clone()?).stderr(output.try_clone()?).status()?;
    if status.success() {
        return Ok(());
    }
    let (mut output, mut text) = (output, String::new());
    io::Seek::rewind(&mut output)?;
    io::Read::read_to_string(&mut output, &mut text)?;
    Err(io::Error::other(format!("{command:?}: {text}")))
}

fn watch(bin: &Path, dir: &Path, owner: Option<(u32, u32)>) -> io::Result<Child> {
    let script = r#"trap '' INT TERM; read -r _; "$1/pg_ctl" stop -w -m immediate -D "$2/data"; cd /; rm -rf "$2""#;
    let mut shell = Command::new("sh");
    shell
        .args(["-c", script, "sh"])
        .arg(bin)
        .arg(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some((uid, gid)) = owner {
        shell.uid(uid).gid(gid);
    }
    shell.process_group(0).spawn()
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
