use circuit_runtime::Causes;

#[derive(Debug, thiserror::Error, Causes)]
#[error("no answer")]
#[causes(skip)]
struct DbError;

fn main() {
    drop(DbError);
}
