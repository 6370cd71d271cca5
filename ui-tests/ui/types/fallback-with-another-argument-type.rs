use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db", fallback = cached)]
fn load(id: u32) -> u32 {
    id
}

fn cached(id: &str) -> u32 {
    id.len() as u32
}

fn main() {
    load(cached(""));
}
