use circuit_runtime::Causes;

#[derive(Causes)]
#[causes]
struct One;

#[derive(Causes)]
#[causes = "::circuit_runtime"]
struct Two;

#[derive(Causes)]
#[causes(crate: ::circuit_runtime)]
struct Three;

fn main() {}
