use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db", fallback = |name: &str| name.len())]
fn load(name: String) -> usize {
    name.len()
}

fn main() {
    load(String::new());
}
