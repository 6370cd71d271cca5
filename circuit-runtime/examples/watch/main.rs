//! All breakers of a service in a terminal, as its `ops` router tells of them: those that are open first, and why.
//!
//! ```sh
//! cargo run --example watch --features ops -- http://127.0.0.1:3000/ops
//! ```
//!
//! `q` ends it. With `--once`, or where its output is no terminal, it prints the table once; without an address it watches a
//! service of its own, whose dependencies come and go.

mod demonstration;
mod reading;
mod service;
mod view;

use std::error::Error;
use std::io::{self, IsTerminal};
use std::sync::mpsc;
use std::time::Duration;

use tokio::task::block_in_place;
use tokio::time::sleep;

use reading::Shown;
use service::{Service, Unread};
use view::View;

const EVERY: Duration = Duration::from_millis(500);

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Fallible<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (flags, addresses): (Vec<_>, Vec<_>) =
        words.iter().map(String::as_str).partition(|word| word.starts_with('-'));
    let (is_once, address) = match (&flags[..], &addresses[..]) {
        ([], [] | [_]) => (!io::stdout().is_terminal(), addresses.first()),
        (["--once"], [] | [_]) => (true, addresses.first()),
        _ => return Err("usage: watch [--once] [http://host:port/path]".into()),
    };
    let service = match address {
        Some(address) => Service::at(address)?,
        None => Service::at(&demonstration::start().await?)?,
    };
    if !is_once {
        return watch(service);
    }
    let rows = once(&service).await.map_err(|error| format!("{}: {error}", service.address()))?;
    print!("{}", view::plain(&rows));
    let is_open = |row: &Shown| row.cells[0] == "mail" && row.cells[1] == "open";
    assert!(address.is_some() || rows.iter().any(is_open), "the demonstration's mail is open");
    Ok(())
}

fn watch(service: Service) -> Fallible<()> {
    let mut view = View::of(service.address());
    let (sender, readings) = mpsc::channel();
    tokio::spawn(async move {
        while sender.send(service.read().await).is_ok() {
            sleep(EVERY).await;
        }
    });
    let mut terminal = ratatui::try_init()?; // from here on, a panic restores it as well
    let ended = block_in_place(|| view.run(&mut terminal, &readings));
    ratatui::restore();
    Ok(ended?)
}

/// Read twice, or there would be no calls per second.
async fn once(service: &Service) -> Result<Vec<Shown>, Unread> {
    let before = service.read().await?;
    sleep(EVERY).await;
    Ok(service.read().await?.shown(Some(&before)))
}
