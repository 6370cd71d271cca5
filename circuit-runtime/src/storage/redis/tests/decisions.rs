//! The script beside `Record::apply`.

use std::collections::{BTreeMap, HashMap};

use redis::Script;

use super::super::SCRIPT;
use super::super::fields::{Fields, Word};
use super::RedisServer;
use super::requests::Requests;
use crate::storage::record::{Counted, FORGET_SENDERS, FRESH, GATHER, Record};
use crate::storage::request::Request;

/// The script with time that is told to it, and what it publishes where it can be read.
fn tame() -> Script {
    let mut script = SCRIPT.to_owned();
    for (real, tame) in [
        ("redis.call('TIME')", "{ math.floor(ARGV[4] / 1000), ARGV[4] % 1000 * 1000 }"),
        ("redis.pcall('PUBLISH', ARGV[2],", "redis.call('SET', ARGV[2],"),
    ] {
        assert_eq!(script.matches(real).count(), 1, "{real}");
        script = script.replace(real, tame);
    }
    Script::new(&script)
}

type Everything = ((u64, u64, Option<Vec<u8>>), HashMap<String, String>, Option<Vec<u8>>, i64);

struct Beside {
    connection: redis::Connection,
    script: Script,
}

impl Beside {
    fn exchange(&mut self, request: &Request, now: u64) -> Everything {
        let json = serde_json::to_string(request).expect("JSON");
        redis::pipe()
            .cmd("EVALSHA")
            .arg(self.script.get_hash())
            .arg(&[1])
            .arg(&["record", &json, "published", "dé {b}"])
            .arg(now)
            .cmd("HGETALL")
            .arg("record")
            .cmd("GETDEL")
            .arg("published")
            .cmd("PTTL")
            .arg("record")
            .query(&mut self.connection)
            .expect("answers")
    }
}

/// What lies in the hash, slots and senders as well.
fn whole(hash: &HashMap<String, String>) -> Option<Record> {
    if hash.is_empty() {
        return None;
    }
    let visible = serde_json::to_vec(hash).expect("JSON");
    let mut record = Fields::read(&visible).expect("a record");
    let number = |field: &str| hash[field].parse().expect("a number");
    let mut known = 0;
    for slot in hash.get("ks").into_iter().flat_map(|slots| slots.split(' ')) {
        let [failures, successes] = ["F", "S"].map(|of| number(&format!("{of}{slot}")));
        record.slots.insert(slot.parse().expect("a number"), Counted { failures, successes });
        known += 2;
    }
    for (field, value) in hash {
        if let Some(sender) = field.strip_prefix('I') {
            let (last, at) = value.split_once(' ').expect("two numbers");
            let heard = (last.parse().expect("a number"), at.parse().expect("a number"));
            record.heard.insert(sender.to_owned(), heard);
        }
    }
    let of_slots = hash.keys().filter(|field| field.starts_with(['F', 'S'])).count();
    assert_eq!(of_slots, known, "slots are left over: {hash:?}");
    Some(record)
}

fn visible(record: &Record) -> Record {
    Record { slots: BTreeMap::new(), heard: BTreeMap::new(), ..record.clone() }
}

#[test]
fn the_script_decides_as_the_record_does() {
    const SEQUENCES: u64 = 250;
    const REQUESTS: usize = 50;
    let server = RedisServer::start();
    let client = redis::Client::open(server.address()).expect("an address");
    let connection = client.get_connection().expect("a connection");
    let mut beside = Beside { connection, script: tame() };
    beside.script.load(&mut beside.connection).expect("loaded");
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..SEQUENCES {
        let mut requests = Requests::new(seed);
        let mut record: Option<Record> = None;
        let mut now: u64 = if seed % 10 == 0 { 5 } else { 1_764_000_000_000 };
        let _: () = redis::cmd("DEL").arg("record").query(&mut beside.connection).expect("gone");
        for step in 0..REQUESTS {
            let chance = requests.chance();
            if chance.one_in(40) {
                record = None;
                let deleted = redis::cmd("DEL").arg("record").query(&mut beside.connection);
                let () = deleted.expect("deleted");
            }
            let most = *chance.of(&[2, 50, 50, 500, 3_000, 70_000, 700_000]);
            // Now and then just as long as matters.
            let exact = *chance.of(&[GATHER, FRESH, FORGET_SENDERS]);
            let passed = if chance.one_in(6) { exact } else { chance.below(most) };
            now = if chance.one_in(20) { now.saturating_sub(passed) } else { now + passed };
            let request = requests.next(record.as_ref());
            let before = record.clone();
            let applied = Record::apply(&mut record, &request, now);
            let ((done, at, json), hash, published, ttl) = beside.exchange(&request, now);
            let context =
                || format!("seed {seed}, step {step}, at {now}: {request:?}\nto {before:?}");
            assert_eq!(done == 1, applied.done, "{}", context());
            assert_eq!(at, now, "{}", context());
            let read = json.map(|json| Fields::read(&json).expect("a record"));
            assert_eq!(read, record.as_ref().map(visible), "{}", context());
            assert_eq!(whole(&hash), record, "{}", context());
            let word = published.map(|payload| Word::read(&payload).expect("a word"));
            let expected = record.as_ref().filter(|_| applied.publish);
            let expected = expected.map(|record| ("dé {b}".to_owned(), visible(record), now));
            assert_eq!(word, expected, "{}", context());
            assert_eq!(ttl > 0, record.is_some(), "{}", context());
            if before != record {
                let most = i64::try_from(request.keep).expect("not so long");
                assert!(most - ttl < 10_000 && ttl <= most, "{ttl}: {}", context());
            }
            for (what, is) in [
                ("done", applied.done),
                ("not done", !applied.done),
                ("published", applied.publish),
                ("changed in silence", !applied.publish && before != record),
                ("slots", record.as_ref().is_some_and(|record| record.slots.len() > 1)),
                ("census", record.as_ref().is_some_and(|record| record.census > 0)),
                ("leases", leases(record.as_ref()) > 1),
                ("lease lost", leases(record.as_ref()) < leases(before.as_ref())),
                (
                    "wanted",
                    record.as_ref().and_then(|r| r.open.as_ref()).is_some_and(|o| o.is_wanted),
                ),
                ("forgotten", heard(record.as_ref()) < heard(before.as_ref()) && record.is_some()),
            ] {
                *seen.entry(what).or_default() += usize::from(is);
            }
        }
    }
    assert!(seen.values().all(|times| *times > 20), "{seen:?}");
}

fn leases(record: Option<&Record>) -> usize {
    record.and_then(|record| record.open.as_ref()).map_or(0, |open| open.leases.len())
}

fn heard(record: Option<&Record>) -> usize {
    record.map_or(0, |record| record.heard.len())
}
