use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db", fallback = cached)]
fn load(id: u32) -> u32 {
    id
}

fn cached(_id: u32) -> bool {
    true
}

fn main() {
    load(u32::from(cached(1)));
}
