//! With a server of their own: what the script says beside what `Record::apply` says, and what is done with what is none of ours.

mod chance;
mod decisions;
mod foreign;
mod requests;
mod secrets;
mod sessions;

// The tests of the whole share them.
#[path = "../../../../tests/support/redis_server.rs"]
#[allow(dead_code, unreachable_pub)]
mod redis_server;
#[path = "../../../../tests/support/starting.rs"]
mod starting;

use redis_server::RedisServer;
