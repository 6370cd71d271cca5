//! What HTTP clients pay for a breaker: `cargo xtask bench --http`.

mod bare;
mod clients;
mod crowds;
mod difference;
mod exchange;
mod hosts;
mod layers;
mod loopback;
mod memory;
mod newcomers;
mod page;
mod part;
mod resilience;
mod server;
mod shared;

pub(crate) use layers::scenarios;
pub(crate) use page::report;
pub(crate) use part::take_part;
