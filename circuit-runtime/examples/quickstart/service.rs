//! A rating service on a loopback port, which can be broken in three ways.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::http::{self, Response};

/// The only customer it knows.
const KNOWN: &str = "/ratings/1";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    Well,
    /// Answers every request with 503.
    Unavailable,
    /// Does not listen.
    Down,
    /// Accepts connections, and is silent.
    Hung,
}

#[derive(Debug)]
pub(crate) struct Service {
    address: SocketAddr,
    accepted: Arc<AtomicU64>,
    serving: Option<JoinHandle<()>>,
    /// Bound, but not listening: connections are refused, and nobody else is given the port meanwhile.
    reserved: Option<TcpSocket>,
}

impl Service {
    /// A service that is well, on a free port.
    pub(crate) async fn start() -> io::Result<Self> {
        let reserved = reserve((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = reserved.local_addr()?;
        let accepted = Arc::default();
        let mut service = Self { address, accepted, serving: None, reserved: Some(reserved) };
        service.turn(Health::Well).await?;
        Ok(service)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections it has accepted: one per call that reached it.
    pub(crate) fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// Ends what it is doing, open connections included, and goes on as `health` says.
    pub(crate) async fn turn(&mut self, health: Health) -> io::Result<()> {
        let socket = match self.reserved.take() {
            Some(reserved) => reserved,
            None => {
                self.stop().await;
                reserve(self.address)?
            }
        };
        if health == Health::Down {
            self.reserved = Some(socket);
        } else {
            let listener = socket.listen(64)?;
            self.serving = Some(tokio::spawn(serve(listener, health, Arc::clone(&self.accepted))));
        }
        Ok(())
    }

    async fn stop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            // Only now is the listener closed. The error says that the task was aborted.
            serving.await.ok();
        }
    }
}

fn reserve(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Connections that were closed hold on to their port for a while. On Windows they do not, and the option
    // would let others have the port at the same time.
    socket.set_reuseaddr(cfg!(unix))?;
    socket.bind(address)?;
    Ok(socket)
}

async fn serve(listener: TcpListener, health: Health, accepted: Arc<AtomicU64>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        accepted.fetch_add(1, Ordering::Relaxed);
        connections.spawn(answer(stream, health));
    }
}

async fn answer(stream: TcpStream, health: Health) {
    if health == Health::Hung {
        std::future::pending::<()>().await;
    }
    let response = |path: &str| match (health, path) {
        (Health::Well, KNOWN) => Response { status: 200, body: "AA".to_owned() },
        (Health::Well, _) => Response { status: 404, body: String::new() },
        _ => Response { status: 503, body: String::new() },
    };
    // A client that has gone away is not the service's concern.
    http::respond(stream, response).await.ok();
}
