use circuit_runtime::circuit_breaker;

#[circuit_breaker(name = "db")]
enum Db {
    Sqlite,
}

fn main() {
    let _ = Db::Sqlite;
}
