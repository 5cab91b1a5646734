//! Connections: how many at once, how long a client may take to say what it wants, and how the last ones end.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch::Receiver};
use tower::ServiceExt as _;

/// Connections at once; more wait in the system's queue.
const MOST: usize = 4096;
/// A client that has not finished the head of its request by then is let go, and so is one that keeps silent.
const HEAD: Duration = Duration::from_secs(30);
/// How long the last requests get after the stop.
const LAST: Duration = Duration::from_secs(10);
/// How long nothing is accepted after the system refused a connection (out of file descriptors, say).
const REFUSED: Duration = Duration::from_millis(200);

/// Serves `router` on `listener` until `stopped`, then finishes what is running.
pub async fn listen(listener: TcpListener, router: Router, mut stopped: Receiver<bool>) -> anyhow::Result<()> {
    listener.set_nonblocking(true).context("准备监听")?;
    let listener = tokio::net::TcpListener::from_std(listener).context("准备监听")?;
    let places = Arc::new(Semaphore::new(MOST));
    let running = GracefulShutdown::new();
    loop {
        let place = Arc::clone(&places).acquire_owned().await.context("等待连接名额")?;
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            // An error means that the sender is gone, which is a reason to stop as well.
            _ = stopped.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = running.watch(connection(stream, peer, router.clone()));
                tokio::spawn(async move {
                    // A client that goes away is no news.
                    let _ = connection.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(REFUSED).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(LAST, running.shutdown()).await.is_err() {
        tracing::warn!("some requests were still running and are dropped");
    }
    Ok(())
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send + 'static {
    // Answers are small: waiting to fill a packet would only add latency. Failing to ask for that is no trouble.
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request.map(Body::new))
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(stream), service)
}
