//! Where a guarded call gets its permit from.

use super::site::Site;
use crate::breaker::{Parked, Permit, Refusal};

/// The breaker that is still to be asked, or the permit that it gave.
pub trait Entry {
    #[track_caller]
    fn enter(self) -> Result<Permit<'static>, Refusal<'static>>;

    /// For a call that enters when it is first polled.
    #[track_caller]
    fn park(self) -> Parked<'static>;
}

impl Entry for &'static Site {
    #[inline]
    #[track_caller]
    fn enter(self) -> Result<Permit<'static>, Refusal<'static>> {
        self.breaker().ask()
    }

    #[inline]
    #[track_caller]
    fn park(self) -> Parked<'static> {
        Parked::ahead(self.breaker())
    }
}

/// Where there is a `fallback`, which takes the arguments if the call is rejected.
impl Entry for Permit<'static> {
    #[inline]
    fn enter(self) -> Result<Self, Refusal<'static>> {
        Ok(self)
    }

    #[inline]
    fn park(self) -> Parked<'static> {
        Parked::outliving(self)
    }
}
