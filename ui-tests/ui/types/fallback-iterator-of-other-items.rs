use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db", fallback = cached)]
fn load(id: u32) -> impl Iterator<Item = u32> {
    0..id
}

fn cached(_id: u32) -> impl Iterator<Item = bool> {
    [true].into_iter()
}

fn main() {
    load(1).zip(cached(1)).count();
}
