use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db", exclude = [std::io::ErrorKind])]
fn load(id: u32) -> std::io::Result<u32> {
    Ok(id)
}

fn main() {
    let _ = load(1);
}
