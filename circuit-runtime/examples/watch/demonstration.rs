//! A service to watch, where there is none.

use std::io;
use std::time::Duration;

use circuit_runtime::ops::Ops;
use circuit_runtime::{Mode, Rejected, breaker, circuit_breaker};
use tokio::net::TcpListener;
use tokio::time::sleep;

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("{0}")]
    Down(&'static str),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[circuit_breaker(name = "mail", threshold = 3, max_ttl = "5m")]
fn send_mail() -> Result<(), Fault> {
    Err(Fault::Down("421 4.7.0 Try again later"))
}

#[circuit_breaker(name = "payments", threshold = 5, ttl = 5)]
fn pay(is_down: bool) -> Result<(), Fault> {
    if is_down { Err(Fault::Down("10.1.4.7:443: connection refused")) } else { Ok(()) }
}

#[circuit_breaker(name = "inventory", threshold = 5)]
fn count_stock() -> Result<(), Fault> {
    Ok(())
}

#[circuit_breaker(name = "coupons", threshold = 5)]
fn find_coupon() -> Result<(), Fault> {
    Ok(())
}

/// Its address, at which it is for as long as this program runs.
pub(crate) async fn start() -> io::Result<String> {
    breaker!("coupons").set_mode(Mode::ForcedOpen);
    (0..5).for_each(live);
    tokio::spawn(async {
        for moment in 5.. {
            sleep(Duration::from_millis(50)).await;
            live(moment);
        }
    });
    let router: axum::Router = Ops::new().router();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

/// What fails is seen by the breakers, and here by nobody.
fn live(moment: u32) {
    let _ = send_mail();
    let _ = pay(moment % 600 < 240);
    let _ = count_stock();
    let _ = find_coupon();
}
