use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db", fallback = cached)]
async fn load(id: u32) -> u32 {
    id
}

fn cached(id: u32) -> u32 {
    id
}

fn main() {
    drop(load(cached(1)));
}
