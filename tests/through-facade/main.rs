//! The runtime, used through another crate that re-exports it, in a module without a prelude.

#![deny(warnings)]

use std::fs;
use std::path::Path;
use std::process::Command;

use facade::breakers::{Rejected, breaker, circuit_breaker, registry};
use facade::{Error, Load};

const FAILURES: u32 = 3;

#[circuit_breaker(name = "through/plain", crate = ::facade::breakers, threshold = FAILURES, exclude = [std::num::ParseIntError], failure_if = |n| *n > 9)]
fn plain(text: &str) -> Result<u32, Error> {
    Ok(text.parse()?)
}

#[circuit_breaker(name = "through/plain", crate = ::facade::breakers)]
async fn later(text: &str) -> Result<u32, Error> {
    plain(text)
}

facade::guarded! {
    "through/macro",
    /// Written by the other crate's macro.
    fn written(n: u32) -> Result<impl Iterator<Item = Result<u32, Rejected>>, Rejected> { Ok((0..n).map(Ok)) }
}

mod without_prelude {
    #![no_implicit_prelude]

    #[derive(Debug, ::facade::breakers::Causes)]
    #[causes(crate = ::facade::breakers)]
    pub(super) enum Fault {
        Refused,
        Format { source: ::std::fmt::Error },
    }

    impl ::std::fmt::Display for Fault {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.write_str("fault")
        }
    }

    impl ::std::error::Error for Fault {}

    #[::facade::breakers::circuit_breaker(
        name = "through/without prelude",
        crate = ::facade::breakers,
        ttl = "5s",
        exclude = [::std::fmt::Error, Fault::Format],
        failure_if = |n| *n == 0,
        rejected = |_| Fault::Refused,
    )]
    pub(super) fn plain(n: u32) -> ::std::result::Result<u32, Fault> {
        if n == 9 {
            return ::std::result::Result::Err(Fault::Format { source: ::std::fmt::Error });
        }
        ::std::result::Result::Ok(n)
    }

    #[::facade::breakers::circuit_breaker(name = "through/without prelude", crate = ::facade::breakers, fallback = plain)]
    pub(super) fn replaced(n: u32) -> ::std::result::Result<u32, Fault> {
        plain(n)
    }

    #[::facade::breakers::circuit_breaker(name = "through/without prelude", crate = ::facade::breakers, rejected = |_| Fault::Refused)]
    pub(super) async fn later(n: u32) -> ::std::result::Result<u32, Fault> {
        plain(n)
    }

    #[::facade::breakers::circuit_breaker(name = "through/without prelude", crate = ::facade::breakers, rejected = |_| Fault::Refused)]
    pub(super) fn rows(
        n: u32,
    ) -> ::std::boxed::Box<dyn ::std::iter::Iterator<Item = ::std::result::Result<u32, Fault>>>
    {
        ::std::boxed::Box::new(::std::iter::once(plain(n)))
    }
}

#[test]
fn the_runtime_works_through_another_crate() {
    registry().verify().unwrap();
    assert_eq!((plain("1").unwrap(), written(2).unwrap().count()), (1, 2));
    assert!(plain("x").is_err());
    assert_eq!((facade::number("2").unwrap(), "2".load_twice().unwrap()), (2, 4));
    drop((later("1"), facade::undocumented("1")));
    let declared = breaker!("through/declared", threshold = 4, crate = ::facade::breakers);
    assert_eq!(declared.settings().get_threshold(), 4);
    let settings = breaker!("through/macro", crate = ::facade::breakers).settings();
    assert_eq!(settings.get_threshold(), 2);
    let breaker = breaker!("through/plain", crate = ::facade::breakers);
    assert_eq!((breaker.failure_count(), breaker.snapshot().calls.excluded), (0, 1));
}

#[test]
fn and_without_a_prelude() {
    assert_eq!(without_prelude::plain(1).unwrap(), 1);
    assert!(without_prelude::plain(9).is_err());
    assert_eq!(without_prelude::replaced(2).unwrap(), 2);
    assert_eq!(without_prelude::rows(3).count(), 1);
    drop(without_prelude::later(1));
    let breaker = breaker!("through/without prelude", crate = ::facade::breakers);
    let calls = breaker.snapshot().calls;
    assert_eq!((calls.success, calls.excluded, calls.failure), (5, 1, 0));
}

/// As rustdoc writes it: the attribute's own tests cannot see that.
#[test]
fn the_page_of_a_guarded_function_says_which_breaker_guards_it() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target directory");
    let documented = Command::new(env!("CARGO"))
        .args(["doc", "--package", "facade", "--no-deps", "--quiet", "--target-dir"])
        .arg(target)
        .status()
        .expect("cargo runs");
    assert!(documented.success());
    let page = |name| {
        let page = target.join("doc/facade").join(name);
        fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()))
    };
    let guarded = |page: &str, name: &str| {
        page.contains(&format!("<p>Guarded by the circuit breaker <code>{name}</code>.</p>"))
    };
    assert!(guarded(&page("fn.number.html"), "facade/number"));
    assert!(page("fn.number.html").contains("Reads a number."));
    assert!(guarded(&page("fn.undocumented.html"), "facade/`undocumented`"));
    let of_trait = page("trait.Load.html");
    assert!(guarded(&of_trait, "facade/twice"));
    assert!(!guarded(&of_trait, "facade/load"), "the implementation shows what the trait says");
    assert!(of_trait.contains("What the trait says of it."));
}
