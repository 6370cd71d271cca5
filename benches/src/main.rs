//! The project beside its Rust peers: the same work, in the same run. `cargo xtask bench` says how to start it.

mod allocations;
mod apart;
mod arguments;
mod calls;
mod catalogue;
#[cfg(feature = "http")]
mod http;
mod instructions;
mod machine;
mod measure;
mod peers;
mod plot;
mod report;
mod row;
mod scenario;
mod table;
mod this;
mod threads;
mod windows;
mod work;

use std::process::ExitCode;

fn main() -> ExitCode {
    match arguments::read().and_then(report::run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("circuit-benches: {message}");
            ExitCode::FAILURE
        }
    }
}
