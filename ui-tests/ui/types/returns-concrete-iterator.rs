use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
fn load(id: u32) -> std::vec::IntoIter<Result<u32, circuit_runtime::Rejected>> {
    vec![Ok(id)].into_iter()
}

fn main() {
    for _ in load(1) {}
}
