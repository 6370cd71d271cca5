//! What a function of each shape becomes: snapshots for a reader to follow. `UPDATE_EXPECT=1 cargo test` writes them.

use expect_test::{ExpectFile, expect_file};
use proc_macro2::TokenStream;

fn check(expected: &ExpectFile, args: &str, item: &str) {
    let tokens = |source: &str| source.parse::<TokenStream>().expect("tokens");
    let expanded = crate::expand::circuit_breaker(tokens(args), tokens(item)).to_string();
    // A body that is still being typed has no pretty form before it is typed to its end.
    let complete = expanded.replace(". }", ".still_being_typed }");
    let file = syn::parse_str(&complete).expect("a file");
    expected.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn plain_function() {
    check(
        &expect_file!["snapshots/plain.rs"],
        r#"name = "db", threshold = 5, ttl = 60"#,
        "pub fn update(db: &Connection, customer: &Customer) -> Result<(), DbError> {
            db.execute(customer.sql())?;
            Ok(())
        }",
    );
}

#[test]
fn a_plain_function_takes_less_than_25_lines() {
    assert!(include_str!("snapshots/plain.rs").lines().count() < 25);
}

#[test]
fn plain_function_with_lists() {
    check(
        &expect_file!["snapshots/lists.rs"],
        r#"name = "db", exclude = [ValidationError, DbError::Http(400..=499)], ignore = [|e: &io::Error| e.kind() == Interrupted]"#,
        "fn update(db: &Connection) -> Result<(), DbError> { db.execute() }",
    );
}

#[test]
fn settings_of_every_kind() {
    check(
        &expect_file!["snapshots/settings.rs"],
        r#"name = "api", threshold = LIMIT, window = "2m", failure_rate = RATE, minimum_calls = 20, slow_call = SLOW, jitter = 1, on_cancel = failure"#,
        "fn load(id: u64) -> Result<Customer, ApiError> { get(id) }",
    );
}

#[test]
fn async_method() {
    check(
        &expect_file!["snapshots/async.rs"],
        r#"name = "api", ttl = "500ms""#,
        "async fn load(&self, mut id: u64) -> Result<Customer, ApiError> { id += 1; self.get(id).await }",
    );
}

#[test]
fn fallback() {
    check(
        &expect_file!["snapshots/fallback.rs"],
        r#"name = "api", fallback = Self::cached"#,
        "fn load(&self, (a, b): (u64, u64)) -> Customer { self.get(a + b) }",
    );
}

#[test]
fn what_async_trait_leaves() {
    check(
        &expect_file!["snapshots/boxed_block.rs"],
        r#"name = "api""#,
        "fn load<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<u8, ApiError>> + Send + 'a>> {
            Box::pin(async move { let __self = self; __self.get().await })
        }",
    );
}

#[test]
fn returned_future() {
    check(
        &expect_file!["snapshots/future.rs"],
        r#"name = "api", rejected = ApiError::unavailable"#,
        "fn load(id: u64) -> impl Future<Output = Result<u8, ApiError>> { get(id) }",
    );
}

#[test]
fn returned_iterator() {
    check(
        &expect_file!["snapshots/iterator.rs"],
        r#"name = "db""#,
        "fn rows(db: &Db) -> impl Iterator<Item = Result<Row, DbError>> + '_ { db.rows() }",
    );
}

#[test]
fn returned_iterator_in_a_result() {
    check(
        &expect_file!["snapshots/try_iterator.rs"],
        r#"name = "db""#,
        "fn rows(db: &Db) -> Result<Box<dyn Iterator<Item = Result<Row, DbError>> + '_>, DbError> {
            Ok(Box::new(db.rows()?))
        }",
    );
}

#[test]
fn returned_iterator_in_the_result_of_an_async_function() {
    check(
        &expect_file!["snapshots/async_try_iterator.rs"],
        r#"name = "db""#,
        "async fn rows(db: &Db) -> Result<impl Iterator<Item = Result<Row, DbError>>, DbError> {
            db.rows().await
        }",
    );
}

const STREAM: &str = "fn rows(db: &Db) -> impl Stream<Item = Result<Row, DbError>> { db.rows() }";

#[cfg(feature = "stream")]
#[test]
fn returned_stream() {
    check(&expect_file!["snapshots/stream.rs"], r#"name = "db""#, STREAM);
}

#[cfg(feature = "stream")]
#[test]
fn returned_stream_with_a_fallback() {
    check(
        &expect_file!["snapshots/stream_fallback.rs"],
        r#"name = "db", fallback = cached"#,
        "fn rows(db: &Db) -> BoxStream<'_, Row> { db.rows().boxed() }",
    );
}

#[cfg(not(feature = "stream"))]
#[test]
fn a_stream_without_the_feature_is_answered_with_its_name() {
    check(&expect_file!["snapshots/stream_without_feature.rs"], r#"name = "db""#, STREAM);
}

#[test]
fn a_wrong_argument_leaves_the_function_as_it_is() {
    check(
        &expect_file!["snapshots/wrong_argument.rs"],
        r#"name = "db", treshold = 5, ttl = 0"#,
        "fn update() -> Result<(), DbError> { Ok(()) }",
    );
}

#[test]
fn a_body_still_being_typed_is_passed_on() {
    check(
        &expect_file!["snapshots/incomplete.rs"],
        r#"name = "db""#,
        "fn update(db: &Connection) -> Result<(), DbError> { db. }",
    );
}
