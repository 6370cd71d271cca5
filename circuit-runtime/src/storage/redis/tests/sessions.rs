//! Sessions, and what is pushed into them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use super::super::RedisStorage;
use super::RedisServer;
use super::requests::{count, lease, move_to, request, set, settle, windowed};
use crate::storage::contract::Pushed;
use crate::storage::record::Record;
use crate::storage::request::{Action, Answer, To};
use crate::storage::{Pushes, Session, Storage, StorageError};

pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// A session, and what is pushed into it.
pub(super) async fn session(
    storage: &RedisStorage,
) -> Result<(Arc<dyn Session>, UnboundedReceiver<Pushed>), StorageError> {
    let (sender, pushed) = unbounded_channel();
    let session = Storage::connect(storage, Pushes { sender }).await?;
    Ok((session, pushed))
}

pub(super) async fn next(pushed: &mut UnboundedReceiver<Pushed>) -> Pushed {
    timeout(PATIENCE, pushed.recv()).await.expect("something is pushed").expect("a session")
}

async fn next_word(pushed: &mut UnboundedReceiver<Pushed>) -> (String, Record, u64) {
    match next(pushed).await {
        Pushed::Word { breaker, record, now } => (breaker, *record, now),
        Pushed::Lost(why) => panic!("lost: {why}"),
    }
}

fn storage_of(server: &RedisServer) -> RedisStorage {
    RedisStorage::new(server.address()).expect("an address")
}

#[tokio::test]
async fn what_is_published_comes_to_all_and_names_are_kept_as_they_are() {
    let server = RedisServer::start();
    let storage = storage_of(&server);
    let (writer, mut own) = session(&storage).await.expect("a session");
    let (_other, mut pushed) = session(&storage).await.expect("a session");
    for name in ["db", "", "a {b} c", "{{}}", "día 🦀", "a\"b\\c\n", "x:y:{z"] {
        let reply = writer.exchange(name, request(None, 1, count(1, 9))).await.expect("a reply");
        assert!(reply.done);
        for pushed in [&mut own, &mut pushed] {
            let (breaker, record, now) = next_word(pushed).await;
            assert_eq!((&*breaker, Some(record), now), (name, reply.record.clone(), reply.now));
        }
        let key = format!("circuit:{{{name}}}");
        assert_eq!(server.command(&["HGET", &key, "v"]), "1", "{key}");
    }
    // Nothing is written, nobody is told.
    let reply = writer.exchange("db", request(None, 1, Action::Look)).await.expect("a reply");
    assert!(reply.done && reply.record.is_some());
    let reply = writer.exchange("none", request(None, 1, Action::Look)).await.expect("a reply");
    assert!(reply.done && reply.record.is_none());
    assert_eq!(server.command(&["EXISTS", "circuit:{none}"]), "0");
    writer.ping().await.expect("an answer");
    assert!(pushed.try_recv().is_err());
}

#[tokio::test]
async fn prefixes_and_databases_share_nothing() {
    let server = RedisServer::start();
    let elsewhere = RedisStorage::new(format!("{}/3", server.address())).expect("an address");
    let all = [storage_of(&server), storage_of(&server).prefix("orders"), elsewhere];
    let mut sessions = Vec::new();
    for storage in &all {
        sessions.push(session(storage).await.expect("a session"));
    }
    for (i, (writer, _)) in sessions.iter().enumerate() {
        let mode = set(&i.to_string());
        writer.exchange("db", request(None, 1, mode)).await.expect("a reply");
    }
    for (i, (_, pushed)) in sessions.iter_mut().enumerate() {
        let (_, record, _) = next_word(pushed).await;
        assert_eq!(record.mode, Some(i.to_string()));
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(sessions.iter_mut().all(|(_, pushed)| pushed.try_recv().is_err()));
    assert_eq!(server.command(&["EXISTS", "circuit:{db}", "orders:{db}"]), "2");
}

#[tokio::test]
async fn strangers_on_the_channel_are_not_heard() {
    let server = RedisServer::start();
    let (writer, mut pushed) = session(&storage_of(&server)).await.expect("a session");
    for message in
        ["", "{}", "nonsense", "[1,2]", "{\"breaker\":\"db\",\"now\":\"1\",\"record\":{}}"]
    {
        assert_eq!(server.command(&["PUBLISH", "circuit:words", message]), "1");
    }
    writer.exchange("db", request(None, 1, set("normal"))).await.expect("a reply");
    assert_eq!(next_word(&mut pushed).await.0, "db");
}

#[tokio::test]
async fn a_server_that_forgot_the_script_is_told_again() {
    let server = RedisServer::start();
    let (session, _pushed) = session(&storage_of(&server)).await.expect("a session");
    for number in 1..4 {
        assert_eq!(server.command(&["SCRIPT", "FLUSH"]), "OK");
        let reply = session.exchange("db", request(None, number, set("m"))).await;
        assert!(reply.expect("a reply").done);
        let reply = session.exchange("db", request(None, number, set("m"))).await;
        assert!(reply.expect("a reply").done);
    }
}

#[tokio::test]
async fn every_write_says_when_the_record_may_be_forgotten() {
    let server = RedisServer::start();
    let (session, _pushed) = session(&storage_of(&server)).await.expect("a session");
    let mut record = None;
    let actions = [
        count(1, 9),
        windowed(1, 9),
        set("normal"),
        count(9, 3),
        move_to(To::Closed),
        move_to(To::Open),
        lease("t"),
        lease("other"), // is wanted
        settle("t", Answer::Success),
        lease("t"),
        settle("t", Answer::Failure),
    ];
    for (number, action) in (1..).zip(actions) {
        server.command(&["PERSIST", "circuit:{db}"]);
        let mut request = request(record.as_ref(), number, action);
        request.fresh = u32::try_from(number).expect("a small number");
        let text = format!("{request:?}");
        let reply = session.exchange("db", request).await.expect("a reply");
        record = reply.record;
        let ttl: u64 = server.command(&["PTTL", "circuit:{db}"]).parse().expect(&text);
        assert!((50_000..=60_000).contains(&ttl), "{ttl} after {text}");
    }
    for keep in [0, u64::MAX] {
        let mut request = request(record.as_ref(), 99, set("normal"));
        request.keep = keep;
        session.exchange("db", request).await.expect("a reply");
    }
}

#[tokio::test]
async fn the_end_of_a_connection_is_told() {
    let mut server = RedisServer::start();
    let storage = storage_of(&server);
    let (session_before, mut pushed) = session(&storage).await.expect("a session");
    session_before.exchange("db", request(None, 1, set("m"))).await.expect("a reply");
    next_word(&mut pushed).await;
    server.kill();
    assert!(matches!(next(&mut pushed).await, Pushed::Lost(_)));
    let error = session_before.ping().await.expect_err("nobody is there");
    assert!(matches!(error, StorageError::Unreachable(_)), "{error}");
    let error = session(&storage).await.map(drop).expect_err("nobody is there");
    assert!(matches!(error, StorageError::Unreachable(_)), "{error}");
    assert!(error.to_string().contains(&storage.address()), "{error}");

    server.restart_empty();
    let (again, _pushed) = session(&storage).await.expect("a session");
    let reply = again.exchange("db", request(None, 2, Action::Look)).await.expect("a reply");
    assert_eq!(reply.record, None);
}

#[tokio::test]
async fn what_is_dropped_is_closed() {
    let server = RedisServer::start();
    let clients = || server.command(&["CLIENT", "LIST"]).lines().count() - 1;
    let storage = RedisStorage::connect(server.address()).await.expect("an answer");
    let (session, _pushed) = session(&storage).await.expect("a session");
    session.exchange("db", request(None, 1, set("m"))).await.expect("a reply");
    drop(session);
    timeout(PATIENCE, async {
        while clients() > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("both connections are closed");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_waited_for_no_longer_than_is_said() {
    let server = RedisServer::start();
    RedisStorage::connect(server.address()).await.expect("an answer");
    server.pause();
    let error = timeout(PATIENCE, RedisStorage::connect(server.address())).await;
    let error = error.expect("in time").expect_err("no answer");
    assert!(matches!(error, StorageError::Unreachable(_)), "{error}");
    assert!(error.to_string().contains(&server.address()), "{error}");
    server.resume();
    RedisStorage::connect(server.address()).await.expect("an answer");
}

#[tokio::test]
async fn one_that_may_not_publish_still_counts() {
    let server = RedisServer::start();
    let rights = ["ACL", "SETUSER", "quiet", "on", ">quiet", "~*", "&*", "+@all", "-publish"];
    assert_eq!(server.command(&rights), "OK");
    let address = format!("redis://quiet:quiet@127.0.0.1:{}", server.port());
    let storage = RedisStorage::connect(address).await.expect("a server");
    let (session, _pushed) = session(&storage).await.expect("a session");
    let reply = session.exchange("db", request(None, 1, count(1, 9))).await.expect("a reply");
    assert_eq!(reply.record.map(|record| record.failures), Some(1));
}

#[tokio::test]
async fn a_full_server_leaves_the_record_as_it_was() {
    let server = RedisServer::start();
    let (session, _pushed) = session(&storage_of(&server)).await.expect("a session");
    let reply = session.exchange("db", request(None, 1, windowed(1, 9))).await.expect("a reply");
    let before = server.command(&["HGETALL", "circuit:{db}"]);
    assert_eq!(server.command(&["CONFIG", "SET", "maxmemory", "1"]), "OK");
    let again = request(reply.record.as_ref(), 2, count(1, 9));
    let error = session.exchange("db", again.clone()).await.expect_err("no memory");
    assert!(matches!(error, StorageError::Unreachable(_)), "{error}");
    assert_eq!(server.command(&["HGETALL", "circuit:{db}"]), before);
    assert_eq!(server.command(&["CONFIG", "SET", "maxmemory", "0"]), "OK");
    assert!(session.exchange("db", again).await.expect("a reply").done);
}

/// Two nodes, each with half of the keys.
#[cfg(feature = "redis-cluster")]
async fn cluster() -> [RedisServer; 2] {
    let nodes = [(), ()].map(|()| RedisServer::with(&["--cluster-enabled", "yes"]));
    for (node, slots) in nodes.iter().zip([["0", "8191"], ["8192", "16383"]]) {
        assert_eq!(node.command(&["CLUSTER", "ADDSLOTSRANGE", slots[0], slots[1]]), "OK");
    }
    let other = nodes[1].port().to_string();
    assert_eq!(nodes[0].command(&["CLUSTER", "MEET", "127.0.0.1", &other]), "OK");
    let is_whole = |node: &RedisServer| {
        let info = node.command(&["CLUSTER", "INFO"]);
        info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:2")
    };
    while !nodes.iter().all(is_whole) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    nodes
}

#[cfg(feature = "redis-cluster")]
#[tokio::test]
async fn a_cluster_is_one_storage() {
    let [server, mut other] = cluster().await;
    let storage = RedisStorage::cluster([server.address()]).expect("an address");
    assert!(storage.address().contains(&server.address()), "{storage:?}");
    let (writer, _own) = session(&storage).await.expect("a session");
    let (_reader, mut pushed) = session(&storage).await.expect("a session");
    for name in ["db", "a {b} c", "", "1", "2", "3", "4", "5"] {
        for node in [&server, &other] {
            assert_eq!(node.command(&["SCRIPT", "FLUSH"]), "OK");
        }
        let reply = writer.exchange(name, request(None, 1, count(1, 9))).await.expect("a reply");
        let (breaker, record, _) = next_word(&mut pushed).await;
        assert_eq!((&*breaker, Some(record)), (name, reply.record));
    }
    let keys = [&server, &other].map(|node| node.command(&["DBSIZE"]));
    assert!(!keys.contains(&"0".to_owned()), "{keys:?}");
    writer.ping().await.expect("an answer");
    for node in [&server, &other] {
        // One of them is where it belongs.
        node.command(&["SET", "circuit:{text}", "x"]);
    }
    let foreign = writer.exchange("text", request(None, 1, count(1, 9))).await;
    assert!(matches!(foreign, Err(StorageError::Foreign(_))), "{foreign:?}");
    other.kill();
    assert!(matches!(next(&mut pushed).await, Pushed::Lost(_)));
    drop(server);
    let error = timeout(PATIENCE * 2, session(&storage)).await.expect("in time");
    assert!(matches!(error.map(drop), Err(StorageError::Unreachable(_))));
}

#[cfg(feature = "redis-sentinel")]
#[tokio::test]
async fn a_sentinel_is_asked_where_the_master_is() {
    let server = RedisServer::with(&["--requirepass", "of-the-server"]);
    let sentinel = RedisServer::sentinel();
    let port = server.port().to_string();
    assert_eq!(sentinel.command(&["SENTINEL", "MONITOR", "main", "127.0.0.1", &port, "1"]), "OK");
    let auth = ["SENTINEL", "SET", "main", "auth-pass", "of-the-server"];
    assert_eq!(sentinel.command(&auth), "OK");
    while !sentinel.command(&["SENTINEL", "MASTER", "main"]).contains("\nmaster\n") {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let login = redis::RedisConnectionInfo::default().set_password("of-the-server");
    let storage = RedisStorage::sentinel([sentinel.address()], "main", login, None);
    let storage = storage.expect("an address");
    assert!(!format!("{storage:?}").contains("of-the-server"), "{storage:?}");
    let (writer, mut pushed) = session(&storage).await.expect("a session");
    let reply = writer.exchange("db", request(None, 1, count(1, 9))).await.expect("a reply");
    assert_eq!(Some(next_word(&mut pushed).await.1), reply.record);
    let login = redis::RedisConnectionInfo::default();
    let none = RedisStorage::sentinel([sentinel.address()], "other", login, None);
    let error = session(&none.expect("an address")).await.map(drop);
    assert!(matches!(error, Err(StorageError::Unreachable(_))), "{error:?}");
}
