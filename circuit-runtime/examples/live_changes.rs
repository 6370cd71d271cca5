//! A breaker that is changed while it runs: settings, mode and state, by hand.

use std::time::Duration;

use circuit_runtime::{CircuitBreaker, Mode, Settings, State, breaker};

fn fail(breaker: &CircuitBreaker) {
    if let Ok(permit) = breaker.try_acquire() {
        permit.failure(&"connection refused");
    }
}

fn main() -> Result<(), circuit_runtime::SettingsError> {
    let db = breaker!("db", threshold = 5, ttl = 60);

    // State and counts are kept: two failures so far, and the third one trips now.
    fail(db);
    fail(db);
    db.set_threshold(3)?;
    println!("{} failures of {}", db.failure_count(), db.settings().get_threshold());
    fail(db);
    println!("{db}, for {:?}", db.retry_after());

    // What is left of the time open is measured anew, from when it opened.
    db.set_ttl(Duration::from_secs(5))?;
    println!("now for {:?}", db.retry_after());

    // A change that cannot be is refused, and changes nothing.
    if let Err(error) = db.set_settings(Settings::new().failure_rate(0.5)) {
        println!("{error}");
    }

    // By hand.
    db.close();
    assert_eq!(db.state(), State::Closed);

    // Counted and reported, and never rejected.
    db.set_mode(Mode::Shadow);
    (0..3).for_each(|_| fail(db));
    println!(
        "{db}, in mode {}: {}",
        db.mode(),
        if db.try_acquire().is_ok() { "let in" } else { "kept out" }
    );

    // Everything given live is taken back.
    db.set_mode(Mode::Normal);
    db.reset_settings();
    db.close();
    println!("{}", db.settings());
    assert_eq!(db.settings().get_threshold(), 5);
    Ok(())
}
