::core::compile_error! {
    "functions that return a stream are guarded with the feature `stream`: `circuit-runtime = { version = \"0.1\", features = [\"stream\"] }`"
}
fn rows(db: &Db) -> impl Stream<Item = Result<Row, DbError>> {
    db.rows()
}
