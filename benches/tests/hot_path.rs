//! What a breaker adds to a call, in instructions and allocations: fails when the hot path grows.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::process::Command;

/// Most instructions, and most allocations, beyond the unguarded call's. Times are noise on shared machines; these are
/// the same everywhere.
const LIMITS: [(&str, f64, f64); 16] = [
    ("success/this crate/in a row", 45.0, 0.0),
    ("success/this crate/in a row, not inlined", 60.0, 0.0),
    ("success/this crate/in a row, `exclude`", 45.0, 0.0),
    ("success/this crate/in a row, `call`", 65.0, 0.0),
    ("success/this crate/in a row, `try_acquire`", 40.0, 0.0),
    ("success/this crate/failures of a minute", 45.0, 0.0),
    ("success/this crate/share of a minute", 650.0, 0.0),
    ("success/this crate/in a row, `slow_call`", 700.0, 0.0),
    ("failure/this crate/in a row", 360.0, 0.0),
    ("failure/this crate/failures of a minute", 630.0, 0.0),
    ("rejection/this crate/in a row", 460.0, 0.0),
    ("async-success/this crate/in a row", 110.0, 0.0),
    ("async-failure/this crate/in a row", 420.0, 0.0),
    ("async-rejection/this crate/in a row", 490.0, 0.0),
    ("items/this crate/in a row", 20.0, 0.0),
    ("lookup/this crate/`breaker!(\"db\")`", 3.0, 0.0),
];

#[test]
fn the_hot_path_does_not_grow() {
    let names = LIMITS.iter().map(|(name, ..)| *name);
    let output = Command::new(env!("CARGO_BIN_EXE_circuit-benches"))
        .arg("--cost")
        .args(names)
        .output()
        .expect("the benches run");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8_lossy(&output.stdout);
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
