//! Groups, and their members.

use circuit_runtime::metrics::BreakerCollector;
use circuit_runtime::test_util::isolate;
use circuit_runtime::{Group, GroupSettings, Settings, State, registry};
use integration_tests::{TTL, fail, succeed};

use crate::collector::{SERIES, lines_of};
use crate::support::{text_of, value, values};

pub(crate) fn hosts(at_most: usize) -> &'static Group {
    let each = Settings::new().threshold(1).ttl(TTL);
    registry().group("metrics/of hosts", GroupSettings::new().each(each).at_most(at_most))
}

#[test]
fn members_of_a_group_are_told_one_by_one_and_all_together() {
    let _test = isolate();
    let hosts = hosts(20);
    hosts.breaker("a.example.com");
    fail(&hosts.breaker("b.example.com"));
    hosts.breaker("c.example.com").half_open();
    hosts.breaker("d.example.com");
    let text = text_of(BreakerCollector::new());
    assert_eq!(lines_of(&text, "metrics/of hosts/b.example.com").len(), SERIES);
    let open = r#"name="metrics/of hosts/b.example.com",state="open""#;
    assert_eq!(value(&text, "circuit_breaker_state", open), Some(1.0));
    assert_eq!(lines_of(&text, "metrics/of hosts").len(), 0, "what overflows is no breaker");
    assert_eq!(
        values(&text, "circuit_breaker_group_members"),
        [
            (r#"group="metrics/of hosts",state="closed""#, 2.0),
            (r#"group="metrics/of hosts",state="open""#, 1.0),
            (r#"group="metrics/of hosts",state="half-open""#, 1.0),
        ]
    );
    assert_eq!(
        values(&text, "circuit_breaker_group_limit"),
        [(r#"group="metrics/of hosts""#, 20.0)]
    );
}

#[test]
fn without_members_the_group_alone_is_told() {
    let _test = isolate();
    let hosts = hosts(20);
    fail(&hosts.breaker("b.example.com"));
    let text = text_of(BreakerCollector::new().without_members());
    assert!(!text.contains("example.com"), "{text}");
    let open = r#"group="metrics/of hosts",state="open""#;
    assert_eq!(value(&text, "circuit_breaker_group_members", open), Some(1.0));
    assert_eq!(lines_of(&text, "metrics/of hosts").len(), 0);
    let without_groups = isolate();
    let text = text_of(BreakerCollector::new());
    assert!(!text.contains("circuit_breaker_group"), "{text}");
    drop(without_groups);
}

#[test]
fn calls_that_a_full_group_has_no_breaker_for_are_told() {
    let _test = isolate();
    let hosts = hosts(1);
    fail(&hosts.breaker("a.example.com"));
    (0..3).for_each(|_| succeed(&hosts.breaker("b.example.com")));
    fail(&hosts.breaker("c.example.com"));
    let text = text_of(BreakerCollector::new());
    let of_group = r#"group="metrics/of hosts""#;
    let calls = value(&text, "circuit_breaker_group_overflow_calls_total", of_group);
    assert_eq!(calls, Some(4.0));
    // One call has failed through what is open by itself, and is in the way of nobody: it is not told as open.
    assert_eq!(hosts.overflow().state(), State::Open);
    let open = values(&text, "circuit_breaker_state").into_iter();
    let open = open.filter(|(labels, open)| labels.ends_with(r#"state="open""#) && *open > 0.0);
    assert_eq!(open.count(), 1);
}

#[test]
fn trips_of_members_are_told_though_they_are_forgotten() {
    let test = isolate();
    let hosts = hosts(1);
    let told = || {
        let scraped = text_of(BreakerCollector::new().without_members());
        value(&scraped, "circuit_breaker_group_trips_total", r#"group="metrics/of hosts""#)
    };
    assert_eq!(told(), Some(0.0));
    for (number, host) in (1_u32..).zip(["a.example.com", "b.example.com", "a.example.com"]) {
        fail(&hosts.breaker(host));
        test.advance(TTL);
        succeed(&hosts.breaker(host));
        assert_eq!(told(), Some(f64::from(number)));
    }
    // One that is registered is a breaker as others are; what it did as a member was done.
    registry().get_or_register("metrics/of hosts/a.example.com", Settings::new().threshold(1));
    assert_eq!((hosts.len(), told()), (0, Some(3.0)));
}

#[test]
fn scrapes_keep_no_member() {
    let _test = isolate();
    let hosts = hosts(16);
    for host in 0..100 {
        hosts.breaker(&format!("{host}.example.com"));
        assert!(text_of(BreakerCollector::new()).contains(&format!("{host}.example.com")));
    }
    assert_eq!((hosts.len(), hosts.overflow().snapshot().calls.made()), (16, 0));
}
