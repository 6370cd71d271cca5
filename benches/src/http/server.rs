//! Who answers: an HTTP/1.1 server on the loopback interface, in this process, on a core of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
use std::thread;

use axum::Router;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use core_affinity::{get_core_ids, set_for_current};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

pub(super) const PATH: &str = "/v1/users";
pub(super) const BODY: &str = "ok";

/// Starts it; it ends with the process.
pub(super) fn start() -> Result<SocketAddr, String> {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        pin(0);
        runtime().block_on(async {
            let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
            let address = bound.as_ref().map_err(ToString::to_string);
            let address = address
                .and_then(|listener| listener.local_addr().map_err(|error| error.to_string()));
            let _ = tell.send(address);
            let Ok(listener) = bound else { return };
            let router = Router::new().route(PATH, get(async || BODY));
            // No answer is to wait for another.
            let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
            let _ = axum::serve(listener, router).await;
        });
    });
    told.recv().map_err(|error| error.to_string())?.map_err(|error| format!("a server: {error}"))
}

/// All on the thread that runs it.
pub(super) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime can be made")
}

/// Keeps this thread on the core of that number, or, where there are fewer, wherever.
pub(super) fn pin(number: usize) {
    if let Some(core) = get_core_ids().unwrap_or_default().get(number) {
        set_for_current(*core);
    }
}
