use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db", fallback = cached)]
fn load(#[cfg(all())] id: u32) -> u32 {
    id
}

fn cached(id: u32) -> u32 {
    id
}

fn main() {
    load(cached(1));
}
