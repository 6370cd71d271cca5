//! Two circuit breakers on dependencies that really fail: the first run of this library.
//!
//! ```text
//! cargo run -p circuit-runtime --example quickstart
//! ```
//!
//! The breaker `"db"` guards a SQLite file, in a function ([`database::update_customer`]) and in an iterator
//! ([`database::customers`]). The breaker `"api"` guards a small HTTP service on a loopback port, in an async
//! function ([`api::rating`]). The database is locked by another connection; the service answers 503, then does
//! not listen, then hangs. Each time the breaker opens, rejects calls in no time and without touching what is
//! broken, and closes again when it is mended.
//!
//! It takes less than ten seconds and needs nothing but a temporary directory. It checks what it shows: if a
//! breaker does not trip or recover as it should, the exit status is 1.

mod api;
mod database;
mod http;
mod service;
mod tally;
mod timeline;

use std::error::Error;
use std::process::ExitCode;
use std::thread;

use circuit_runtime::{CircuitBreaker, State, breaker, registry};
use tokio::runtime;
use tokio::task::JoinSet;
use tokio::time::sleep;

use api::{ApiError, rating};
use database::{Customer, Database, DbError, customers, update_customer};
use service::{Health, Service};
use tally::Tally;
use timeline::{Begun, Timeline, explain, heading};

/// Calls made while a breaker is open.
const CROWD: u64 = 200;
/// Calls made at the same time when a breaker lets in a probe.
const RUSH: u64 = 20;

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quickstart: this is not as it should be: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome {
    registry().verify()?;
    let mut timeline = Timeline::start();
    database_acts(&mut timeline)?;
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(service_acts(&mut timeline))?;
    timeline.table([breaker!("db"), breaker!("api")]);
    expect_state(breaker!("db"), State::Closed)?;
    expect_state(breaker!("api"), State::Closed)
}

fn database_acts(timeline: &mut Timeline) -> Outcome {
    let db = Database::create()?;

    heading("the database works");
    update(timeline, &db, 1, "Ada").expect(Tally::ok(1))?;
    update(timeline, &db, 2, "Grace").expect(Tally::ok(1))?;
    list(timeline, &db).expect(Tally::ok(1))?;

    heading(
        "customers without a name are refused; that is excluded, so even many of them trip nothing",
    );
    update(timeline, &db, 3, "").expect(Tally::excluded(1))?;
    let invalid = u64::from(database::THRESHOLD) * 2;
    update_many(timeline, &db, invalid, "").expect(Tally::excluded(invalid))?;
    expect_state(breaker!("db"), State::Closed)?;

    heading("the database is locked by another connection");
    let lock = db.lock()?;
    for _ in 1..database::THRESHOLD {
        update(timeline, &db, 1, "Ada Lovelace").expect(Tally::failed(1))?;
        expect_state(breaker!("db"), State::Closed)?;
    }
    list(timeline, &db).expect(Tally::failed(1))?;
    reject_database_calls(timeline, &db)?;

    heading("the lock is still held when the ttl has passed: one probe fails");
    wait(timeline, breaker!("db"))?;
    update(timeline, &db, 1, "Ada Lovelace").expect(Tally::failed(1))?;
    reject_database_calls(timeline, &db)?;

    heading("the lock is let go: one probe succeeds");
    lock.release()?;
    wait(timeline, breaker!("db"))?;
    update(timeline, &db, 1, "Ada Lovelace").expect(Tally::ok(1))?;
    expect_state(breaker!("db"), State::Closed)?;
    list(timeline, &db).expect(Tally::ok(1))?;

    let made = Tally::of(breaker!("db")).made();
    expect(db.reached() == made, "a call reached the database uncounted")
}

/// Makes calls that an open breaker must keep from the database.
fn reject_database_calls(timeline: &mut Timeline, db: &Database) -> Outcome {
    expect_state(breaker!("db"), State::Open)?;
    let reached = db.reached();
    list(timeline, db).expect(Tally::rejected(1))?;
    update_many(timeline, db, CROWD, "Ada Lovelace").expect(Tally::rejected(CROWD))?;
    expect(db.reached() == reached, "a rejected call reached the database")?;
    expect_state(breaker!("db"), State::Open)
}

fn update(timeline: &mut Timeline, db: &Database, id: i64, name: &str) -> Tally {
    let customer = Customer { id, name: name.to_owned() };
    let begun = Begun::now(breaker!("db"), "update_customer");
    let result = update_customer(db, &customer).map(|()| format!("{name} saved"));
    timeline.end(&begun, &result)
}

fn update_many(timeline: &mut Timeline, db: &Database, calls: u64, name: &str) -> Tally {
    let customer = Customer { id: 1, name: name.to_owned() };
    let begun = Begun::now(breaker!("db"), "update_customer");
    let mut last = Ok(());
    for _ in 0..calls {
        last = update_customer(db, &customer);
    }
    timeline.end(&begun, &last.map(|()| String::new()))
}

fn list(timeline: &mut Timeline, db: &Database) -> Tally {
    let begun = Begun::now(breaker!("db"), "customers");
    let names = customers(db).map(|customer| Ok(customer?.name));
    let result = names.collect::<Result<Vec<_>, DbError>>().map(|names| names.join(", "));
    let tally = timeline.end(&begun, &result);
    if let Err(DbError::Rejected(rejected)) = &result {
        explain(rejected);
    }
    tally
}

async fn service_acts(timeline: &mut Timeline) -> Outcome {
    let mut service = Service::start().await?;

    heading("the service works; a 404 is an answer too, and excluded");
    rate(timeline, &service, 1).await.expect(Tally::ok(1))?;
    rate(timeline, &service, 2).await.expect(Tally::excluded(1))?;
    expect_state(breaker!("api"), State::Closed)?;

    outage(timeline, &mut service, Health::Unavailable, "the service answers 503").await?;
    outage(timeline, &mut service, Health::Down, "the service refuses connections").await?;
    outage(timeline, &mut service, Health::Hung, "the service accepts connections and hangs").await
}

/// Breaks the service, calls it until its breaker opens, mends it, and calls it until its breaker closes.
async fn outage(
    timeline: &mut Timeline,
    service: &mut Service,
    health: Health,
    description: &str,
) -> Outcome {
    let before = service.accepted();
    heading(description);
    service.turn(health).await?;
    for _ in 0..api::THRESHOLD {
        expect_state(breaker!("api"), State::Closed)?;
        rate(timeline, service, 1).await.expect(Tally::failed(1))?;
    }
    expect_state(breaker!("api"), State::Open)?;
    let failed = if health == Health::Down { 0 } else { u64::from(api::THRESHOLD) };
    expect(service.accepted() == before + failed, "a failed call missed the service")?;
    rate(timeline, service, 1).await.expect(Tally::rejected(1))?;
    rate_many(timeline, service, CROWD).await.expect(Tally::rejected(CROWD))?;

    heading(&format!(
        "the service is mended; when the ttl has passed, one of {RUSH} calls at once is the probe"
    ));
    service.turn(Health::Well).await?;
    rate_many(timeline, service, CROWD).await.expect(Tally::rejected(CROWD))?;
    expect(service.accepted() == before + failed, "a rejected call reached the service")?;
    wait_async(timeline, breaker!("api")).await?;
    rush(timeline, service).await.expect(Tally { ok: 1, ..Tally::rejected(RUSH - 1) })?;
    expect(service.accepted() == before + failed + 1, "more than the probe reached the service")?;
    expect_state(breaker!("api"), State::Closed)?;
    rate(timeline, service, 1).await.expect(Tally::ok(1))?;
    Ok(())
}

async fn rate(timeline: &mut Timeline, service: &Service, customer: i64) -> Tally {
    let begun = Begun::now(breaker!("api"), "rating");
    let result = rating(service.address(), customer).await;
    let tally = timeline.end(&begun, &result);
    if let Err(ApiError::Rejected(rejected)) = &result {
        explain(rejected);
    }
    tally
}

async fn rate_many(timeline: &mut Timeline, service: &Service, calls: u64) -> Tally {
    let begun = Begun::now(breaker!("api"), "rating");
    let mut last = Ok(String::new());
    for _ in 0..calls {
        last = rating(service.address(), 1).await;
    }
    timeline.end(&begun, &last)
}

async fn rush(timeline: &mut Timeline, service: &Service) -> Tally {
    let begun = Begun::now(breaker!("api"), "rating");
    let address = service.address();
    let calls: JoinSet<_> = (0..RUSH).map(|_| rating(address, 1)).collect();
    let results = calls.join_all().await;
    timeline.end(&begun, &results.into_iter().next().unwrap_or_else(|| Ok(String::new())))
}

/// Sleeps until `breaker` would let a call in, and lets in none.
fn wait(timeline: &Timeline, breaker: &'static CircuitBreaker) -> Outcome {
    let begun = Begun::now(breaker, "(wait)");
    // Asked again after each sleep: only the breaker knows whether its time is up.
    while let Some(time) = breaker.retry_after() {
        thread::sleep(time);
    }
    timeline.waited(&begun);
    expect_state(breaker, State::HalfOpen)
}

async fn wait_async(timeline: &Timeline, breaker: &'static CircuitBreaker) -> Outcome {
    let begun = Begun::now(breaker, "(wait)");
    while let Some(time) = breaker.retry_after() {
        sleep(time).await;
    }
    timeline.waited(&begun);
    expect_state(breaker, State::HalfOpen)
}

fn expect_state(breaker: &CircuitBreaker, expected: State) -> Outcome {
    let (name, state) = (breaker.name(), breaker.state());
    expect(state == expected, &format!("{name} is {state}, and should be {expected}"))
}

fn expect(holds: bool, otherwise: &str) -> Outcome {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}
