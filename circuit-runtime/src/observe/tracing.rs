//! Events for the subscribers of `tracing`: one for each change, none for a call. Described for users in the guide.

use std::time::Duration;

use tracing::{Level, event};

use crate::breaker::{
    CircuitBreaker, Listener, Mode, ModeChange, Operation, Rule, SettingsChange, Sharing, Standing,
    StateChange, StorageChange, Trip,
};
use crate::machine::State;

struct Tracing;

inventory::submit!(Standing(&Tracing));

/// An event's level is part of its call site, so each has one of its own.
macro_rules! opened {
    ($level:expr, $breaker:expr, $change:expr, $trip:expr) => {
        event!(
            target: "circuit_runtime",
            $level,
            breaker = $breaker.name(),
            from = $change.from.as_str(),
            to = $change.to.as_str(),
            mode = $breaker.mode().as_str(),
            rule = $trip.rule.as_str(),
            measured = $trip.measured,
            limit = $trip.limit,
            window_ms = $trip.window.map(millis),
            calls = $trip.calls,
            failure_rate = $trip.failure_rate,
            minimum_calls = $trip.minimum_calls,
            open_for_ms = millis($trip.open_for),
            last_failure = $trip.last_failures.last().map(String::as_str),
            "circuit breaker {:?} opened: {}",
            $breaker.name(),
            $trip,
        )
    };
}

impl Listener for Tracing {
    fn hears_calls(&self) -> bool {
        false
    }

    fn state_change(&self, breaker: &CircuitBreaker, change: &StateChange) {
        match &change.trip {
            Some(trip) if is_news(breaker, change, trip) => {
                opened!(Level::ERROR, breaker, change, trip);
            }
            Some(trip) => opened!(Level::WARN, breaker, change, trip),
            None => event!(
                target: "circuit_runtime",
                Level::INFO,
                breaker = breaker.name(),
                from = change.from.as_str(),
                to = change.to.as_str(),
                mode = breaker.mode().as_str(),
                "circuit breaker {:?} is {}",
                breaker.name(),
                change.to,
            ),
        }
    }

    fn mode_change(&self, breaker: &CircuitBreaker, ModeChange { from, to }: &ModeChange) {
        macro_rules! changed {
            ($level:expr) => {
                event!(
                    target: "circuit_runtime",
                    $level,
                    breaker = breaker.name(),
                    from_mode = from.as_str(),
                    to_mode = to.as_str(),
                    "circuit breaker {:?} is in mode {to}, after {from}",
                    breaker.name(),
                )
            };
        }
        match to {
            Mode::Normal => changed!(Level::INFO),
            _ => changed!(Level::WARN),
        }
    }

    fn settings_change(&self, breaker: &CircuitBreaker, change: &SettingsChange) {
        event!(
            target: "circuit_runtime",
            Level::INFO,
            breaker = breaker.name(),
            before = %change.before,
            after = %change.after,
            "circuit breaker {:?} has other settings: {change}",
            breaker.name(),
        );
    }

    fn operated(&self, breaker: &CircuitBreaker, operation: &Operation) {
        event!(
            target: "circuit_runtime",
            Level::INFO,
            breaker = breaker.name(),
            operator = &*operation.operator,
            action = operation.action,
            reason = operation.reason,
            peer = operation.peer,
            "circuit breaker {:?}: {operation}",
            breaker.name(),
        );
    }

    fn storage_change(&self, change: &StorageChange) {
        macro_rules! changed {
            ($level:expr) => {
                event!(
                    target: "circuit_runtime",
                    $level,
                    storage = &*change.storage,
                    breaker = change.breaker.as_deref(),
                    sharing = change.sharing.as_str(),
                    why = change.why.as_deref(),
                    "{change}",
                )
            };
        }
        match change.sharing {
            Sharing::Shared => changed!(Level::INFO),
            _ => changed!(Level::WARN),
        }
    }
}

/// Whether calls are kept out from now on that were not before, and nobody knows it yet: neither who opened it by hand, nor who
/// was woken when it tripped.
fn is_news(breaker: &CircuitBreaker, change: &StateChange, trip: &Trip) -> bool {
    let tripped = trip.rule != Rule::ByHand && change.from == State::Closed;
    tripped && breaker.mode() == Mode::Normal
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
