use circuit_runtime::breaker;

fn main() {
    let id = 1;
    breaker!("db-{}", id).open();
    breaker!(name = "db", threshold = 0, probes = 99).open();
}
