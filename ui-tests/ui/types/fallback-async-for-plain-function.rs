use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db", fallback = cached)]
fn load(id: u32) -> u32 {
    id
}

async fn cached(id: u32) -> u32 {
    id
}

fn main() {
    drop(cached(load(1)));
}
