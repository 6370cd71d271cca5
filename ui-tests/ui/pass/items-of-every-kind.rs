#![deny(warnings)]

use std::error::Error;
use std::io;

use circuit_runtime::{Causes, Rejected, circuit_breaker};

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Invalid<T: std::fmt::Display + std::fmt::Debug>(T);

#[derive(Debug, thiserror::Error, Causes)]
enum DbError {
    #[error("timeout")]
    Timeout,
    #[error("http status {0}")]
    Http(u16),
    #[error("row {row}: {source}")]
    Row { row: u32, source: io::Error },
    #[error(transparent)]
    Invalid(#[from] Invalid<String>),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

const TEAPOT: u16 = 418;

macro_rules! server_error {
    () => { DbError::Http(500..=599) };
}

fn harmless(status: u16) -> bool {
    status == 304
}

#[circuit_breaker(
    name = "db",
    exclude = [
        io::Error,
        ::std::fmt::Error,
        Invalid<String>,
        Invalid<&'static str>,
        <Vec<io::Error> as IntoIterator>::Item,
        DbError::Timeout,
        DbError::Http(TEAPOT | 400..=403),
        DbError::Row { row: 0, .. },
        self::DbError::Invalid(_),
        DbError::Http(404) | DbError::Http(405),
        server_error!(),
        |e: &io::Error| e.kind() == io::ErrorKind::NotFound,
        |e: &DbError| -> bool { matches!(e, DbError::Http(status) if harmless(*status)) },
        move |Invalid(text): &Invalid<String>| text.is_empty(),
    ],
    ignore = [DbError::Row],
)]
fn load(status: u16) -> Result<u16, DbError> {
    match status {
        0 => Err(DbError::Timeout),
        1 => Err(Invalid("text".to_owned()).into()),
        2 => Err(DbError::Row { row: 1, source: io::Error::other("x") }),
        200 => Ok(200),
        status => Err(DbError::Http(status)),
    }
}

impl DbError {
    #[circuit_breaker(name = "db", only = [Self::Http, Self::Timeout])]
    fn only_variants(self) -> Result<u32, Self> {
        Err(self)
    }
}

#[circuit_breaker(name = "db", exclude = [DbError, io::Error], ignore = [|e: &Rejected| e.name() == "db"])]
fn dynamic(id: u32) -> Result<u32, Box<dyn Error>> {
    if id == 0 { Err(DbError::Timeout)? } else { Ok(id) }
}

#[circuit_breaker(name = "db", exclude = [T])]
fn generic<T: Error + Send + Sync + 'static>(error: T) -> Result<u32, io::Error> {
    Err(io::Error::other(error))
}

#[circuit_breaker(name = "db", exclude = [io::Error])]
async fn asynchronous(id: u32) -> io::Result<u32> {
    Ok(id)
}

// What is no `Error` can still be the function's own.
#[circuit_breaker(name = "db", exclude = [&'static str], ignore = [|text: &&'static str| text.is_empty()], rejected = |_| "")]
fn text(id: u32) -> Result<u32, &'static str> {
    Ok(id)
}

#[circuit_breaker(name = "db", exclude = [u32, 1..=9], ignore = [0], rejected = |_| 0)]
fn number(id: u32) -> Result<u32, u32> {
    Ok(id)
}

#[circuit_breaker(name = "db", exclude = [str_error::Text { code: 400..=499 }], rejected = |_| &str_error::TEXT)]
fn reference(id: u32) -> Result<u32, &'static str_error::Text> {
    Ok(id)
}

#[circuit_breaker(name = "db", exclude = [DbError::Timeout, |e: &DbError| harmless(0) && e.source().is_some()])]
fn items_that_are_no_results(id: u32) -> Result<impl Iterator<Item = u32>, DbError> {
    Ok(0..id)
}

mod str_error {
    #[derive(Debug)]
    pub struct Text {
        pub code: u16,
    }

    pub static TEXT: Text = Text { code: 1 };
}

fn main() {
    circuit_runtime::registry().verify().unwrap();
    for status in [0, 1, 2, 200, 400, 418, 404, 304, 500] {
        let _ = load(status);
    }
    let _ = (DbError::Rejected, text(1), number(1), reference(1).map_err(|text| text.code));
    assert_eq!(items_that_are_no_results(2).unwrap().count(), 2);
    let _ = (dynamic(0), dynamic(1), generic(DbError::Timeout));
    drop(asynchronous(1));
    assert_eq!(circuit_runtime::breaker!("db").failure_count(), 0);
    let _ = DbError::Timeout.only_variants();
    assert_eq!(circuit_runtime::breaker!("db").failure_count(), 1);
}
