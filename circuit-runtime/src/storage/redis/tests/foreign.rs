//! What lies under the key of a breaker and is no record of this layout.

use super::super::RedisStorage;
use super::super::fields::{Fields, Word};
use super::RedisServer;
use super::chance::Chance;
use super::requests::{count, lease, move_to, request, set, settle, windowed};
use super::sessions::session;
use crate::storage::record::{Era, Record};
use crate::storage::request::{Action, Answer, Request, To};
use crate::storage::{Session, StorageError};

const KEY: &str = "circuit:{db}";

/// One of each kind, of somebody who knows this era.
fn all(era: Era) -> Vec<Request> {
    let actions = [
        Action::Look,
        count(1, 9),
        windowed(1, 9),
        windowed(9, 1),
        lease("new"),
        settle("t", Answer::Success),
        settle("t", Answer::Failure),
        move_to(To::Closed),
        move_to(To::Open),
        set("normal"),
    ];
    let requests = (90..).zip(actions).map(|(number, action)| request(None, number, action));
    requests.map(|request| Request { known: era, fresh: 99, ..request }).collect()
}

async fn is_foreign(session: &dyn Session, request: Request, what: &str) {
    let text = format!("{request:?}");
    match session.exchange("db", request).await {
        Err(StorageError::Foreign(said)) => {
            assert!(said.contains(what) && said.contains(KEY), "{said}, not {what}: {text}");
        }
        other => panic!("{other:?}: {text}"),
    }
}

#[tokio::test]
async fn keys_of_others_are_left_alone() {
    let server = RedisServer::start();
    let storage = RedisStorage::new(server.address()).expect("an address");
    let (session, _pushed) = session(&storage).await.expect("a session");
    let strangers: [(&[&str], &str); 7] = [
        (&["SET", KEY, "x"], "wrong type: a string"),
        (&["RPUSH", KEY, "x"], "wrong type: a list"),
        (&["SADD", KEY, "x"], "wrong type: a set"),
        (&["ZADD", KEY, "1", "x"], "wrong type: a zset"),
        (&["HSET", KEY, "v", "2"], "layout 2, not 1"),
        (&["HSET", KEY, "v", "\r\n-é\r\n"], "layout"),
        (&["HSET", KEY, "name", "x"], "layout none"),
    ];
    for (stranger, what) in strangers {
        server.command(&["DEL", KEY]);
        server.command(stranger);
        let before = server.command(&["DUMP", KEY]);
        for request in all(Era::default()) {
            is_foreign(&*session, request, what).await;
        }
        assert_eq!(server.command(&["DUMP", KEY]), before, "{what}");
        assert_eq!(server.command(&["PTTL", KEY]), "-1", "{what}");
    }
    // The connection is as good as it was.
    let other = session.exchange("other", request(None, 1, set("m"))).await;
    assert!(other.expect("a reply").done);
}

/// A closed record with a window, and an open one with a lease.
async fn made(session: &dyn Session, server: &RedisServer, is_open: bool) -> Record {
    server.command(&["DEL", KEY]);
    let mut actions = vec![windowed(1, 9)];
    if is_open {
        actions.extend([move_to(To::Open), lease("t"), lease("u")]);
    }
    let mut record = None;
    for (number, action) in (1_u32..).zip(actions) {
        let mut request = request(record.as_ref(), number.into(), action);
        request.fresh = number;
        record = session.exchange("db", request).await.expect("a reply").record;
    }
    let record = record.expect("a record");
    assert_eq!(record.open.is_some(), is_open);
    record
}

#[tokio::test]
async fn garbage_in_any_field_is_named_and_nothing_is_written() {
    let server = RedisServer::start();
    let storage = RedisStorage::new(server.address()).expect("an address");
    let (session, _pushed) = session(&storage).await.expect("a session");
    let mut named = 0;
    for is_open in [false, true] {
        let era = made(&*session, &server, is_open).await.era;
        let fields = server.command(&["HKEYS", KEY]);
        // Others are texts, in which nothing can be wrong.
        let fields = fields.lines().filter(|field| !["v", "tx", "mo", "se", "oy"].contains(field));
        for field in fields {
            for garbage in
                ["", "x", "-1", "1.5", "1e3", " 1", "0x10", "nan", "inf", "99999999999999999999"]
            {
                if field == "ks" && ["", " 1"].contains(&garbage) {
                    continue; // in a list of numbers, these are none
                }
                for mut request in all(era) {
                    let before = server.command(&["HGET", KEY, field]);
                    server.command(&["HSET", KEY, field, garbage]);
                    let lies = server.command(&["HGETALL", KEY]);
                    let is_of_window = field.starts_with(['F', 'S']);
                    if let Some(sender) = field.strip_prefix('I') {
                        request.sender = sender.to_owned();
                    }
                    let what = format!("garbage in field {field}");
                    if !is_of_window {
                        is_foreign(&*session, request, &what).await;
                        named += 1;
                    } else if let Err(error) = session.exchange("db", request).await {
                        assert!(matches!(error, StorageError::Foreign(_)), "{error}");
                        assert!(error.to_string().contains(&what), "{error}");
                        named += 1;
                    } else {
                        // It was not looked at, or was thrown away.
                        made(&*session, &server, is_open).await;
                        continue;
                    }
                    assert_eq!(server.command(&["HGETALL", KEY]), lies);
                    server.command(&["HSET", KEY, field, &before]);
                }
            }
        }
        // Missing ones are no better.
        let of_open = ["ou", "of", "or", "os", "ow", "om", "oc"];
        let of_open = of_open.into_iter().filter(|_| is_open);
        for field in ["ep", "no", "rv", "fa", "ca", "ce", "sl"].into_iter().chain(of_open) {
            let before = server.command(&["HGET", KEY, field]);
            server.command(&["HDEL", KEY, field]);
            let look = request(None, 1, Action::Look);
            is_foreign(&*session, look, &format!("garbage in field {field}")).await;
            server.command(&["HSET", KEY, field, &before]);
        }
    }
    assert!(named > 1_000, "{named}");
}

#[tokio::test]
async fn garbage_of_other_senders_is_found_before_they_are_forgotten() {
    let server = RedisServer::start();
    let storage = RedisStorage::new(server.address()).expect("an address");
    let (session, _pushed) = session(&storage).await.expect("a session");
    let record = made(&*session, &server, false).await;
    server.command(&["HSET", KEY, "Iother", "x"]);
    let before = server.command(&["HGETALL", KEY]);
    let trips = request(Some(&record), 50, count(9, 1));
    is_foreign(&*session, trips.clone(), "garbage in field Iother").await;
    assert_eq!(server.command(&["HGETALL", KEY]), before);
    server.command(&["HSET", KEY, "Iother", "1 5"]);
    assert!(session.exchange("db", trips).await.expect("a reply").done);
    assert_eq!(server.command(&["HEXISTS", KEY, "Iother"]), "0");
}

#[tokio::test]
async fn what_is_no_text_is_foreign() {
    let server = RedisServer::start();
    let storage = RedisStorage::new(server.address()).expect("an address");
    let (session, _pushed) = session(&storage).await.expect("a session");
    let client = redis::Client::open(server.address()).expect("an address");
    let mut connection = client.get_connection().expect("a connection");
    for field in ["tx", "mo", "se", "ol", "oy"] {
        made(&*session, &server, true).await;
        let mut command = redis::cmd("HSET");
        command.arg(KEY).arg(field).arg(b"9 \xff");
        let () = command.query(&mut connection).expect("written");
        is_foreign(&*session, request(None, 1, Action::Look), "garbage in a text").await;
    }
}

#[test]
fn whatever_comes_is_read_without_a_panic() {
    let open = r#"{"v":"1","ep":"3","no":"4","rv":"5","fa":"6","ca":"7","tx":"a\nb","mo":"m","se":"s","ce":"8","cf":"8","sl":"9",
        "oa":"1","ou":"2","of":"3","or":"4","os":"5","ol":"9 t\n8 u v","ow":"1","oy":"why","om":"6","oc":"7"}"#;
    let record = Fields::read(open.as_bytes()).expect("a record");
    let leases = record.open.map(|open| open.leases).unwrap_or_default();
    assert_eq!(leases, [("t".to_owned(), 9), ("u v".to_owned(), 8)]);
    let word = format!(r#"{{"breaker":"db","now":"1","record":{open}}}"#);
    assert!(Word::read(word.as_bytes()).is_some());
    let mut chance = Chance::new(1);
    for _ in 0..20_000 {
        let mut bytes = word.clone().into_bytes();
        for _ in 0..=chance.below(4) {
            let at = usize::try_from(chance.below(bytes.len() as u64)).expect("an index");
            match chance.below(12) {
                0 => bytes.truncate(at.max(1)),
                1..4 if bytes.len() > 1 => drop(bytes.remove(at)),
                _ => bytes[at] = u8::try_from(chance.below(256)).expect("a byte"),
            }
        }
        let _ = Word::read(&bytes);
        let start = word.find(r#"{"v""#).expect("the record").min(bytes.len());
        let _ = Fields::read(&bytes[start..]);
    }
}
