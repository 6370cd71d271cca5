//! `exclude`, `ignore`, `only`, and what is excluded while the program runs.

use std::error::Error;
use std::fmt::{self, Debug};
use std::io;
use std::sync::Arc;

use circuit_runtime::{
    Causes, CircuitBreaker, Rejected, Settings, State, breaker, circuit_breaker,
};

use crate::support::{Answer, Fault, down, owned, probeable};

#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("invalid")]
struct Invalid;

#[derive(Debug, thiserror::Error)]
#[error("busy")]
struct Busy;

/// Shows its sources.
#[derive(Debug, thiserror::Error)]
enum Shown {
    #[error("invalid")]
    Invalid(#[from] Invalid),
    #[error("boxed")]
    Boxed(#[source] Box<Invalid>),
    #[error("io")]
    Io(#[from] io::Error),
    #[error("nested")]
    Nested(#[source] Box<Shown>),
    #[error("status {0}")]
    Status(u16),
    #[error("timeout after {after}")]
    Timeout { after: u32 },
    #[error("refused")]
    Refused(#[from] Rejected),
}

type Dyn = Box<dyn Error + Send + Sync>;

/// How the last call was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counted {
    Failure,
    Excluded,
    Ignored,
}

use Counted::{Excluded, Failure, Ignored};

/// Makes the call, which must end in an error, and says how it was counted.
#[track_caller]
fn counted<T, E>(breaker: &CircuitBreaker, call: impl FnOnce() -> Result<T, E>) -> Counted {
    let before = breaker.snapshot().calls;
    assert!(call().is_err(), "the error is returned");
    let after = breaker.snapshot().calls;
    let [failure, excluded, ignored] = [
        after.failure - before.failure,
        after.excluded - before.excluded,
        after.ignored - before.ignored,
    ];
    match (failure, excluded, ignored) {
        (1, 0, 0) => Failure,
        (0, 1, 0) => Excluded,
        (0, 0, 1) => Ignored,
        other => panic!("{other:?}"),
    }
}

#[circuit_breaker(name = "exclusion/itself", exclude = [Invalid], rejected = |_| Invalid)]
fn itself() -> Result<(), Invalid> {
    Err(Invalid)
}

#[circuit_breaker(name = "exclusion/itself", exclude = [Invalid], rejected = |_| Box::new(Invalid))]
fn itself_boxed() -> Result<(), Box<Invalid>> {
    Err(Box::new(Invalid))
}

#[test]
fn a_type_matches_the_error_itself_bare_or_boxed() {
    assert_eq!(counted(breaker!("exclusion/itself"), itself), Excluded);
    assert_eq!(counted(breaker!("exclusion/itself"), itself_boxed), Excluded);
}

#[circuit_breaker(name = "exclusion/source", threshold = 99, exclude = [Invalid])]
fn source(error: Shown) -> Result<(), Shown> {
    Err(error)
}

#[test]
fn a_type_matches_in_the_chain_of_sources() {
    let by = |error| counted(breaker!("exclusion/source"), || source(error));
    assert_eq!(by(Invalid.into()), Excluded);
    assert_eq!(by(Shown::Boxed(Box::new(Invalid))), Excluded);
    assert_eq!(by(Shown::Nested(Box::new(Shown::Nested(Box::new(Invalid.into()))))), Excluded);
    assert_eq!(by(io::Error::other(Invalid).into()), Excluded);
    assert_eq!(by(io::Error::other(Shown::Invalid(Invalid)).into()), Excluded);
    assert_eq!(by(Shown::Status(500)), Failure);
    assert_eq!(by(io::Error::other(Busy).into()), Failure);
}

#[circuit_breaker(name = "exclusion/io", threshold = 99, exclude = [Invalid])]
fn by_io(error: io::Error) -> io::Result<()> {
    Err(error)
}

#[test]
fn a_type_matches_inside_an_io_error() {
    let by = |error| counted(breaker!("exclusion/io"), || by_io(error));
    assert_eq!(by(io::Error::other(Invalid)), Excluded);
    assert_eq!(by(io::Error::other(Shown::Boxed(Box::new(Invalid)))), Excluded);
    assert_eq!(by(io::Error::from(io::ErrorKind::NotFound)), Failure);
    assert_eq!(by(io::Error::other("a text")), Failure);
}

#[circuit_breaker(name = "exclusion/dyn", threshold = 99, exclude = [Invalid])]
fn by_dyn(error: Dyn) -> Result<(), Dyn> {
    Err(error)
}

#[circuit_breaker(name = "exclusion/dyn", exclude = [Invalid])]
fn by_plain_dyn(error: Box<dyn Error>) -> Result<(), Box<dyn Error>> {
    Err(error)
}

#[test]
fn a_type_matches_inside_a_boxed_dyn_error() {
    let breaker = breaker!("exclusion/dyn");
    assert_eq!(counted(breaker, || by_dyn(Invalid.into())), Excluded);
    assert_eq!(counted(breaker, || by_dyn(Shown::Invalid(Invalid).into())), Excluded);
    assert_eq!(counted(breaker, || by_dyn("a text".into())), Failure);
    assert_eq!(counted(breaker, || by_plain_dyn(Invalid.into())), Excluded);
    assert_eq!(counted(breaker, || by_plain_dyn(Busy.into())), Failure);
}

#[circuit_breaker(name = "exclusion/anyhow", threshold = 99, exclude = [Invalid])]
fn by_anyhow(error: anyhow::Error) -> anyhow::Result<()> {
    Err(error)
}

#[test]
fn a_type_matches_inside_an_anyhow_error_also_behind_or_as_context() {
    let by = |error| counted(breaker!("exclusion/anyhow"), || by_anyhow(error));
    assert_eq!(by(Invalid.into()), Excluded);
    assert_eq!(by(anyhow::Error::from(Invalid).context("loading")), Excluded);
    assert_eq!(
        by(anyhow::Error::from(Shown::Invalid(Invalid)).context("a").context("b")),
        Excluded
    );
    assert_eq!(by(anyhow::anyhow!("a text")), Failure);
    assert_eq!(by(anyhow::Error::from(Busy).context("loading")), Failure);
}

#[circuit_breaker(name = "exclusion/generic", threshold = 99, exclude = [Invalid])]
fn generic<E: Error + From<Rejected> + 'static>(error: E) -> Result<(), E> {
    Err(error)
}

#[circuit_breaker(name = "exclusion/generic", exclude = [Invalid])]
async fn generic_bare<E>(error: E) -> Result<(), E>
where
    E: From<Rejected> + Debug + 'static,
{
    Err(error)
}

#[test]
fn a_type_matches_in_generic_functions() {
    let breaker = breaker!("exclusion/generic");
    assert_eq!(counted(breaker, || generic(Shown::Invalid(Invalid))), Excluded);
    assert_eq!(counted(breaker, || generic(Shown::Status(1))), Failure);
    assert_eq!(counted(breaker, || crate::support::now(generic_bare(OnlyDebug))), Failure);
}

#[circuit_breaker(name = "exclusion/generic_type", threshold = 99, exclude = [X])]
fn generic_type<X: Error + 'static>(error: Dyn) -> Result<(), Dyn> {
    Err(error)
}

#[test]
fn a_type_may_be_a_parameter_of_the_function() {
    let breaker = breaker!("exclusion/generic_type");
    assert_eq!(counted(breaker, || generic_type::<Invalid>(Invalid.into())), Excluded);
    assert_eq!(counted(breaker, || generic_type::<Busy>(Invalid.into())), Failure);
}

#[derive(Debug)]
struct OnlyDebug;

impl From<Rejected> for OnlyDebug {
    fn from(_: Rejected) -> Self {
        Self
    }
}

#[circuit_breaker(name = "exclusion/not_an_error", threshold = 99, exclude = [OnlyDebug], ignore = [|n: &OnlyDebug| ignores(n)])]
fn not_an_error() -> Result<(), OnlyDebug> {
    Err(OnlyDebug)
}

fn ignores(_: &OnlyDebug) -> bool {
    false
}

#[test]
fn a_type_that_is_no_error_matches_the_error_itself() {
    assert_eq!(counted(breaker!("exclusion/not_an_error"), not_an_error), Excluded);
}

#[circuit_breaker(
    name = "exclusion/patterns",
    threshold = 99,
    exclude = [Shown::Timeout, Shown::Status(400..=499)],
    ignore = [Shown::Invalid(_) | Shown::Boxed(_)],
)]
fn patterns(error: Shown) -> Result<(), Shown> {
    Err(error)
}

#[test]
fn a_variant_matches_whatever_its_fields_and_a_pattern_what_it_says() {
    let by = |error| counted(breaker!("exclusion/patterns"), || patterns(error));
    assert_eq!(by(Shown::Timeout { after: 1 }), Excluded);
    assert_eq!(by(Shown::Status(404)), Excluded);
    assert_eq!(by(Shown::Status(500)), Failure);
    assert_eq!(by(Shown::Invalid(Invalid)), Ignored);
    assert_eq!(by(io::Error::other("x").into()), Failure);
}

#[circuit_breaker(
    name = "exclusion/closures",
    threshold = 99,
    exclude = [|e: &io::Error| e.kind() == io::ErrorKind::NotFound, |e: &Shown| matches!(e, Shown::Status(404))],
)]
fn closures(error: Shown) -> Result<(), Shown> {
    Err(error)
}

#[test]
fn a_closure_is_asked_of_every_error_of_its_type() {
    let by = |error| counted(breaker!("exclusion/closures"), || closures(error));
    assert_eq!(by(io::Error::from(io::ErrorKind::NotFound).into()), Excluded);
    assert_eq!(
        by(Shown::Nested(Box::new(io::Error::from(io::ErrorKind::NotFound).into()))),
        Excluded
    );
    assert_eq!(by(io::Error::from(io::ErrorKind::TimedOut).into()), Failure);
    assert_eq!(by(Shown::Status(404)), Excluded);
    assert_eq!(by(Shown::Nested(Box::new(Shown::Status(404)))), Excluded);
    assert_eq!(by(Shown::Status(500)), Failure);
}

#[circuit_breaker(name = "exclusion/order", threshold = 99, exclude = [Invalid, Shown::Status], ignore = [Invalid])]
fn both(error: Shown) -> Result<(), Shown> {
    Err(error)
}

#[test]
fn ignore_beats_exclude() {
    assert_eq!(counted(breaker!("exclusion/order"), || both(Invalid.into())), Ignored);
    assert_eq!(counted(breaker!("exclusion/order"), || both(Shown::Status(1))), Excluded);
}

#[circuit_breaker(name = "exclusion/only", threshold = 99, only = [io::Error, Shown::Timeout], ignore = [|e: &io::Error| e.kind() == io::ErrorKind::Interrupted])]
fn only(error: Shown) -> Result<(), Shown> {
    Err(error)
}

#[test]
fn only_these_errors_count_all_others_are_excluded_and_ignore_beats_it() {
    let by = |error| counted(breaker!("exclusion/only"), || only(error));
    assert_eq!(by(io::Error::other("x").into()), Failure);
    assert_eq!(by(Shown::Timeout { after: 1 }), Failure);
    assert_eq!(by(Shown::Status(500)), Excluded);
    assert_eq!(by(io::Error::from(io::ErrorKind::Interrupted).into()), Ignored);
}

/// Hides what it wraps: `source()` goes past it.
#[derive(Debug, thiserror::Error)]
enum Hidden {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error("down")]
    Down,
    #[error(transparent)]
    Refused(#[from] Rejected),
}

#[circuit_breaker(name = "exclusion/hidden", threshold = 2, exclude = [Invalid])]
fn hidden(error: Hidden) -> Result<(), Hidden> {
    Err(error)
}

#[test]
fn a_type_inside_a_transparent_variant_counts_as_a_failure_and_the_trip_says_so() {
    let breaker = breaker!("exclusion/hidden");
    assert_eq!(counted(breaker, || hidden(Invalid.into())), Failure);
    assert_eq!(counted(breaker, || hidden(Hidden::Down)), Failure);
    let notes = &breaker.last_trip().unwrap().notes;
    let [note] = notes.as_slice() else { panic!("{notes:?}") };
    assert!(note.contains("Invalid") && note.contains("Causes"), "{note}");
    assert!(note.contains("transparent") && note.contains("variant"), "{note}");
    assert!(breaker.last_trip().unwrap().to_string().contains(note));
}

#[circuit_breaker(name = "exclusion/found", threshold = 2, exclude = [Invalid])]
fn found(error: Shown) -> Result<(), Shown> {
    Err(error)
}

#[test]
fn a_type_that_has_matched_once_leaves_no_note() {
    found(Invalid.into()).unwrap_err();
    found(Shown::Status(1)).unwrap_err();
    found(Shown::Status(2)).unwrap_err();
    assert!(breaker!("exclusion/found").last_trip().unwrap().notes.is_empty());
}

/// As [`Hidden`], but shows what it wraps.
#[derive(Debug, thiserror::Error, Causes)]
enum Open {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Any(#[from] anyhow::Error),
    #[error(transparent)]
    Inner(Box<Inner>),
    #[error("named")]
    Named { source: Invalid },
    #[error("down")]
    Down,
    #[error(transparent)]
    Refused(#[from] Rejected),
}

#[derive(Debug, thiserror::Error, Causes)]
#[error(transparent)]
struct Inner(Invalid);

#[circuit_breaker(name = "exclusion/causes", threshold = 99, exclude = [Invalid])]
fn causes(error: Open) -> Result<(), Open> {
    Err(error)
}

#[test]
fn with_derive_causes_a_type_matches_inside_transparent_variants() {
    let by = |error| counted(breaker!("exclusion/causes"), || causes(error));
    assert_eq!(by(Invalid.into()), Excluded);
    assert_eq!(by(Open::Named { source: Invalid }), Excluded);
    assert_eq!(by(Open::Io(io::Error::other(Invalid))), Excluded);
    assert_eq!(by(Open::Any(anyhow::Error::from(Invalid).context("loading"))), Excluded);
    assert_eq!(by(Open::Down), Failure);
    assert_eq!(by(Open::Io(io::Error::other("x"))), Failure);
}

#[circuit_breaker(name = "exclusion/causes_field", exclude = [Invalid])]
fn causes_in_a_field(error: Open) -> Result<(), Open> {
    Err(error)
}

#[test]
fn with_derive_causes_a_type_matches_inside_a_boxed_field_that_derives_it_too() {
    let error = Open::Inner(Box::new(Inner(Invalid)));
    let breaker = breaker!("exclusion/causes_field");
    assert_eq!(counted(breaker, || causes_in_a_field(error)), Excluded);
}

#[circuit_breaker(name = "exclusion/causes_boxed", exclude = [Invalid], rejected = |rejected| Box::new(Open::Refused(rejected)))]
fn boxed_causes(error: Open) -> Result<(), Box<Open>> {
    Err(Box::new(error))
}

#[test]
fn with_derive_causes_a_type_matches_inside_the_error_also_if_that_is_boxed() {
    let breaker = breaker!("exclusion/causes_boxed");
    assert_eq!(counted(breaker, || boxed_causes(Invalid.into())), Excluded);
    assert_eq!(counted(breaker, || boxed_causes(Open::Down)), Failure);
}

#[circuit_breaker(name = "exclusion/causes_shared", exclude = [Invalid, Inner], rejected = |rejected| Arc::new(Open::Refused(rejected)))]
fn shared_causes(error: Open) -> Result<(), Arc<Open>> {
    Err(Arc::new(error))
}

#[test]
fn with_derive_causes_a_type_matches_inside_the_error_also_if_that_is_shared() {
    let breaker = breaker!("exclusion/causes_shared");
    assert_eq!(counted(breaker, || shared_causes(Invalid.into())), Excluded);
    assert_eq!(counted(breaker, || shared_causes(Open::Inner(Box::new(Inner(Invalid))))), Excluded);
    assert_eq!(counted(breaker, || shared_causes(Open::Down)), Failure);
}

/// Fields of every kind, marked for the derive alone.
#[derive(Debug, Causes)]
enum ByHand {
    Dyn(#[source] Dyn),
    Plain(#[source] Busy),
    Code(#[source] u16),
    Both { source: Busy, code: u16 },
    Unmarked(Busy),
    Refused(#[source] Rejected),
}

impl fmt::Display for ByHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Both { code, .. } => write!(f, "{code}"),
            _ => f.write_str("by hand"),
        }
    }
}

impl Error for ByHand {}

impl From<Rejected> for ByHand {
    fn from(rejected: Rejected) -> Self {
        Self::Refused(rejected)
    }
}

#[circuit_breaker(name = "exclusion/by_hand", threshold = 99, exclude = [Busy])]
fn by_hand(error: ByHand) -> Result<(), ByHand> {
    Err(error)
}

#[test]
fn with_derive_causes_every_marked_field_is_looked_into_and_only_what_is_there_is_found() {
    let by = |error| counted(breaker!("exclusion/by_hand"), || by_hand(error));
    assert_eq!(by(ByHand::Dyn(Busy.into())), Excluded);
    assert_eq!(by(ByHand::Plain(Busy)), Excluded);
    assert_eq!(by(ByHand::Both { source: Busy, code: 1 }), Excluded);
    assert_eq!(by(ByHand::Dyn(Invalid.into())), Failure);
    assert_eq!(by(ByHand::Code(404)), Failure);
    assert_eq!(by(ByHand::Unmarked(Busy)), Failure);
}

#[circuit_breaker(name = "exclusion/by_hand_others", threshold = 99, exclude = [Invalid])]
fn by_hand_others(error: ByHand) -> Result<(), ByHand> {
    Err(error)
}

#[test]
fn with_derive_causes_an_error_of_another_type_in_a_field_is_not_taken_for_it() {
    let by = |error| counted(breaker!("exclusion/by_hand_others"), || by_hand_others(error));
    assert_eq!(by(ByHand::Plain(Busy)), Failure);
    assert_eq!(by(ByHand::Dyn(Busy.into())), Failure);
}

#[circuit_breaker(name = "exclusion/unrelated", threshold = 2, exclude = [Busy])]
fn unrelated(error: Shown) -> Result<(), Shown> {
    Err(error)
}

#[test]
fn a_type_that_the_error_does_not_convert_from_leaves_no_note() {
    unrelated(Shown::Status(1)).unwrap_err();
    unrelated(Shown::Status(2)).unwrap_err();
    assert!(breaker!("exclusion/unrelated").last_trip().unwrap().notes.is_empty());
}

#[circuit_breaker(name = "exclusion/causes_note", threshold = 1, exclude = [Invalid])]
fn causes_without_a_note(error: Open) -> Result<(), Open> {
    Err(error)
}

#[test]
fn an_error_that_shows_its_causes_hides_nothing_and_leaves_no_note() {
    causes_without_a_note(Open::Down).unwrap_err();
    assert!(breaker!("exclusion/causes_note").last_trip().unwrap().notes.is_empty());
}

#[circuit_breaker(name = "exclusion/resets", threshold = 2, exclude = [Shown::Status], ignore = [Shown::Timeout])]
fn resets(error: Shown) -> Result<(), Shown> {
    Err(error)
}

#[test]
fn an_excluded_error_resets_the_count_and_closes_and_an_ignored_one_does_neither() {
    let breaker = breaker!("exclusion/resets");
    let fail = |error| drop(resets(error));
    fail(Invalid.into());
    fail(Shown::Timeout { after: 1 });
    assert_eq!(breaker.failure_count(), 1, "ignored resets nothing");
    fail(Shown::Status(1));
    assert_eq!(breaker.failure_count(), 0, "excluded resets");
    breaker.half_open();
    for _ in 0..3 {
        fail(Shown::Timeout { after: 1 });
        assert_eq!(breaker.state(), State::HalfOpen, "ignored frees the place and decides nothing");
        assert_eq!(breaker.snapshot().probes_in_flight, 0);
    }
    fail(Shown::Status(1));
    assert_eq!(breaker.state(), State::Closed, "excluded closes");
}

#[circuit_breaker(name = "exclusion/live", threshold = 99)]
fn live(error: Shown) -> Result<(), Shown> {
    Err(error)
}

#[circuit_breaker(name = "exclusion/live", exclude = [])]
async fn live_async(error: Shown) -> Result<(), Shown> {
    Err(error)
}

#[test]
fn a_type_can_be_excluded_and_no_longer_excluded_while_running() {
    let breaker = breaker!("exclusion/live");
    let by = |error| counted(breaker, || live(error));
    assert_eq!(by(Invalid.into()), Failure);
    breaker.exclude::<Invalid>();
    assert_eq!(by(Invalid.into()), Excluded);
    assert_eq!(counted(breaker, || crate::support::now(live_async(Invalid.into()))), Excluded);
    assert_eq!(by(Shown::Status(1)), Failure);
    breaker.stop_excluding::<Invalid>();
    assert_eq!(by(Invalid.into()), Failure);

    breaker.exclude::<Shown>();
    assert_eq!(by(Shown::Status(1)), Excluded);
    breaker.exclude::<Invalid>();
    breaker.stop_excluding::<Shown>();
    assert_eq!((by(Invalid.into()), by(Shown::Status(1))), (Excluded, Failure));
    breaker.stop_excluding::<Invalid>();

    breaker.exclude_if::<io::Error>(|e| e.kind() == io::ErrorKind::NotFound);
    assert_eq!(by(io::Error::from(io::ErrorKind::NotFound).into()), Excluded);
    assert_eq!(by(io::Error::from(io::ErrorKind::TimedOut).into()), Failure);
    breaker.stop_excluding::<io::Error>();
    assert_eq!(by(io::Error::from(io::ErrorKind::NotFound).into()), Failure);

    breaker.exclude_if::<Shown>(|e| matches!(e, Shown::Status(404)));
    let by_async = |error| counted(breaker, || crate::support::now(live_async(error)));
    assert_eq!(by_async(Shown::Status(404)), Excluded);
    assert_eq!(by_async(Shown::Status(500)), Failure);
    breaker.stop_excluding::<Shown>();
}

#[circuit_breaker(name = "exclusion/live_keeps", exclude = [Invalid])]
fn keeps() -> Result<(), Shown> {
    Err(Invalid.into())
}

#[test]
fn what_an_attribute_excludes_stays_excluded() {
    breaker!("exclusion/live_keeps").stop_excluding::<Invalid>();
    assert_eq!(counted(breaker!("exclusion/live_keeps"), keeps), Excluded);
}

#[circuit_breaker(name = "exclusion/live_dyn", threshold = 99)]
fn live_dyn(error: Dyn) -> Result<(), Dyn> {
    Err(error)
}

#[circuit_breaker(name = "exclusion/live_dyn")]
fn live_anyhow(error: anyhow::Error) -> anyhow::Result<()> {
    Err(error)
}

#[test]
fn a_type_excluded_while_running_is_found_inside_boxed_errors() {
    let breaker = breaker!("exclusion/live_dyn");
    breaker.exclude::<Invalid>();
    assert_eq!(counted(breaker, || live_dyn(Invalid.into())), Excluded);
    assert_eq!(
        counted(breaker, || live_anyhow(anyhow::Error::from(Invalid).context("x"))),
        Excluded
    );
    assert_eq!(counted(breaker, || live_dyn("text".into())), Failure);
}

#[test]
fn call_knows_an_excluded_type_by_itself() {
    let (breaker, _) = owned(Settings::new());
    breaker.exclude::<Invalid>();
    assert_eq!(counted(&breaker, || breaker.call(|| Err::<(), _>(Invalid))), Excluded);
    assert_eq!(counted(&breaker, || breaker.call(|| Err::<(), _>(Busy))), Failure);
    let (breaker, _) = probeable(Settings::new());
    breaker.exclude::<Invalid>();
    breaker.call(|| Err::<(), _>(Invalid)).unwrap_err();
    assert_eq!(breaker.state(), State::Closed);
}

#[circuit_breaker(name = "exclusion/failure_if", threshold = 99, failure_if = is_big, exclude = [Fault::Down])]
fn judged(answer: Answer) -> Answer {
    answer
}

fn is_big(n: &u32) -> bool {
    *n > 9
}

#[test]
fn failure_if_judges_values_and_exclude_errors() {
    let breaker = breaker!("exclusion/failure_if");
    assert_eq!(judged(Ok(10)).unwrap(), 10);
    assert_eq!(breaker.failure_count(), 1);
    judged(down(1)).unwrap_err();
    assert_eq!(breaker.failure_count(), 0);
    judged(Ok(1)).unwrap();
    assert_eq!(breaker.snapshot().calls.success, 1);
}

#[circuit_breaker(name = "exclusion/borrowed", threshold = 99, rejected = |_| Borrowed("refused"), exclude = [Borrowed("empty")])]
fn borrowed(text: &str) -> Result<&str, Borrowed<'_>> {
    Err(Borrowed(text))
}

#[derive(Debug)]
struct Borrowed<'a>(&'a str);

#[test]
fn a_pattern_matches_an_error_that_borrows() {
    assert_eq!(counted(breaker!("exclusion/borrowed"), || borrowed("empty")), Excluded);
    assert_eq!(counted(breaker!("exclusion/borrowed"), || borrowed("else")), Failure);
}

#[circuit_breaker(name = "exclusion/literals", exclude = [404, 500..=502], rejected = |_| 503)]
fn status(code: u16) -> Result<(), u16> {
    Err(code)
}

#[test]
fn an_error_that_is_a_number_matches_literals_and_ranges() {
    let breaker = breaker!("exclusion/literals");
    for (code, expected) in [(404, Excluded), (501, Excluded), (403, Failure)] {
        assert_eq!(counted(breaker, || status(code)), expected, "{code}");
    }
}

macro_rules! fragments {
    ($name:literal, $pattern:pat, $ty:ty, $path:path, $threshold:expr) => {
        #[circuit_breaker(name = $name, threshold = $threshold, exclude = [$pattern, $ty], ignore = [$path])]
        fn from_fragments(error: Open) -> Result<(), Open> {
            Err(error)
        }

        fn fragments() -> &'static circuit_runtime::CircuitBreaker {
            breaker!($name)
        }
    };
}

fragments!("exclusion/fragments", Open::Io(_), Invalid, Open::Down, 7);

#[test]
fn names_and_items_may_be_fragments_of_a_macro() {
    assert_eq!(fragments().settings().get_threshold(), 7);
    let by = |error| counted(fragments(), || from_fragments(error));
    assert_eq!(by(Open::Io(io::Error::other("x"))), Excluded);
    assert_eq!(by(Invalid.into()), Excluded);
    assert_eq!(by(Open::Down), Ignored);
}
