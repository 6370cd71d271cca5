use circuit_runtime::circuit_breaker;

struct Rows;

impl Iterator for Rows {
    type Item = Result<u32, circuit_runtime::Rejected>;

    fn next(&mut self) -> Option<Self::Item> {
        None
    }
}

#[circuit_breaker(name = "db")]
fn load() -> Rows {
    Rows
}

fn main() {
    for _ in load() {}
}
