use circuit_runtime::circuit_breaker;

struct Customer;

#[circuit_breaker(name = "db")]
fn load() -> Customer {
    Customer
}

fn main() {
    let Customer = load();
}
