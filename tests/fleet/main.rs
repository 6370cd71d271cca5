//! One breaker shared by real processes through a real Redis: what it sends, how fast it trips, how it recovers, what faults do
//! to it, and what it costs the server.
//!
//! `cargo test` asserts what is promised, with few rounds. `cargo xtask fleet` does it all at length, and prints tables.
//! The processes are this program itself, started again.

mod caller;
mod child;
mod clock;
mod commands;
mod faults;
mod joins;
mod load;
mod process;
mod proxy;
mod recoveries;
mod report;
mod server;
mod trips;

use std::env;
use std::num::NonZero;
use std::thread;
use std::time::Instant;

use self::report::Size;

type Scenario = fn(Size);

const SCENARIOS: [(&str, Scenario); 6] = [
    ("commands", commands::measure),
    ("trips", trips::measure),
    ("recoveries", recoveries::measure),
    ("faults", faults::measure),
    ("joins", joins::measure),
    ("load", load::measure),
];

fn main() {
    if let Ok(arguments) = env::var(process::VARIABLE) {
        return child::live(&arguments);
    }
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        return SCENARIOS.iter().for_each(|(name, _)| println!("{name}: test"));
    }
    // As of any test: those whose name contains one of the words.
    let words: Vec<&String> = arguments.iter().filter(|word| !word.starts_with('-')).collect();
    let size = Size::of_environment();
    if size == Size::Full {
        let cores = thread::available_parallelism().map_or(0, NonZero::get);
        println!("On {cores} cores, which Redis, all processes and this test share.");
    }
    for (name, measure) in SCENARIOS {
        if words.is_empty() || words.iter().any(|word| name.contains(word.as_str())) {
            let begun = Instant::now();
            measure(size);
            println!("{name}: as promised, after {:.1} s", begun.elapsed().as_secs_f32());
        }
    }
}
