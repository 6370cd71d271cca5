use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
mod db {
    pub fn load() {}
}

fn main() {
    db::load();
}
