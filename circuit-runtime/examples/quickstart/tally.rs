//! How some calls ended, as their breaker counted them.

use std::fmt;
use std::ops::Sub;

use circuit_runtime::CircuitBreaker;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) ok: u64,
    pub(crate) failed: u64,
    pub(crate) excluded: u64,
    pub(crate) rejected: u64,
}

impl Tally {
    /// All calls of `breaker` so far.
    pub(crate) fn of(breaker: &CircuitBreaker) -> Self {
        let calls = breaker.snapshot().calls;
        Self {
            ok: calls.success,
            failed: calls.failure,
            excluded: calls.excluded,
            rejected: calls.rejected,
        }
    }

    pub(crate) fn ok(calls: u64) -> Self {
        Self { ok: calls, ..Self::default() }
    }

    pub(crate) fn failed(calls: u64) -> Self {
        Self { failed: calls, ..Self::default() }
    }

    pub(crate) fn excluded(calls: u64) -> Self {
        Self { excluded: calls, ..Self::default() }
    }

    pub(crate) fn rejected(calls: u64) -> Self {
        Self { rejected: calls, ..Self::default() }
    }

    /// Calls that were made, whatever came of them.
    pub(crate) fn made(self) -> u64 {
        self.ok + self.failed + self.excluded
    }

    /// Complains unless the calls ended as they should have.
    pub(crate) fn expect(self, expected: Self) -> Result<(), String> {
        if self == expected {
            return Ok(());
        }
        Err(format!("the calls should have ended as \"{expected}\", but did as \"{self}\""))
    }

    fn parts(self) -> impl Iterator<Item = (u64, &'static str)> {
        let Self { ok, failed, excluded, rejected } = self;
        let parts =
            [(ok, "ok"), (failed, "failed"), (excluded, "excluded"), (rejected, "rejected")];
        parts.into_iter().filter(|&(calls, _)| calls > 0)
    }
}

impl Sub for Tally {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            ok: self.ok - earlier.ok,
            failed: self.failed - earlier.failed,
            excluded: self.excluded - earlier.excluded,
            rejected: self.rejected - earlier.rejected,
        }
    }
}

/// `"ok"`, `"x 200 rejected"`, `"1 ok, 19 rejected"`.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = self.parts().collect();
        match parts[..] {
            [] => f.write_str("nothing counted"),
            [(1, ending)] => f.write_str(ending),
            [(calls, ending)] => write!(f, "x {calls} {ending}"),
            _ => {
                let parts: Vec<_> =
                    parts.iter().map(|(n, ending)| format!("{n} {ending}")).collect();
                f.write_str(&parts.join(", "))
            }
        }
    }
}
