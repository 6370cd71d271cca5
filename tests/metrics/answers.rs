//! What the queries of the dashboard are to be answered with, of the day that `dashboard` makes.

use std::ops::RangeInclusive;

use serde_json::Value;

const ANY: f64 = f64::INFINITY;

/// Whose value is to be what; of all others it is to be 0.
pub(crate) type Answers = &'static [(&'static str, RangeInclusive<f64>)];

/// By the id of the panel. What flaps is now open and now not.
const OF_PANELS: &[(u64, Answers)] = &[
    (2, &[("", 3.0..=4.0)]),
    (3, &[("", 1.0..=2.0)]),
    (4, &[("", 1.0..=1.0)]),
    (5, &[("", 1.0..=1.0)]),
    (6, &[("", 4.0..=ANY)]),
    (7, &[("", 10.0..=ANY)]),
    (
        9,
        &[
            ("down", 2.0..=2.0),
            ("hosts/a.example.com", 2.0..=2.0),
            ("hosts/b.example.com", 2.0..=2.0),
            ("probed", 1.0..=1.0),
            ("flapping", 0.0..=2.0),
        ],
    ),
    (10, TRIPS),
    (11, &[("flapping", 1.0..=ANY)]),
    (
        12,
        &[
            ("down", 0.99..=1.01),
            ("hosts/a.example.com", 0.99..=1.01),
            ("hosts/b.example.com", 0.99..=1.01),
            ("flapping", 0.01..=0.99),
        ],
    ),
    (14, &[("success", 1.0..=ANY), ("failure", 1.0..=ANY), ("rejected", 1.0..=ANY)]),
    (15, &[("down", 0.99..=1.0), ("flapping", 0.0..=0.99)]),
    (16, &[("steady", 0.3..=0.9), ("flapping", 0.1..=0.9)]),
    (17, &[("steady", 1.0..=ANY)]),
    (18, &[("near", 0.75..=0.75), ("steady", 0.0..=0.02)]),
    (20, &[("shadow", 1.0..=1.0)]),
    (21, &[("fleet", 1.0..=1.0)]),
    (22, &[("heard", 1.0..=ANY)]),
    (24, &[("hosts: open", 2.0..=2.0)]),
    (25, &[("hosts", 1.0..=1.0)]),
    (26, &[("hosts", 1.0..=ANY)]),
    (27, &[("hosts", 2.0..=2.1)]),
];

/// The trips that were before the first scrape are among them.
const TRIPS: Answers = &[
    ("down", 1.0..=1.1),
    ("hosts/a.example.com", 1.0..=1.1),
    ("hosts/b.example.com", 1.0..=1.1),
    ("flapping", 2.0..=ANY),
];

/// Those of the last seconds.
pub(crate) const OF_ANNOTATIONS: Answers = &[
    ("down", 0.0..=1.1),
    ("hosts/a.example.com", 0.0..=1.1),
    ("hosts/b.example.com", 0.0..=1.1),
    ("flapping", 1.0..=ANY),
];

pub(crate) fn of_panel(id: u64) -> Answers {
    let found = OF_PANELS.iter().find(|(of, _)| *of == id);
    found.unwrap_or_else(|| panic!("nothing is expected of panel {id}")).1
}

/// Who it is about, and which value of which label.
fn who(labels: &Value) -> String {
    let of = |key: &str| labels[key].as_str();
    let name = of("name").or(of("group")).or(of("outcome")).unwrap_or_default();
    let name = name.strip_prefix("dashboard/").unwrap_or(name);
    of("state").map_or(name.to_owned(), |state| format!("{name}: {state}"))
}

pub(crate) fn are_as_expected(answers: &[(Value, f64)], expected: Answers) -> bool {
    let expected_of = |labels: &Value| {
        let who = who(labels);
        expected.iter().find(|(of, _)| *of == who).map_or(0.0..=0.0, |(_, range)| range.clone())
    };
    let has_answer = |of: &str| answers.iter().any(|(labels, _)| who(labels) == of);
    answers.iter().all(|(labels, value)| expected_of(labels).contains(value))
        && expected.iter().all(|(of, range)| *range.start() <= 0.0 || has_answer(of))
}
