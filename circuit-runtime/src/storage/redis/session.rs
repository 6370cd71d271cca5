//! One connection to a server.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use redis::aio::ConnectionLike;
use redis::{Cmd, ErrorKind, RedisError, RedisResult, Script, ServerErrorKind};

use super::SCRIPT;
use super::fields::Fields;
use super::names::Names;
use crate::storage::{BoxFuture, Reply, Request, Session, StorageError};

/// Longer than a fleet waits for anything: these end what nobody else does.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
pub(super) const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);

/// What the script calls records that are none of ours.
const FOREIGN: &str = "CIRCUITFOREIGN";

/// A connection, and the names of what it asks for.
pub(super) struct RedisSession<C> {
    connection: C,
    names: Names,
    script: Arc<Script>,
}

impl<C> RedisSession<C> {
    pub(super) fn new(connection: C, names: Names) -> Self {
        static ONLY: LazyLock<Arc<Script>> = LazyLock::new(|| Arc::new(Script::new(SCRIPT)));
        Self { connection, names, script: Arc::clone(&ONLY) }
    }
}

/// Whether it was done, the time, and the record.
type Answer = (i64, u64, Option<Vec<u8>>);

impl<C> Session for RedisSession<C>
where
    C: ConnectionLike + Clone + Send + Sync + 'static,
{
    fn exchange(&self, breaker: &str, request: Request) -> BoxFuture<Result<Reply, StorageError>> {
        let mut connection = self.connection.clone();
        let script = Arc::clone(&self.script);
        let (key, channel) = (self.names.key(breaker), self.names.channel());
        let breaker = breaker.to_owned();
        Box::pin(async move {
            let request = serde_json::to_string(&request)
                .map_err(|error| StorageError::Invalid(error.to_string()))?;
            let evaluate = |how: &str, what: &str| {
                let mut command = redis::cmd(how);
                command.arg(what).arg(1).arg(&key).arg(&request).arg(&channel).arg(&breaker);
                command
            };
            let mut answer = ask(&mut connection, &evaluate("EVALSHA", script.get_hash())).await;
            if answer.as_ref().is_err_and(is_unknown_script) {
                // With its key, so that in a cluster it comes to the server that did not know it.
                answer = ask(&mut connection, &evaluate("EVAL", SCRIPT)).await;
            }
            let (done, now, json) = answer.map_err(|error| of_key(&key, &error))?;
            let record = json.map(|json| Fields::read(&json)).transpose();
            let record = record.map_err(|garbage| foreign(&key, &garbage.to_string()))?;
            Ok(Reply::new(done == 1, record, now))
        })
    }

    fn ping(&self) -> BoxFuture<Result<(), StorageError>> {
        let mut connection = self.connection.clone();
        Box::pin(async move {
            let answer = redis::cmd("PING").query_async::<redis::Value>(&mut connection).await;
            answer.map(drop).map_err(|error| StorageError::Unreachable(said(&error)))
        })
    }
}

async fn ask(connection: &mut impl ConnectionLike, command: &Cmd) -> RedisResult<Answer> {
    command.query_async(connection).await
}

fn is_unknown_script(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
}

fn of_key(key: &str, error: &RedisError) -> StorageError {
    if error.code() == Some(FOREIGN) {
        return foreign(key, error.detail().unwrap_or_default());
    }
    StorageError::Unreachable(said(error))
}

/// What went wrong: in the words of the server, where it answered.
pub(super) fn said(error: &RedisError) -> String {
    match (error.code(), error.detail()) {
        (Some(code), Some(detail)) => format!("{code} {detail}"),
        _ => error.to_string(),
    }
}

fn foreign(key: &str, what: &str) -> StorageError {
    StorageError::Foreign(format!(
        "what lies under the key `{key}` is no record of this version of circuit-runtime: {what}"
    ))
}
