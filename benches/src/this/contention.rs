//! Many threads, at one breaker and at one each.

use circuit_runtime::circuit_breaker;

use crate::calls::succeed;
use crate::scenario::THIS;
use crate::threads::Contender;
use crate::work::{Answer, work};

pub(crate) fn contenders() -> Vec<Contender> {
    vec![
        Contender::scaling(THIS, "in a row, one breaker", |_, calls| succeed(calls, &mut shared)),
        Contender::scaling(THIS, "in a row, a breaker each", |thread, calls| OWN[thread](calls)),
        Contender::scaling(THIS, "share of a minute, one breaker", |_, calls| {
            succeed(calls, &mut share);
        }),
    ]
}

#[circuit_breaker(name = "benches/shared")]
#[inline]
fn shared(n: u64) -> Answer {
    work(n)
}

#[circuit_breaker(name = "benches/shared-share", window = 60, failure_rate = 0.5)]
#[inline]
fn share(n: u64) -> Answer {
    work(n)
}

macro_rules! own {
    ($($name:tt)*) => {
        /// The loop of each thread around a function of its own.
        const OWN: [fn(u64); 16] = [$({
            #[circuit_breaker(name = $name)]
            #[inline]
            fn own(n: u64) -> Answer {
                work(n)
            }
            |calls| succeed(calls, &mut own)
        }),*];
    };
}

own! {
    "benches/own-0" "benches/own-1" "benches/own-2" "benches/own-3"
    "benches/own-4" "benches/own-5" "benches/own-6" "benches/own-7"
    "benches/own-8" "benches/own-9" "benches/own-10" "benches/own-11"
    "benches/own-12" "benches/own-13" "benches/own-14" "benches/own-15"
}
