//! Which errors are failures: by type, by variant, by pattern, by predicate, for one function or for all.

use std::io;

use circuit_runtime::{Rejected, breaker, circuit_breaker, configure};

#[derive(Debug, thiserror::Error)]
#[error("the name is empty")]
struct ValidationError;

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("invalid: {0}")]
    Invalid(#[from] ValidationError),
    #[error("the service answers {0}")]
    Status(u16),
    #[error("cancelled by the user")]
    Cancelled,
    #[error("the network: {0}")]
    Network(#[from] io::Error),
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

#[circuit_breaker(
    name = "api",
    exclude = [
        ValidationError,                                      // wherever it is in the error
        ApiError::Status(400..=499),                          // a pattern
        |e: &io::Error| e.kind() == io::ErrorKind::NotFound,  // a predicate
    ],
    ignore = [ApiError::Cancelled],                           // no evidence either way
)]
fn send(fault: Option<ApiError>) -> Result<(), ApiError> {
    fault.map_or(Ok(()), Err)
}

/// Nothing but the network's errors counts.
#[circuit_breaker(name = "network", only = [io::Error])]
fn connect(fault: ApiError) -> Result<(), ApiError> {
    Err(fault)
}

fn main() -> Result<(), circuit_runtime::RegistryError> {
    // For every breaker of the program.
    configure()
        .exclude_if::<io::Error>(|error| error.kind() == io::ErrorKind::Interrupted)
        .install()?;

    for fault in [
        ValidationError.into(),
        ApiError::Status(404),
        ApiError::Status(503),
        ApiError::Cancelled,
        io::Error::from(io::ErrorKind::NotFound).into(),
        io::Error::from(io::ErrorKind::Interrupted).into(),
        io::Error::from(io::ErrorKind::ConnectionRefused).into(),
    ] {
        let before = breaker!("api").snapshot().calls;
        let error = send(Some(fault)).expect_err("a fault");
        let after = breaker!("api").snapshot().calls;
        let counted = if after.failure > before.failure {
            "a failure"
        } else if after.excluded > before.excluded {
            "an answer"
        } else {
            "nothing"
        };
        println!("{counted:<9}  {error}");
    }

    assert!(connect(ApiError::Status(503)).is_err());
    assert!(connect(io::Error::from(io::ErrorKind::ConnectionRefused).into()).is_err());
    assert_eq!(breaker!("network").failure_count(), 1);
    Ok(())
}
