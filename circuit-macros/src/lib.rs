//! The macros of `circuit-runtime`, which re-exports them. An implementation detail: depend on `circuit-runtime`.

#![forbid(unsafe_code)]

use proc_macro::TokenStream;

#[macro_use]
mod hygiene;

mod args;
mod breaker;
mod causes;
mod doc;
mod expand;
mod fallback;
mod item;
mod lifetime;
mod params;
mod ret;
mod shape;
mod tail;
#[cfg(test)]
mod tests;
mod token;
mod types;
mod validity;
mod written;

/// Sends every call of a function through a circuit breaker.
///
/// ```
/// use circuit_runtime::{Rejected, breaker, circuit_breaker};
///
/// #[derive(Debug, thiserror::Error)]
/// #[error("no such customer")]
/// struct ValidationError;
///
/// #[derive(Debug, thiserror::Error)]
/// enum DbError {
///     #[error("invalid: {0}")]
///     Validation(#[from] ValidationError),
///     #[error("the connection was lost")]
///     Lost,
///     #[error(transparent)]
///     Rejected(#[from] Rejected), // what a refused call returns
/// }
///
/// #[circuit_breaker(name = "customers", threshold = 2, ttl = 60, exclude = [ValidationError])]
/// fn update_customer(id: u64) -> Result<(), DbError> {
///     match id {
///         0 => Err(ValidationError.into()),
///         _ => Err(DbError::Lost),
///     }
/// }
///
/// for id in [0, 0, 0, 1, 2] {
///     assert!(update_customer(id).is_err());
/// }
/// assert_eq!(breaker!("customers").snapshot().calls.excluded, 3);
/// assert!(matches!(update_customer(1), Err(DbError::Rejected(_))));
/// ```
///
/// The function may be a `fn`, an `async fn`, or return a future, an iterator or a stream, boxed or as `impl Trait`; of
/// an iterator or a stream the items tell the outcome, also where it is inside a `Result` or comes out of a future. A
/// call that is let through behaves as it would without the attribute. One that is rejected returns
/// `Err(E::from(Rejected))`, so the error type needs a variant `Rejected(#[from] Rejected)`, or the attribute a
/// `rejected` or a `fallback`. Streams need the feature `stream`.
///
/// | key | value | meaning | default |
/// | --- | --- | --- | --- |
/// | `name` | string literal | the breaker, one per name in the whole program | required |
/// | `threshold` | integer ≥ 1, or a path to a `const` | failures that trip it: in a row, or within `window` | 5 |
/// | `ttl` | seconds, `"500ms"`, `"1m 30s"`, or a path to a `const` `Duration` | how long it stays open | 60 |
/// | `window` | duration, 1 ms to 1 day | counts failures in a sliding time window, instead of in a row | none |
/// | `failure_rate` | more than 0, at most 1, or a path to a `const` `f64`; needs `window` | trips only if also this share of the window's calls failed | none |
/// | `minimum_calls` | integer ≥ 1; needs `window` | trips only after this many calls in the window | `threshold` |
/// | `slow_call` | duration, at most 1 day | a call that takes longer counts as a failure, also when it is cancelled after that; what it returns is still returned | none |
/// | `exclude` | list | errors that count as a success | `[]` |
/// | `ignore` | list | errors that count as nothing | `[]` |
/// | `only` | list | only these errors count as failures, all others as excluded; not with `exclude` | all |
/// | `failure_if` | closure or path, `Fn(&T) -> bool` | an `Ok(T)` that counts as a failure; still returned | none |
/// | `success_threshold` | integer, 1 to 63 | successful probes in a row that close it | 1 |
/// | `probes` | integer, 1 to 31 | probes at the same time while half-open | 1 |
/// | `probe_timeout` | duration, at most 4 h | probes silent for this long have lost their places | `ttl` |
/// | `max_ttl` | duration ≥ `ttl` | each failed probe doubles the time open, up to this | `ttl` |
/// | `jitter` | 0 to 1, or a path to a `const` `f64` | random share added to each time open | 0 |
/// | `on_cancel` | `failure` or `ignore` | what a dropped call counts as | `ignore` |
/// | `fallback` | path or closure of the function's own signature, `self` included | answers a rejected call, with the arguments | none |
/// | `rejected` | path or closure, `Fn(Rejected) -> E` | makes the error of a rejected call | `From` |
/// | `crate` | path (`::x`, `crate::x`, `$crate::x`) | where `circuit_runtime` is | `::circuit_runtime` |
///
/// An item of `exclude`, `ignore` and `only` is one of
///
/// - a type, `ValidationError`: the error itself, or anything of that type in its `source()` chain, inside an
///   `io::Error`, a `Box<dyn Error>` or an `anyhow::Error`;
/// - a variant, `DbError::Validation`, or a whole pattern, `DbError::Http(400..=499)`;
/// - a closure with a typed argument, `|e: &reqwest::Error| e.is_decode()`, looked for like a type.
///
/// `ignore` beats `exclude`. A type cannot be seen inside a variant marked `#[error(transparent)]`: derive
/// [`Causes`](macro@Causes) on the error, or exclude the variant.
///
/// Settings of one name stand once: other functions say `#[circuit_breaker(name = "db")]` and share the breaker.
///
/// A documented function's page, and that of a public one, says which breaker guards it.
///
/// What the attribute cannot keep: `#[track_caller]` on a guarded function reports the function itself, and what the
/// compiler says of a function's whole body (`unconditional_recursion`, `clippy::unnecessary_wraps`) is not said of a
/// guarded one.
#[proc_macro_attribute]
pub fn circuit_breaker(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::circuit_breaker(args.into(), item.into()).into()
}

/// The breaker of this name: a `&'static CircuitBreaker`, looked up once at this place, then one load.
///
/// ```
/// use circuit_runtime::{State, breaker};
///
/// let answer = breaker!("queue", threshold = 5, ttl = 60).call(|| "7".parse::<u8>());
/// assert!(matches!(answer, Ok(7)));
/// assert_eq!(breaker!("queue").state(), State::Closed);
/// ```
///
/// With settings it declares the breaker, as an attribute does: `threshold`, `ttl`, `window`, `failure_rate`,
/// `minimum_calls`, `slow_call`, `success_threshold`, `probes`, `probe_timeout`, `max_ttl`, `jitter`, `on_cancel`.
/// Without, something else has to.
///
/// # Panics
///
/// If nothing declares the name, or its declarations contradict each other; with every place named.
#[proc_macro]
pub fn breaker(input: TokenStream) -> TokenStream {
    breaker::expand(input.into()).into()
}

/// Shows a breaker the errors inside this one, those in `#[error(transparent)]` variants included: every field
/// marked `#[from]` or `#[source]`, called `source`, or alone in a transparent variant.
///
/// ```
/// use circuit_runtime::{Causes, Rejected, breaker, circuit_breaker};
///
/// #[derive(Debug, thiserror::Error)]
/// #[error("no such customer")]
/// struct ValidationError;
///
/// #[derive(Debug, thiserror::Error, Causes)]
/// enum DbError {
///     #[error(transparent)]
///     Validation(#[from] ValidationError),
///     #[error(transparent)]
///     Rejected(#[from] Rejected),
/// }
///
/// #[circuit_breaker(name = "causes", exclude = [ValidationError])]
/// fn load() -> Result<(), DbError> {
///     Err(ValidationError.into())
/// }
///
/// assert!(load().is_err());
/// assert_eq!(breaker!("causes").snapshot().calls.excluded, 1);
/// ```
///
/// `#[causes(crate = path)]` says where `circuit_runtime` is.
#[proc_macro_derive(Causes, attributes(causes, from, source, error))]
pub fn derive_causes(input: TokenStream) -> TokenStream {
    causes::expand(input.into()).into()
}
