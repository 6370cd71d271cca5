use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
fn load(id: u32) -> Result<u32, String> {
    if id == 0 { Err("no id".into()) } else { Ok(id) }
}

fn main() {
    let _ = load(1);
}
