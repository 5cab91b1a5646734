//! A load generator on plain sockets: each connection asks, waits for the answer, and asks again.

use std::cell::Cell;
use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// One request, ready to be sent.
pub struct Request(String);

impl Request {
    /// A GET, with a bearer token where one is needed.
    pub fn get(path: &str, token: Option<&str>) -> Self {
        let token = token.map(|t| format!("authorization: Bearer {t}\r\n")).unwrap_or_default();
        Self(format!("GET {path} HTTP/1.1\r\nhost: city\r\n{token}\r\n"))
    }

    /// A GET of a page, in the session of a cookie.
    pub fn page(path: &str, cookie: &str) -> Self {
        Self(format!("GET {path} HTTP/1.1\r\nhost: city\r\ncookie: {cookie}\r\n\r\n"))
    }

    /// A POST of JSON.
    pub fn post(path: &str, body: String) -> Self {
        Self::post_as(path, body, None)
    }

    /// A POST of JSON, with a bearer token where one is needed.
    pub fn post_as(path: &str, body: String, token: Option<&str>) -> Self {
        let token = token.map(|t| format!("authorization: Bearer {t}\r\n")).unwrap_or_default();
        let length = body.len();
        Self(format!(
            "POST {path} HTTP/1.1\r\nhost: city\r\n{token}content-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        ))
    }
}

/// What came back.
pub struct Response {
    /// The status.
    pub status: u16,
    /// Bytes of the body.
    pub bytes: usize,
    /// The body.
    pub body: String,
}

/// Asks once, on a connection of its own.
pub fn get(address: &str, path: &str, token: Option<&str>) -> Response {
    let mut connection = Connection::open(address);
    connection.ask(&Request::get(path, token))
}

/// Logs in as somebody of the demonstration: the session's cookie.
pub fn log_in(address: &str, username: &str, password: &str) -> String {
    let body = format!("username={username}&password={password}");
    let length = body.len();
    let request = Request(format!(
        "POST /login HTTP/1.1\r\nhost: city\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {length}\r\n\r\n{body}"
    ));
    let mut connection = Connection::open(address);
    connection.ask(&request);
    let session = connection.cookies.iter().find(|cookie| cookie.contains("session"));
    session.expect("a session's cookie").split(';').next().unwrap_or_default().to_owned()
}

/// Posts JSON once, on a connection of its own.
pub fn post(address: &str, path: &str, body: String, token: &str) -> Response {
    let mut connection = Connection::open(address);
    connection.ask(&Request::post_as(path, body, Some(token)))
}

struct Connection {
    cookies: Vec<String>,
    stream: BufReader<TcpStream>,
}

impl Connection {
    fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the server answers");
        stream.set_nodelay(true).expect("a socket takes the option");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a socket takes the option");
        Self { cookies: Vec::new(), stream: BufReader::new(stream) }
    }

    fn ask(&mut self, request: &Request) -> Response {
        self.stream.get_mut().write_all(request.0.as_bytes()).expect("the server reads");
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("the server answers");
        let status = line.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status line");
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line).expect("headers");
            let header = line.trim().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if header.starts_with("set-cookie:") {
                // A value keeps its case.
                self.cookies.push(line.trim()["set-cookie:".len()..].trim().to_owned());
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).expect("a body");
        Response { status, bytes: length, body: String::from_utf8_lossy(&body).into_owned() }
    }
}

/// How hard to press.
pub struct Load {
    /// The server.
    pub address: String,
    /// For how long.
    pub time: Duration,
}

/// What pressing gave.
pub struct Done {
    /// Answers per second.
    pub per_second: f64,
    p50: Duration,
    p99: Duration,
    failed: usize,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |d: Duration| d.as_secs_f64() * 1000.0;
        write!(f, "{:.0}/s, p50 {:.2} ms, p99 {:.2} ms", self.per_second, millis(self.p50), millis(self.p99))?;
        if self.failed > 0 { write!(f, ", {} FAILED", self.failed) } else { Ok(()) }
    }
}

impl Load {
    /// Presses with so many connections; `request` makes the nth request. All connections share one thread, so that the
    /// client takes as little as it can of the cores that it shares with the server.
    pub fn run(&self, connections: usize, request: impl Fn(usize) -> Request) -> Done {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let next = Cell::new(0);
        let started = Instant::now();
        let results = runtime.block_on(async {
            let workers = (0..connections).map(|_| self.worker(&next, &request));
            futures_util::future::join_all(workers).await
        });
        let elapsed = started.elapsed().as_secs_f64();
        let failed = results.iter().map(|(_, failed)| failed).sum();
        let mut times: Vec<Duration> = results.into_iter().flat_map(|(times, _)| times).collect();
        times.sort_unstable();
        let at = |share: f64| times.get(((times.len() as f64) * share) as usize).copied().unwrap_or_default();
        Done { per_second: times.len() as f64 / elapsed, p50: at(0.5), p99: at(0.99), failed }
    }

    async fn worker(&self, next: &Cell<usize>, request: &impl Fn(usize) -> Request) -> (Vec<Duration>, usize) {
        let mut stream = tokio::net::TcpStream::connect(&self.address).await.expect("the server answers");
        stream.set_nodelay(true).expect("a socket takes the option");
        let (mut times, mut failed, mut read) = (Vec::new(), 0, Vec::with_capacity(1 << 16));
        let end = Instant::now() + self.time;
        while Instant::now() < end {
            let request = request(next.replace(next.get() + 1));
            let asked = Instant::now();
            stream.write_all(request.0.as_bytes()).await.expect("the server reads");
            let status = answered(&mut stream, &mut read).await;
            times.push(asked.elapsed());
            failed += usize::from(status >= 300);
        }
        (times, failed)
    }
}

/// Reads one answer and drops its body; its status.
async fn answered(stream: &mut tokio::net::TcpStream, read: &mut Vec<u8>) -> u16 {
    read.clear();
    let mut whole = None;
    while whole.is_none_or(|(length, _)| read.len() < length) {
        assert!(stream.read_buf(read).await.expect("the server answers") > 0, "the server hung up");
        whole = whole.or_else(|| head(read));
    }
    whole.map(|(_, status)| status).unwrap_or_default()
}

/// The length of the whole answer and its status, once the head is there.
fn head(read: &[u8]) -> Option<(usize, u16)> {
    let end = read.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&read[..end]).expect("a head is text");
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status line");
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().expect("a length"))
    });
    Some((end + 4 + length.unwrap_or_default(), status))
}
