//! Every breaker of the program on one page, in JSON, and live: a router of `axum` for the people on call.
mod action;
mod answer;
mod board;
mod log;
mod operators;
mod origin;
mod page;
mod router;
mod row;
mod rows;
mod stream;

pub use operators::OperatorError;
pub use router::Ops;
