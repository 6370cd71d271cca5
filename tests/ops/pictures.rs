//! The pictures in the documentation: `cargo test -p integration-tests --test ops -- --ignored pictures`.

use std::path::PathBuf;

use circuit_runtime::ops::Ops;
use circuit_runtime::{CircuitBreaker, Mode, State};
use integration_tests::browser::Browser;
use integration_tests::{isolate_in_real_time, permit, succeed};

use crate::live::Served;
use crate::support::{TOKEN, declared};

fn picture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../docs/ops", name].iter().collect()
}

/// Some seconds of calls, as many as look alive.
async fn busy(browser: &Browser, breakers: &[&CircuitBreaker]) {
    for second in 0..12_u32 {
        for (number, breaker) in (1..).zip(breakers) {
            for _ in 0..(second * number * 7 % 11 + 4) {
                match breaker.try_acquire() {
                    Ok(permit) if breaker.state() == State::Closed => permit.success(),
                    Ok(permit) => permit.ignore(),
                    Err(_) => {}
                }
            }
        }
        let samples = browser.value("order[0].all.length").await;
        browser.until(&format!("order[0].all.length > {samples}")).await;
    }
}

#[tokio::test]
#[ignore = "writes the pictures anew"]
async fn pictures() {
    let _isolation = isolate_in_real_time();
    let all = declared();
    let [payments, _, mail, inventory] = all;
    let ops = Ops::new().title("shop, eu-1").operator("alice", TOKEN).unwrap();
    let served = Served::new(ops.router()).await;
    let browser = Browser::start().await;
    browser.size(1100, 420).await;
    browser.open(&served.page()).await;
    browser.shows("#link", "live").await;
    browser.until("breakers.size === 4").await;
    busy(&browser, &all).await;
    browser.screenshot(&picture("closed.png")).await;

    for _ in 0..5 {
        permit(payments).failure(&"connect to 10.1.4.7:443: connection refused");
    }
    busy(&browser, &all).await;
    browser.size(1100, 900).await;
    browser.click("#breakers button").await;
    browser.shows(".detail dt", "Settings").await;
    browser.screenshot(&picture("open.png")).await;
    browser.phone().await;
    browser.screenshot(&picture("phone.png")).await;
    browser.prefer("prefers-color-scheme", "dark").await;
    browser.screenshot(&picture("dark.png")).await;
    browser.prefer("prefers-color-scheme", "light").await;
    browser.click("#breakers button").await;

    payments.half_open();
    mail.set_mode(Mode::ForcedOpen);
    let probe = payments.try_acquire().unwrap();
    succeed(inventory);
    browser.size(1100, 420).await;
    browser.until("order.some((known) => known.row.probes_in_flight > 0)").await;
    browser.screenshot(&picture("half-open.png")).await;
    probe.success();
}
