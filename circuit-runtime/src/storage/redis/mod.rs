//! A storage in Redis or Valkey: one hash for each breaker, one script that takes every decision on it, one channel on which all
//! are told.

mod address;
mod connection;
mod fields;
mod names;
mod session;
mod storage;
#[cfg(test)]
mod tests;

pub use storage::RedisStorage;

/// Says in Lua what [`Record::apply`](super::Record::apply) says.
const SCRIPT: &str = include_str!("script.lua");
