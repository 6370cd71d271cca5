//! What a breaker adds to a call, in instructions and allocations: fails when the hot path grows.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::process::{Child, Command, Stdio};
use std::thread;

/// Most instructions, and most allocations, beyond the unguarded call's. Times are noise on shared machines; these are
/// the same wherever the compiler is, but for what the C library takes to read the clock: rows in which it is read have some
/// room.
const LIMITS: [(&str, f64, f64); 20] = [
    ("success/this crate/in a row", 23.0, 0.0),
    ("success/this crate/in a row, not inlined", 40.0, 0.0),
    ("success/this crate/in a row, `exclude`", 23.0, 0.0),
    ("success/this crate/in a row, `call`", 45.0, 0.0),
    ("success/this crate/in a row, `try_acquire`", 25.0, 0.0),
    // The two threads wait for each other at the start, for as long as that takes: 21.6 to 22.8 in all.
    ("success/this crate/in a row, shared", 24.0, 0.0),
    ("success/this crate/failures of a minute", 23.0, 0.0),
    ("success/this crate/share of a minute", 110.0, 0.0),
    ("success/this crate/in a row, `slow_call`", 600.0, 0.0),
    ("listeners/this crate/one", 620.0, 0.0),
    ("listeners/this crate/one that hears changes alone", 23.0, 0.0),
    ("failure/this crate/in a row", 75.0, 0.0),
    ("failure/this crate/failures of a minute", 550.0, 0.0),
    ("pair/this crate/in a row", 1050.0, 0.0),
    ("rejection/this crate/in a row", 120.0, 0.0),
    ("async-success/this crate/in a row", 44.0, 0.0),
    ("async-failure/this crate/in a row", 100.0, 0.0),
    ("async-rejection/this crate/in a row", 150.0, 0.0),
    ("items/this crate/in a row", 18.0, 0.0),
    ("lookup/this crate/`breaker!(\"db\")`", 2.0, 0.0),
];

#[test]
fn the_hot_path_does_not_grow() {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let shares: Vec<_> = LIMITS.chunks(LIMITS.len().div_ceil(cores)).map(measuring).collect();
    let mut text = String::new();
    for share in shares {
        let output = share.wait_with_output().expect("the benches' output");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        text += &String::from_utf8_lossy(&output.stdout);
    }
    let mut grown = Vec::new();
    for ((name, instructions, allocations), line) in LIMITS.iter().zip(text.lines()) {
        let cost = line.strip_prefix(name).expect("one line for each name, in order");
        let mut numbers = cost.split_whitespace().map(|number| number.parse().expect("a number"));
        for (what, most) in [("instructions", instructions), ("allocations", allocations)] {
            let measured: f64 = numbers.next().expect("two numbers");
            if measured > *most {
                grown.push(format!("{name}: adds {measured} {what}, at most {most} are allowed"));
            }
        }
    }
    println!("{text}");
    assert_eq!(text.lines().count(), LIMITS.len(), "{text}");
    assert!(grown.is_empty(), "the hot path has grown:\n{}", grown.join("\n"));
}

/// Counting is slow, and what runs beside it is not counted.
fn measuring(limits: &[(&str, f64, f64)]) -> Child {
    let names = limits.iter().map(|(name, ..)| *name);
    Command::new(env!("CARGO_BIN_EXE_circuit-benches"))
        .arg("--cost")
        .args(names)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the benches run")
}
