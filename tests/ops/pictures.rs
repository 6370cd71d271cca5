//! The pictures in the documentation: `cargo test -p integration-tests --test ops -- --ignored pictures`.

use std::path::PathBuf;

use circuit_runtime::ops::Ops;
use circuit_runtime::test_util::isolate;
use circuit_runtime::{CircuitBreaker, Mode, breaker};
use integration_tests::browser::Browser;
use integration_tests::{permit, succeed};
use serde_json::Value;

use crate::live::Served;
use crate::support::TOKEN;

fn picture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../docs/ops", name].iter().collect()
}

/// Some seconds of calls, as many as look alive.
async fn busy(browser: &Browser, breakers: &[&CircuitBreaker]) {
    for second in 0..12_u32 {
        for (number, breaker) in (1..).zip(breakers) {
            for _ in 0..(second * number * 7 % 11 + 4) {
                match breaker.try_acquire() {
                    Ok(permit) if breaker.state() == circuit_runtime::State::Closed => permit.success(),
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
    let _isolation = isolate();
    let payments = breaker!("payments", threshold = 5, ttl = 60);
    let search = breaker!("search", failure_rate = 0.5, threshold = 10, window = 10);
    let mail = breaker!("mail", threshold = 3, ttl = 30, max_ttl = "5m");
    let inventory = breaker!("inventory", threshold = 5);
    let all = [payments, search, mail, inventory];
    let ops = Ops::new().title("shop, eu-1").operator("alice", TOKEN).unwrap();
    let served = Served::new(ops.router()).await;
    let browser = Browser::start().await;
    browser.size(1100, 420).await;
    browser.open(&served.page()).await;
    // Of the other tests of this program nothing is to be seen.
    browser.shows("#link", "live").await;
    let only = "[...breakers.keys()].filter((name) => name.includes('/') || name.includes('-') || /changed|audited|guarded|unchanged/.test(name))";
    let hide = format!("(() => {{ const hidden = new Set({only}); setInterval(() => {{ for (const name of hidden) {{ const known = breakers.get(name); if (known) {{ known.tr.remove(); breakers.delete(name); }} }} arrange(); }}, 50); return hidden.size; }})()");
    browser.until("breakers.size > 3").await;
    browser.value(&hide).await;
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
    assert_eq!(browser.value("breakers.size").await, Value::from(4));
}
