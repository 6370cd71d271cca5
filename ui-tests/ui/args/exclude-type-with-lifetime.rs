use circuit_runtime::{Rejected, circuit_breaker};

#[derive(Debug)]
struct Borrowed<'a>(&'a str);

#[circuit_breaker(name = "db", exclude = [Borrowed<'a>, |e: &Borrowed<'a>| e.0.is_empty()])]
fn load<'a>(id: &'a str) -> Result<&'a str, Rejected> {
    Ok(id)
}

fn main() {
    let _ = load("1");
}
