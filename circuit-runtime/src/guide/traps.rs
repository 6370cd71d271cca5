//! What surprises people, and what to do instead.
//!
//! **A timeout around a guarded call hides hangs**: [timeouts](super::asynchronous#timeouts).
//!
//! **A window of `minimum_calls` that are never made** never trips: with 20 calls a minute, `window = 60` and
//! `minimum_calls = 100` is a breaker that stays closed whatever happens.
//!
//! **`#[error(transparent)]` hides the error it wraps.** It forwards `source()` past it, so `exclude =
//! [ValidationError]` cannot see a `ValidationError` in such a variant, and it counts as a failure. Derive
//! [`Causes`](crate::Causes) on the error enum, or exclude the variant. If the breaker trips before the type was ever
//! found, though the function's error converts from it, the [`Trip`](crate::Trip) says so in its `notes`; that is, if the type
//! stands in the function's attribute. Of what `configure` excludes, nobody knows which functions mean it.
//!
//! With `only`, the trap is worse: an error that cannot be seen is not among the failures, so nothing ever trips.
//!
//! **A [`Rejected`](crate::Rejected) in a transparent variant** is hidden likewise, from `anyhow::Error::chain` and from an
//! outer breaker: `#[error("not called")] Rejected(#[from] Rejected)` shows it.
//!
//! **A guarded function that calls another one, on another breaker,** counts that one's rejections as failures of its own. Where
//! they are no evidence against it, `ignore = [OuterError::Rejected]`.
//!
//! **`exclude_if` sees less than `exclude`**: the error that a function itself returns only where its attribute has a list, if
//! only `exclude = []`; a type is known even where the error may borrow.
//!
//! **`exclude` of the function's own error type** excludes every error there is, and the breaker never opens.
//!
//! **A value that `anyhow` was given as context** is text to everybody but `anyhow`; types are found in the errors
//! below it.
//!
//! **A `probe_timeout` shorter than a healthy call** gives every probe's place away before its outcome is in, and the
//! breaker stays half-open. Its default is the `ttl`: where that is shorter than a call may take, give it.
//!
//! **A function that calls another one on the same breaker** makes two calls: one fault counts twice. Two attributes
//! on one function are two breakers around one call; the lower one is asked first.
//!
//! **A function that returns a future or a stream** is guarded from its first poll on. What it does before it returns
//! it, it does whatever the breaker says.
//!
//! **A `Result` of a future** (`-> Result<impl Future<..>, E>`) is guarded as a value: what counts is whether the future
//! could be made. Make the function `async`, or return the future itself.
//!
//! **Other attributes that wrap an `async_trait` method**, `#[tracing::instrument]` for one, belong above this one: below
//! it, they no longer find the future they look for.
//!
//! **An associated type in a list** is written `<Self as Trait>::Error`: `Self::Error` looks like a variant.
//!
//! **One breaker for everything**: one breaker for two dependencies stops both when one is down. A name for each.
//!
//! **Asking `state()` before a call** instead of making it: only a call moves an open breaker on. Make the call, and look at
//! what it returns.
