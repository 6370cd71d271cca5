//! Addresses of servers: read, checked, and shown without what is secret in them.

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo, RedisError};

use crate::storage::StorageError;

/// Reads a URL as the `redis` crate does.
pub(super) fn parse(url: &str) -> Result<ConnectionInfo, StorageError> {
    let parsed = redis::parse_redis_url(url).ok_or_else(|| invalid(&unreadable(url)))?;
    let is_socket = parsed.scheme().ends_with("unix");
    let behind = [parsed.path(), parsed.query().unwrap_or(""), parsed.fragment().unwrap_or("")];
    if !is_socket && behind.iter().any(|part| part.contains('@')) {
        // The rest of a password that was cut at its `/`, `?` or `#`: the part before it would be taken for a host and port.
        return Err(invalid("there is an `@` behind its host"));
    }
    parsed.into_connection_info().map_err(|error| refused(&error))
}

/// What the `redis` crate has against it.
pub(super) fn refused(error: &RedisError) -> StorageError {
    let text = error.to_string();
    // "what it is - its kind: its detail"
    let what = text.split(" - ").next().unwrap_or_default();
    if what.contains("TLS, the feature") {
        return invalid("TLS takes feature `redis-rustls`");
    }
    invalid(what)
}

fn unreadable(url: &str) -> String {
    // Nothing of it is shown but the scheme: what the rest is supposed to be is not known.
    match url.split_once("://") {
        None => "it has no scheme".to_owned(),
        Some((scheme, _)) if is_known(scheme) => "its host or its port cannot be read".to_owned(),
        Some(_) => "its scheme is none of Redis's".to_owned(),
    }
}

fn is_known(scheme: &str) -> bool {
    ["redis", "rediss", "valkey", "valkeys", "unix", "redis+unix", "valkey+unix"].contains(&scheme)
}

/// An error that says how an address looks.
pub(super) fn invalid(what: &str) -> StorageError {
    StorageError::Invalid(format!(
        "this is no address of a Redis: {what}; one looks like `redis://host:6379`, `redis://user:password@host:6379/0`, \
         `rediss://host:6379` with TLS, or `unix:///run/redis.sock`; in a user or a password, characters such as `/`, `#`, \
         `?` and `@` are written as `%2F`, `%23`, `%3F` and `%40`"
    ))
}

/// Where it leads to, without the password.
pub(super) fn shown(info: &ConnectionInfo) -> String {
    let settings = info.redis_settings();
    // What stands alone before the host may be a password that is meant to stand behind a colon.
    let user = match (settings.username(), settings.password()) {
        (Some(user), Some(_)) => format!("{user}@"),
        _ => String::new(),
    };
    let database = settings.db();
    match info.addr() {
        ConnectionAddr::Tcp(host, port) => {
            format!("redis://{user}{}:{port}/{database}", bracketed(host))
        }
        ConnectionAddr::TcpTls { host, port, .. } => {
            format!("rediss://{user}{}:{port}/{database}", bracketed(host))
        }
        ConnectionAddr::Unix(path) => format!("unix://{}?db={database}", path.display()),
        _ => "redis".to_owned(),
    }
}

fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

#[cfg(any(feature = "redis-cluster", feature = "redis-sentinel"))]
pub(super) fn shown_all(infos: &[ConnectionInfo]) -> String {
    infos.iter().map(shown).collect::<Vec<_>>().join(", ")
}

/// Reads several.
#[cfg(any(feature = "redis-cluster", feature = "redis-sentinel"))]
pub(super) fn parse_all(
    urls: impl IntoIterator<Item = impl AsRef<str>>,
) -> Result<Vec<ConnectionInfo>, StorageError> {
    let infos: Vec<_> =
        urls.into_iter().map(|url| parse(url.as_ref())).collect::<Result<_, _>>()?;
    if infos.is_empty() { Err(invalid("there is none")) } else { Ok(infos) }
}
