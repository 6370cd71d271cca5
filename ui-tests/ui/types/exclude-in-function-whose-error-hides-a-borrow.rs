use circuit_runtime::{Rejected, circuit_breaker};

#[derive(Debug)]
struct Borrowed<'a>(&'a str);

impl From<Rejected> for Borrowed<'_> {
    fn from(_: Rejected) -> Self {
        Self("rejected")
    }
}

type Answer<'a> = Result<u32, Borrowed<'a>>;

#[circuit_breaker(name = "db", exclude = [std::fmt::Error])]
fn load(text: &str) -> Answer<'_> {
    Err(Borrowed(text))
}

fn main() {
    let _ = load("1").map_err(|e| e.0.len());
}
