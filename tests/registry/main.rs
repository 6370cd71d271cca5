//! The registry: declarations merged and compared, names undeclared, names made at run time. Its declarations
//! contradict each other on purpose, so they have a program of their own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use circuit_runtime::{
    Problem, Rejected, Settings, SettingsError, breaker, circuit_breaker, configure, registry,
};

type Answer = Result<u32, Fault>;

#[derive(Debug, thiserror::Error)]
#[error("refused")]
struct Fault(#[from] Rejected);

const FILE: &str = file!();

fn panic_of<T>(f: impl FnOnce() -> T) -> String {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(_) => panic!("it did not panic"),
        Err(payload) => *payload.downcast::<String>().expect("a text"),
    }
}

/// What `verify` has to say of `name`.
fn problems(name: &str) -> Vec<Problem> {
    let error = registry().verify().expect_err("this program is full of them");
    let subject = format!("circuit breaker {name:?}");
    let of_name = |problem: &&Problem| problem.to_string().starts_with(&subject);
    error.problems().iter().filter(of_name).cloned().collect()
}

#[circuit_breaker(name = "merged", threshold = 3)]
fn gives_threshold() -> Answer {
    Ok(1)
}

#[circuit_breaker(name = "merged", ttl = "500ms")]
async fn gives_ttl() -> Answer {
    Ok(1)
}

#[circuit_breaker(name = "merged", threshold = 3, exclude = [Fault])]
fn agrees() -> Answer {
    Ok(1)
}

#[test]
fn settings_of_one_name_are_merged_from_all_places() {
    gives_threshold().unwrap();
    agrees().unwrap();
    drop(gives_ttl());
    let breaker = breaker!("merged", probes = 2);
    let settings = breaker.settings();
    assert_eq!((settings.get_threshold(), settings.get_probes()), (3, 2));
    assert_eq!(settings.get_ttl(), Duration::from_millis(500));
    assert!(std::ptr::eq(breaker, breaker!("merged")));
    assert!(std::ptr::eq(breaker, registry().get("merged").unwrap()));
    assert!(problems("merged").is_empty());
}

const FIRST: u32 = line!() + 2;

#[circuit_breaker(name = "conflict", threshold = 3)]
fn says_three() -> Answer {
    Ok(1)
}

const SECOND: u32 = line!() + 2;

#[circuit_breaker(name = "conflict", threshold = 4)]
fn says_four() -> Answer {
    Ok(1)
}

#[track_caller]
fn assert_names_both_places(message: &str) {
    for part in
        ["\"conflict\"", "threshold", &format!("{FILE}:{FIRST}"), &format!("{FILE}:{SECOND}")]
    {
        assert!(message.contains(part), "{part} in {message}");
    }
}

#[test]
fn a_conflict_names_both_places_in_verify() {
    let problems = problems("conflict");
    let [problem @ Problem::Conflict { first, second, .. }] = problems.as_slice() else {
        panic!("{problems:?}");
    };
    assert_eq!((&**first, &**second), ("3", "4"));
    assert_names_both_places(&problem.to_string());
}

#[test]
fn the_error_of_verify_prints_every_problem_on_a_line_of_its_own() {
    let error = registry().verify().expect_err("this program is full of them");
    let lines: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
    assert!(lines.len() > 2);
    assert_eq!(error.to_string(), lines.join("\n"));
}

#[test]
fn a_conflict_panics_at_first_use_of_either_and_at_every_later_one() {
    for _ in 0..2 {
        assert_names_both_places(&panic_of(says_three));
        assert_names_both_places(&panic_of(says_four));
        assert_names_both_places(&panic_of(|| breaker!("conflict")));
        assert_names_both_places(&panic_of(|| registry().get("conflict")));
    }
}

#[circuit_breaker(name = "together", ttl = 60)]
fn long() -> Answer {
    Ok(1)
}

#[circuit_breaker(name = "together", max_ttl = 30)]
fn short() -> Answer {
    Ok(1)
}

#[test]
fn settings_that_only_together_are_wrong_are_reported() {
    let problems = problems("together");
    assert!(matches!(problems.as_slice(), [Problem::Invalid { places, .. }] if places.len() == 2));
    assert!(panic_of(long).contains("max_ttl"));
    assert!(panic_of(short).contains("max_ttl"));
}

#[circuit_breaker(name = "payments")]
fn pay() -> Answer {
    Ok(1)
}

#[test]
fn a_reference_to_a_name_that_nothing_declares_panics_with_the_nearest_one() {
    pay().unwrap();
    let line = line!() + 1;
    let message = panic_of(|| breaker!("paymets"));
    assert!(message.contains("did you mean \"payments\"?"), "{message}");
    assert!(message.contains(&format!("{FILE}:{line}")), "{message}");
    assert!(message.contains("\"merged\""), "all declared names: {message}");
}

#[test]
fn verify_finds_references_that_never_ran() {
    #[allow(dead_code)]
    fn never_called() -> circuit_runtime::State {
        breaker!("nowhere/to/be/found").state()
    }
    let problems = problems("nowhere/to/be/found");
    assert!(
        matches!(problems.as_slice(), [Problem::Undeclared { nearest: None, .. }]),
        "{problems:?}"
    );
}

mod private {
    pub(super) const LINE: u32 = line!();

    #[allow(dead_code)]
    #[super::circuit_breaker(name = "never/called", threshold = 7)]
    fn never_called() -> super::Answer {
        Ok(1)
    }

    #[allow(dead_code)]
    #[super::circuit_breaker(name = "never/instantiated", ttl = 7)]
    fn generic<T: Default>() -> Result<T, super::Fault> {
        Ok(T::default())
    }

    #[allow(dead_code)]
    fn outer() {
        drop(async { super::breaker!("never/polled", threshold = 7).state() });
    }
}

#[test]
fn declarations_are_known_before_any_call() {
    for name in ["never/called", "never/instantiated", "never/polled"] {
        let found: Vec<_> =
            registry().declarations().filter(|known| known.name() == name).collect();
        let [declaration] = found.as_slice() else { panic!("{name}: {found:?}") };
        let place = declaration.place();
        assert_eq!(place.file(), FILE);
        assert!((private::LINE..line!()).contains(&place.line()) && place.column() > 1, "{place}");
        assert!(!declaration.is_reference());
        assert!(registry().iter().any(|breaker| breaker.name() == name));
    }
    assert_eq!(registry().get("never/called").unwrap().settings().get_threshold(), 7);
    assert!(registry().get("never/heard/of").is_none());
}

#[test]
fn the_first_registration_of_a_name_wins_and_a_differing_one_is_reported() {
    let three = Settings::new().threshold(3);
    let first = registry().get_or_register("host:a", three);
    assert!(std::ptr::eq(first, registry().get_or_register("host:a", Settings::new())));
    assert!(std::ptr::eq(first, registry().get_or_register("host:a", three)));
    assert!(problems("host:a").is_empty(), "what is not given does not differ");
    for _ in 0..2 {
        let again = registry().get_or_register("host:a", Settings::new().threshold(4));
        assert_eq!((again.settings().get_threshold(), std::ptr::eq(again, first)), (3, true));
    }
    let problems = problems("host:a");
    let [problem @ Problem::Differs { key, .. }] = problems.as_slice() else {
        panic!("{problems:?}");
    };
    assert_eq!(*key, "threshold");
    assert!(problem.to_string().contains('3') && problem.to_string().contains('4'));
}

#[circuit_breaker(name = "declared", threshold = 2)]
fn declared() -> Answer {
    Ok(1)
}

#[test]
fn a_declaration_beats_a_registration_whichever_comes_first() {
    let breaker = registry().get_or_register("declared", Settings::new().threshold(9));
    declared().unwrap();
    assert_eq!(breaker.settings().get_threshold(), 2);
    assert_eq!(breaker.snapshot().calls.success, 1);
    assert!(matches!(problems("declared").as_slice(), [Problem::Differs { .. }]));
}

#[test]
fn bad_settings_and_names_from_outside_are_errors() {
    let key = |result: Result<_, SettingsError>| result.map(|_| ()).unwrap_err().key();
    let register = |name, settings| registry().try_get_or_register(name, settings);
    assert_eq!(key(register("host:b", Settings::new().threshold(0))), "threshold");
    assert_eq!(key(register("host:b", Settings::new().ttl(Duration::ZERO))), "ttl");
    assert_eq!(key(register("", Settings::new())), "name");
    assert!(registry().get("host:b").is_none(), "nothing is registered then");
    assert!(panic_of(|| registry().get_or_register("", Settings::new())).contains("name"));
    register("host:b", Settings::new()).unwrap();
}

#[test]
fn a_name_from_outside_that_is_declared_in_conflict_panics_with_both_places() {
    assert_names_both_places(&panic_of(|| registry().get_or_register("conflict", Settings::new())));
}

#[test]
fn a_registration_makes_a_reference_good_and_a_later_verify_knows_it() {
    let reference = || breaker!("made at run time");
    registry().get_or_register("made at run time", Settings::new());
    assert_eq!(reference().name(), "made at run time");
    assert!(problems("made at run time").is_empty());
}

#[test]
fn iter_lists_every_breaker_once_by_name_and_leaves_out_the_contradictory() {
    registry().get_or_register("host:c", Settings::new());
    let names: Vec<&str> = registry().iter().map(circuit_runtime::CircuitBreaker::name).collect();
    assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
    for name in ["merged", "payments", "never/called", "host:c"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    assert!(!names.contains(&"conflict") && !names.contains(&"together"));
}

#[test]
fn many_threads_that_ask_first_get_one_breaker() {
    let breakers: Vec<_> = std::thread::scope(|scope| {
        let ask = || registry().get_or_register("raced", Settings::new());
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(breakers.iter().all(|breaker| std::ptr::eq(*breaker, breakers[0])));
}

/// A setting changed while the program runs was taken for what the breaker had been registered with.
#[test]
fn a_live_change_does_not_make_a_repeated_registration_differ() {
    let settings = Settings::new().threshold(5);
    let breaker = registry().get_or_register("live:a", settings);
    breaker.set_threshold(10).unwrap();
    registry().get_or_register("live:a", settings);
    assert!(problems("live:a").is_empty());
}

#[test]
fn a_configuration_is_refused_for_what_is_wrong_in_the_source_too() {
    let _test = circuit_runtime::test_util::isolate();
    let error = configure().settings("paymets", Settings::new()).install().unwrap_err();
    let of = |wanted: fn(&Problem) -> bool| error.problems().iter().filter(|p| wanted(p)).count();
    assert_eq!(of(|problem| matches!(problem, Problem::Conflict { .. })), 1);
    assert_eq!(of(|problem| matches!(problem, Problem::Invalid { .. })), 1);
    assert_eq!(of(|problem| matches!(problem, Problem::Undeclared { .. })), 3);
    let [unknown] = error
        .problems()
        .iter()
        .filter(|p| matches!(p, Problem::Unknown { .. }))
        .collect::<Vec<_>>()[..]
    else {
        panic!("{error}");
    };
    assert!(unknown.to_string().contains("did you mean \"payments\"?"), "{unknown}");
}
