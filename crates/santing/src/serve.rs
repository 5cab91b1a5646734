//! `santing serve`: from a data directory to a listening server, and in good order down again.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use anyhow::Context as _;
use app::context::App;
use tokio::sync::watch;

use crate::Outcome;
use crate::config::{Config, ServeConfig};
use crate::open::Ground;
use crate::out::say;
use crate::{http, jobs, listen};

/// Opens the city and serves it until it is told to stop.
pub fn serve(config: &Config, serving: &ServeConfig) -> anyhow::Result<Outcome> {
    log();
    let ground = Ground::of(config)?;
    // First the door: a taken port must not leave a half-begun city behind.
    let listener = bind(&serving.listen)?;
    let (store, options) = ground.open_store(config)?;
    let _claim = store.claim_serving()?;
    let app = ground.app(config, store, &options, serving.public_url.clone())?;
    if let Some(password) = app::people::first_administrator(&app)? {
        say!("首次启动：已建立管理员账号 admin，一次性密码 {password}（只显示这一次，首次登录后必须修改）");
    }
    run(app, listener, serving)
}

/// Serves an opened city on `listener` until it is told to stop.
pub fn run(app: App, listener: TcpListener, serving: &ServeConfig) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(16)
        .enable_all()
        .build()
        .context("启动运行环境")?;
    runtime.block_on(serve_city(app, listener, serving))?;
    // A request that is still being worked on has had its time; its transaction is whole or not at all.
    runtime.shutdown_timeout(Duration::from_secs(5));
    Ok(Outcome::Done)
}

async fn serve_city(app: App, listener: TcpListener, serving: &ServeConfig) -> anyhow::Result<()> {
    let address = listener.local_addr().context("问监听地址")?;
    let (stop, stopped) = watch::channel(false);
    let jobs = tokio::spawn(jobs::run(app.clone(), stopped.clone()));
    let router = http::router(&app, serving);
    announce(&app, address);
    let signal = tokio::spawn(async move {
        told_to_stop().await;
        tracing::info!("stopping: no new requests, the running ones are finished");
        // Nobody listening means that everything has stopped already.
        let _ = stop.send(true);
    });
    listen::listen(listener, router, stopped).await?;
    signal.abort();
    let _ = jobs.await;
    Ok(())
}

/// Takes the address, or says in plain words why not.
pub fn bind(address: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            anyhow::anyhow!(
                "{address} 已经被别的程序占用。请用 --listen 换一个端口，例如 --listen 127.0.0.1:8081（写 0 则自动选）"
            )
        }
        std::io::ErrorKind::PermissionDenied => {
            anyhow::anyhow!("没有权限监听 {address}。1024 以下的端口要由管理员授权")
        }
        _ => anyhow::anyhow!("不能监听 {address}：{error}"),
    })
}

/// Says where it is; in one piece, and without minding that a script may have stopped listening.
fn announce(app: &App, address: SocketAddr) {
    let mut text = format!("{}  http://{address}/  （数据目录 {}）\n", app.city().title, app.data_dir().display());
    if app.demo() {
        text += "演示账号：统筹岗 tongchou、管理员 admin、市领导 lingdao、审计 shenji，各单位见登录页；密码都是 ";
        text += app::people::DEMO_PASSWORD;
        text.push('\n');
    }
    text += "按 Ctrl+C 停止\n";
    let mut out = std::io::stdout().lock();
    // A closed pipe is no reason to stop serving.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

async fn told_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}

/// Log lines go to standard error; `SANTING_LOG=debug` also shows every request.
pub fn log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("SANTING_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // A second call (a test in the same process) finds the first one's logger in place.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_writer(std::io::stderr)
        .try_init();
}
