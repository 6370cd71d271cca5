use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db", exclude = [std::fmt::Error], fallback = |_| 1)]
fn load(id: u32) -> u32 {
    id
}

fn main() {
    load(1);
}
