//! Addresses: which are refused, and that no password is shown.

use super::super::RedisStorage;
use super::RedisServer;
use super::sessions::session;
use crate::storage::{Storage, StorageError};

const SECRET: &str = "s3cr3t-pass";

#[test]
fn addresses_are_shown_without_what_is_secret() {
    for (url, shown) in [
        ("redis://localhost", "redis://localhost:6379/0"),
        ("redis://user:s3cr3t-pass@localhost:7000/2", "redis://user@localhost:7000/2"),
        ("redis://:s3cr3t-pass@[::1]/", "redis://[::1]:6379/0"),
        // Meant as a password, perhaps.
        ("redis://s3cr3t-pass@localhost", "redis://localhost:6379/0"),
        ("valkey://:s3cr3t-pass@localhost:1/?protocol=resp2", "redis://localhost:1/0"),
        ("unix:///run/redis.sock?db=3&user=user&pass=s3cr3t-pass", "unix:///run/redis.sock?db=3"),
    ] {
        let storage = RedisStorage::new(url).expect(url).prefix("orders");
        assert_eq!(storage.address(), shown);
        let debug = format!("RedisStorage {{ address: {shown}, prefix: \"orders\", .. }}");
        assert_eq!(format!("{storage:?}"), debug);
    }
}

#[test]
fn what_is_no_address_is_refused_and_not_shown() {
    for (url, what) in [
        ("", "no scheme"),
        ("localhost:6379", "no scheme"),
        ("s3cr3t-pass", "no scheme"),
        ("http://:s3cr3t-pass@localhost", "scheme"),
        ("s3cr3t-pass://localhost", "scheme"),
        ("redis://", "hostname"),
        ("redis://:s3cr3t-pass@localhost:port", "port"),
        ("redis://:s3cr3t-pass@localhost:99999", "port"),
        ("redis://:s3cr3t-pass@localhost/first", "database"),
        ("redis://:s3cr3t-pass@0.0.0.0", "wildcard"),
        ("redis://:s3cr3t-pass@localhost/?protocol=s3cr3t-pass", "protocol"),
        // Cut where the password has to be encoded.
        ("redis://:12#s3cr3t-pass@localhost", "port"),
        ("redis://user:12#s3cr3t-pass@localhost", "`@`"),
        ("redis://user:12/s3cr3t-pass@localhost", "`@`"),
        ("redis://user:12?s3cr3t-pass@localhost", "`@`"),
    ] {
        let error = RedisStorage::new(url).map(drop).expect_err(url);
        let text = format!("{error} {error:?}");
        assert!(matches!(error, StorageError::Invalid(_)), "{url}: {text}");
        assert!(text.contains(what) && text.contains("redis://host:6379"), "{url}: {text}");
        assert!(!text.contains(SECRET), "{url}: {text}");
    }
}

#[cfg(not(feature = "redis-rustls"))]
#[test]
fn without_tls_it_is_said_which_feature_is_missing() {
    let error = RedisStorage::new("rediss://localhost").map(drop).expect_err("no TLS");
    assert!(error.to_string().contains("`redis-rustls`"), "{error}");
}

#[tokio::test]
async fn no_error_shows_the_password() {
    let server = RedisServer::with(&["--requirepass", "another"]);
    let port = server.port();
    let of = |host: &str| format!("redis://:{SECRET}@{host}");
    let wrong = [
        of(&format!("127.0.0.1:{port}")),
        format!("redis://user:{SECRET}@127.0.0.1:{port}"),
        format!("redis://{SECRET}@127.0.0.1:{port}"),
        format!("redis://127.0.0.1:{port}"),
        of("127.0.0.1:1"),
        of("no-such-host.invalid"),
        format!("unix:///nowhere/redis.sock?pass={SECRET}"),
    ];
    for url in wrong {
        let error = RedisStorage::connect(&url).await.map(drop).expect_err(&url);
        let storage = RedisStorage::new(&url).expect(&url);
        let second = session(&storage).await.map(drop).expect_err(&url);
        for error in [error, second] {
            let text = format!("{error} {error:?}");
            assert!(matches!(error, StorageError::Unreachable(_)), "{text}");
            assert!(text.contains(&storage.address()), "{text}");
            assert!(!text.contains(SECRET), "{text}");
        }
    }
    // In the words of the server.
    let wrong = RedisStorage::connect(of(&format!("127.0.0.1:{port}"))).await;
    let error = wrong.map(drop).expect_err("a wrong password").to_string();
    assert!(error.contains("/0: WRONGPASS invalid username-password"), "{error}");
    let right = format!("redis://:another@127.0.0.1:{port}");
    let storage = RedisStorage::connect(&right).await.expect("an answer");
    session(&storage).await.map(drop).expect("a session");
}

/// A server that speaks TLS is not needed to see that trying to does not panic.
#[cfg(feature = "redis-rustls")]
#[tokio::test]
async fn tls_with_a_server_that_has_none_is_an_error() {
    let server = RedisServer::start();
    let url = format!("rediss://user:{SECRET}@127.0.0.1:{}", server.port());
    let error = RedisStorage::connect(&url).await.map(drop).expect_err("no TLS there");
    assert!(matches!(error, StorageError::Unreachable(_)), "{error}");
    assert!(!error.to_string().contains(SECRET), "{error}");
}
