#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, missing_debug_implementations, rust_2018_idioms, future_incompatible)]
#![deny(nonstandard_style, unused, let_underscore, keyword_idents, refining_impl_trait)]
#![deny(
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    if_let_rescope,
    impl_trait_redundant_captures,
    macro_use_extern_crate,
    meta_variable_misuse,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    tail_expr_drop_order,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unreachable_pub,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![allow(edition_2024_expr_fragment_specifier)]

//! One function of every shape.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;

use circuit_runtime::{Causes, Rejected, breaker, circuit_breaker};

/// What goes wrong.
#[derive(Debug, thiserror::Error, Causes)]
pub enum DbError {
    /// The caller's fault.
    #[error(transparent)]
    Format(#[from] std::fmt::Error),
    /// The server's.
    #[error("status {status}")]
    Http {
        /// Its code.
        status: u16,
    },
    /// Not called at all.
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// Plain.
#[circuit_breaker(name = "db", threshold = 3, ttl = 60)]
pub fn plain(id: u32) -> Result<u32, DbError> {
    if id == 0 {
        return Err(DbError::Http { status: 500 });
    }
    Ok(id)
}

/// With a boxed error.
#[circuit_breaker(name = "db")]
pub fn boxed_error(id: u32) -> Result<u32, Box<dyn Error + Send + Sync>> {
    if id == 0 {
        Err("no id")?;
    }
    let _ = plain(id)?;
    Ok(id)
}

/// With an `io::Error`.
#[circuit_breaker(name = "db", exclude = [std::io::Error])]
pub fn io_error(id: u32) -> std::io::Result<u32> {
    Ok(id)
}

/// With lists.
#[circuit_breaker(
    name = "db",
    exclude = [std::fmt::Error, DbError::Format, DbError::Http { status: 400..=499 }],
    ignore = [|e: &DbError| e.to_string().is_empty()],
    failure_if = |id| *id == 7,
)]
pub fn lists(id: u32) -> Result<u32, DbError> {
    Ok(id)
}

/// With its own rejection.
#[circuit_breaker(name = "db", only = [std::io::Error], rejected = |rejected: Rejected| rejected.to_string())]
pub fn own_rejection(id: u32) -> Result<u32, String> {
    Ok(id)
}

/// With a fallback.
#[circuit_breaker(name = "db", fallback = |_, (_, b)| b)]
pub fn fallback(a: u32, (b, c): (u32, u32)) -> u32 {
    a + b + c
}

/// Returns nothing.
#[circuit_breaker(name = "db", fallback = || ())]
pub fn nothing() {}

/// Generic.
#[circuit_breaker(name = "db")]
pub fn generic<'a, T: ?Sized, E, const N: usize>(value: &'a T, _: [u8; N]) -> Result<&'a T, E>
where
    E: From<Rejected>,
{
    Ok(value)
}

/// Borrows mutably, and gives that back.
#[circuit_breaker(name = "db")]
pub fn borrowed(rows: &mut Vec<u32>) -> Result<&mut u32, DbError> {
    rows.push(1);
    rows.last_mut().ok_or(DbError::Http { status: 404 })
}

/// Asynchronous.
#[circuit_breaker(name = "db")]
pub async fn asynchronous(mut id: u32, text: &str) -> Result<u32, DbError> {
    id += 1;
    std::future::ready(()).await;
    if text.is_empty() {
        return Err(DbError::Http { status: 400 });
    }
    Ok(id)
}

/// Asynchronous, with a fallback.
#[circuit_breaker(name = "db", fallback = async |id| id)]
pub async fn asynchronous_fallback(id: u32) -> u32 {
    id
}

/// Returns a future.
#[circuit_breaker(name = "db")]
pub fn future(id: &u32) -> impl Future<Output = Result<u32, DbError>> + Send {
    let id = *id;
    async move { Ok(id) }
}

/// Returns a boxed future.
#[circuit_breaker(name = "db")]
pub fn boxed_future<'a>(id: &'a u32) -> Pin<Box<dyn Future<Output = Result<u32, DbError>> + Send + 'a>> {
    Box::pin(async move { Ok(*id) })
}

/// Returns an iterator.
#[circuit_breaker(name = "db")]
pub fn rows(ids: &[u32]) -> impl DoubleEndedIterator<Item = Result<&u32, DbError>> + ExactSizeIterator {
    ids.iter().map(Ok)
}

/// Returns a boxed iterator.
#[circuit_breaker(name = "db")]
pub fn boxed_rows(ids: &[u32]) -> Box<dyn Iterator<Item = Result<u32, DbError>> + '_> {
    Box::new(ids.iter().copied().map(Ok))
}

/// Returns an iterator if all goes well.
#[circuit_breaker(name = "db")]
pub fn tried_rows(ids: &[u32]) -> Result<impl Iterator<Item = Result<u32, DbError>>, DbError> {
    if ids.is_empty() {
        return Err(DbError::Http { status: 404 });
    }
    Ok(ids.iter().copied().map(Ok))
}

/// Returns a boxed iterator if all goes well.
#[circuit_breaker(name = "db")]
pub fn tried_boxed_rows(ids: &[u32]) -> Result<Box<dyn Iterator<Item = Result<u32, DbError>> + '_>, DbError> {
    Ok(Box::new(ids.iter().copied().map(Ok)))
}

/// An iterator of plain items, with a fallback.
#[circuit_breaker(name = "db", fallback = |_| std::iter::empty())]
pub fn fallback_rows(ids: &[u32]) -> impl Iterator<Item = u32> {
    ids.iter().copied()
}

/// Something with methods.
#[derive(Debug, Default)]
pub struct Db {
    calls: u32,
}

impl Db {
    /// By reference.
    #[circuit_breaker(name = "db")]
    pub fn shared(&self) -> Result<&u32, DbError> {
        Ok(&self.calls)
    }

    /// By mutable reference.
    #[circuit_breaker(name = "db")]
    pub fn exclusive(&mut self, by: u32) -> Result<&mut Self, DbError> {
        self.calls += by;
        Ok(self)
    }

    /// By value.
    #[circuit_breaker(name = "db", fallback = Self::kept)]
    pub fn owned(mut self, by: u32) -> Self {
        self.calls += by;
        self
    }

    fn kept(self, _: u32) -> Self {
        self
    }

    /// By `Arc`.
    #[circuit_breaker(name = "db")]
    pub async fn counted(self: Arc<Self>) -> Result<u32, DbError> {
        Ok(self.calls)
    }

    /// Without a receiver.
    #[circuit_breaker(name = "db")]
    pub fn open(calls: u32) -> Result<Self, DbError> {
        Ok(Self { calls })
    }
}

/// Something to implement.
pub trait Load {
    /// With a body.
    #[circuit_breaker(name = "db")]
    fn load(&self) -> Result<u32, DbError> {
        Ok(1)
    }

    /// Without, as `async_trait` leaves it.
    fn later<'life0, 'async_trait>(
        &'life0 self,
    ) -> Pin<Box<dyn Future<Output = Result<u32, DbError>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait;

    /// Asynchronous.
    fn soon(&self) -> impl Future<Output = Result<u32, DbError>> + Send;
}

impl Load for Db {
    #[circuit_breaker(name = "db")]
    fn load(&self) -> Result<u32, DbError> {
        Ok(self.calls)
    }

    #[circuit_breaker(name = "db")]
    fn later<'life0, 'async_trait>(
        &'life0 self,
    ) -> Pin<Box<dyn Future<Output = Result<u32, DbError>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move { Ok(self.calls) })
    }

    #[circuit_breaker(name = "db")]
    async fn soon(&self) -> Result<u32, DbError> {
        Ok(self.calls)
    }
}

fn is_send<T: Send>(_: &T) {}

fn wait<T>(future: impl Future<Output = T> + Send) -> T {
    is_send(&future);
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    circuit_runtime::registry().verify()?;
    assert_eq!(plain(1)? + boxed_error(1)? + io_error(1)? + lists(1)? + own_rejection(1)?, 5);
    assert_eq!(fallback(1, (2, 3)), 6);
    nothing();
    assert_eq!(generic::<str, DbError, 1>("x", [1])?, "x");
    assert_eq!(*borrowed(&mut Vec::new())?, 1);
    assert_eq!(wait(asynchronous(1, "x"))?, 2);
    assert_eq!(wait(asynchronous_fallback(1)), 1);
    assert_eq!(wait(future(&1))? + wait(boxed_future(&1))?, 2);
    assert_eq!(rows(&[1, 2]).rev().len(), 2);
    assert_eq!(boxed_rows(&[1, 2]).chain(tried_rows(&[1])?).chain(tried_boxed_rows(&[1])?).count(), 4);
    assert_eq!(fallback_rows(&[1, 2]).count(), 2);
    let mut db = Db::open(1)?;
    assert_eq!(*db.shared()?, 1);
    let _ = db.exclusive(1)?;
    let db = Arc::new(db.owned(1));
    assert_eq!(db.load()? + wait(db.later())? + wait(db.soon())?, 9);
    assert_eq!(wait(db.counted())?, 3);
    assert_eq!(breaker!("db").failure_count(), 0);
    assert_eq!(breaker!("other", threshold = 1).failure_count(), 0);
    Ok(())
}
