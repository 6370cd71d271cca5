use circuit_runtime::Causes;

#[derive(Debug, thiserror::Error, Causes)]
#[error("no answer")]
#[causes(crate = "circuit_runtime")]
struct DbError;

fn main() {
    drop(DbError);
}
