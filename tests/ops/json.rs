//! What programs read.

use axum::http::StatusCode;
use circuit_runtime::ops::Ops;
use circuit_runtime::test_util::isolate;
use circuit_runtime::{GroupSettings, Mode, Operation, registry};
use futures_util::StreamExt;
use integration_tests::fail;
use serde_json::{Value, json};

use crate::support::{declared, get, get_json, json_of, named, operated};

#[tokio::test]
async fn all_breakers_are_listed_as_their_snapshots_are() {
    let _isolation = isolate();
    named("ops/listed", 1).open();
    registry().group("ops/tenants", GroupSettings::new()).breaker("acme");
    let listed = get_json(&Ops::new().router(), "/breakers").await;
    let mut snapshots = serde_json::to_value(registry().snapshots()).unwrap();
    // The time goes on between the two.
    let mut listed = listed["breakers"].clone();
    for one in listed.as_array_mut().unwrap().iter_mut().chain(snapshots.as_array_mut().unwrap()) {
        one["time_in_state"] = Value::Null;
    }
    assert_eq!(listed, snapshots);
    let names: Vec<_> = listed.as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert!(names.contains(&&json!("ops/listed")) && names.contains(&&json!("ops/tenants/acme")));
}

#[tokio::test]
async fn a_breaker_is_shown_whole_with_why_it_opened_and_where_it_is_declared() {
    let _isolation = isolate();
    let [.., mail, _] = declared();
    let router = Ops::new().router();
    let whole = get_json(&router, "/breakers/mail").await;
    assert_eq!((&whole["name"], &whole["why"]), (&json!("mail"), &Value::Null));
    let place = whole["declared"][0].as_str().unwrap();
    assert!(place.starts_with("tests/ops/support.rs:"), "{place}");
    (0..3).for_each(|_| fail(mail));
    let whole = get_json(&router, "/breakers/mail").await;
    assert_eq!(whole["state"], "open");
    assert_eq!(whole["retry_after"], 30.0);
    assert_eq!(whole["why"], "3 failures in a row (threshold 3), last: down");
    assert_eq!(whole["last_trip"]["last_failures"], json!(["down", "down", "down"]));
}

#[tokio::test]
async fn a_name_with_anything_in_it_is_found_as_browsers_write_it() {
    let _isolation = isolate();
    let router = Ops::new().router();
    let settings = circuit_runtime::Settings::new();
    registry().get_or_register("späti <&\"?#%2F>", settings);
    let escaped = "/breakers/sp%C3%A4ti%20%3C%26%22%3F%23%252F%3E";
    assert_eq!(get_json(&router, escaped).await["name"], "späti <&\"?#%2F>");
    registry().group("ops/hosts", GroupSettings::new()).breaker("example.com:8080");
    for path in
        ["/breakers/ops/hosts/example.com:8080", "/breakers/ops%2Fhosts%2Fexample.com%3A8080"]
    {
        assert_eq!(get_json(&router, path).await["name"], "ops/hosts/example.com:8080");
    }
}

#[tokio::test]
async fn an_unknown_name_is_answered_with_the_nearest_and_makes_no_breaker() {
    let _isolation = isolate();
    named("ops/payments", 3);
    let group = registry().group("ops/unmade", GroupSettings::new());
    let before = registry().breakers().len();
    let router = Ops::new().router();
    let (status, answer) = json_of(get(&router, "/breakers/ops/paymenst").await).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let error = r#"there is no circuit breaker "ops/paymenst"; did you mean "ops/payments"?"#;
    assert_eq!(answer, json!({"error": error, "nearest": "ops/payments"}));
    for path in ["/breakers/nothing-like-any", "/breakers/ops/unmade/new"] {
        assert_eq!(get(&router, path).await.status(), StatusCode::NOT_FOUND);
    }
    assert_eq!((registry().breakers().len(), group.len()), (before, 0));
}

#[tokio::test]
async fn whoever_asks_for_names_that_are_none_keeps_no_member_from_being_forgotten() {
    let _isolation = isolate();
    let group = registry().group("ops/full", GroupSettings::new().at_most(50));
    let router = Ops::new().router();
    let asking = std::thread::spawn({
        let router = router.clone();
        move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut answers = 0;
                while answers < 300 {
                    for path in ["/breakers/ops/full/host-0x", "/rows", "/breakers", "/"] {
                        get(&router, path).await;
                        answers += 1;
                    }
                }
            });
        }
    });
    let mut made = 0;
    while !asking.is_finished() {
        let breaker = group.breaker(&format!("host-{made}"));
        assert_ne!(breaker.name(), "ops/full", "the overflow, which guards nothing, of {made}");
        made += 1;
    }
    asking.join().unwrap();
    assert!(made > 100, "{made}");
}

#[tokio::test]
async fn why_is_that_of_the_opening_that_keeps_it_from_being_closed() {
    let _isolation = isolate();
    let breaker = named("ops/why", 1);
    let router = Ops::new().router();
    let why = async || {
        let rows = get_json(&router, "/rows?breaker=ops/why").await;
        rows["breakers"][0]["why"].clone()
    };
    fail(breaker);
    assert_eq!(why().await, "1 failure in a row (threshold 1), last: down");
    breaker.half_open();
    assert_eq!(why().await, "1 failure in a row (threshold 1), last: down");
    breaker.close();
    breaker.half_open();
    assert_eq!(why().await, Value::Null, "by hand, and not out of that trip");
    breaker.close();
    breaker.set_mode(Mode::ForcedOpen);
    assert_eq!(why().await, Value::Null);
}

#[tokio::test]
async fn events_are_the_latest_in_their_order_and_can_be_asked_for_from_one_on() {
    let _isolation = isolate();
    let (one, two) = (named("ops/one", 1), named("ops/two", 1));
    let router = Ops::new().keep_events(4).router();
    fail(one);
    two.open();
    one.close();
    one.set_mode(Mode::Shadow);
    one.set_threshold(7).unwrap();
    let texts = |answer: &Value| -> Vec<String> {
        let events = answer["events"].as_array().unwrap();
        events.iter().map(|event| event["text"].as_str().unwrap().to_owned()).collect()
    };
    let all = get_json(&router, "/events").await;
    let expected = [
        r#"circuit breaker "ops/two": closed to open: opened by hand"#,
        r#"circuit breaker "ops/one": open to closed"#,
        r#"circuit breaker "ops/one": mode normal to shadow"#,
        r#"circuit breaker "ops/one": threshold = 7 (was 1)"#,
    ];
    assert_eq!(texts(&all), expected, "the first of five is no longer kept");
    assert_eq!(all["events"][2]["event"], "mode_change");
    assert_eq!(all["events"][2]["to"], "shadow");
    let of_two = get_json(&router, "/events?breaker=ops/two").await;
    assert_eq!(texts(&of_two), expected[..1]);
    let after = format!("/events?after={}", all["events"][1]["id"]);
    assert_eq!(texts(&get_json(&router, &after).await), expected[2..]);
}

#[tokio::test]
async fn a_router_shows_the_breakers_of_whoever_made_it() {
    let outer = isolate();
    named("ops/mine", 1).open();
    let router = Ops::new().router();
    let inner = isolate();
    assert_eq!(get_json(&router, "/breakers/ops/mine").await["state"], "open");
    drop((inner, outer));
}

#[tokio::test]
async fn an_address_that_asks_for_nothing_that_there_is_is_answered_with_what_is_wrong() {
    let _isolation = isolate();
    let router = Ops::new().router();
    for (path, says) in [
        ("/events?after=yesterday", "after: invalid digit found in string"),
        ("/events?befor=1", "unknown field `befor`, expected `after` or `breaker`"),
        ("/stream?after=-1", "after: invalid digit found in string"),
        ("/breakers/%FF", "Invalid URL"),
    ] {
        let (status, answer) = json_of(get(&router, path).await).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert!(answer["error"].as_str().unwrap().contains(says), "{path}: {answer}");
    }
}

/// The examples of the documentation, in its order.
fn documented() -> Vec<Value> {
    let text = include_str!("../../circuit-runtime/src/ops/json.md");
    let blocks = text.split("```json\n").skip(1);
    blocks.map(|block| serde_json::from_str(block.split("```").next().unwrap()).unwrap()).collect()
}

/// Whether both have the same fields, of the same kinds.
fn assert_alike(at: &str, documented: &Value, answered: &Value) {
    let keys =
        |value: &Value| value.as_object().map(|fields| fields.keys().cloned().collect::<Vec<_>>());
    assert_eq!(
        std::mem::discriminant(documented),
        std::mem::discriminant(answered),
        "{at}: {answered}"
    );
    assert_eq!(keys(documented), keys(answered), "{at}");
    for (key, value) in documented.as_object().into_iter().flatten() {
        assert_alike(&format!("{at}.{key}"), value, &answered[key]);
    }
    let elements = [documented, answered].map(|value| value.as_array().and_then(|all| all.first()));
    if let [Some(documented), Some(answered)] = elements {
        assert_alike(&format!("{at}[0]"), documented, answered);
    }
}

#[tokio::test]
async fn what_is_answered_has_the_fields_that_are_documented() {
    let _isolation = isolate();
    let router = operated();
    let [.., mail, _] = declared();
    (0..3).for_each(|_| fail(mail));
    let examples = documented();
    let [whole, list, events, operated_event, rows, fault, ..] = &examples[..] else {
        panic!("six examples")
    };
    assert_alike("breaker", whole, &get_json(&router, "/breakers/mail").await);

    let mut listed = get_json(&router, "/breakers").await;
    listed["breakers"].as_array_mut().unwrap().retain(|one| one["name"] == "mail");
    assert_alike("breakers", list, &listed);
    assert_alike("events", events, &get_json(&router, "/events").await);

    let stream = get(&router, "/stream").await.into_body().into_data_stream();
    let message = stream.skip(1).next().await.unwrap().unwrap();
    let message = String::from_utf8(message.to_vec()).unwrap();
    let data = message.split_once("data: ").unwrap().1;
    let mut sent: Value = serde_json::from_str(data).unwrap();
    sent["breakers"].as_array_mut().unwrap().retain(|one| one["name"] == "mail");
    assert_alike("stream", rows, &sent);

    let mut asked = get_json(&router, "/rows").await;
    asked["breakers"].as_array_mut().unwrap().retain(|one| one["name"] == "mail");
    assert_alike("rows", rows, &asked);

    mail.tell_operated(&Operation::new("alice", "open").reason("why").peer("10.0.0.7"));
    let events = get_json(&router, "/events").await;
    assert_alike("operated", operated_event, &events["events"][1]);

    let (_, answer) = json_of(get(&router, "/breakers/maill").await).await;
    assert_alike("fault", fault, &answer);
}
