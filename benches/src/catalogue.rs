//! Everything that is measured.

use crate::calls::{
    FAILURE, LATER_FAILURE, LATER_REJECTION, LATER_SUCCESS, PAIR, REJECTION, SUCCESS, TRIP,
    failing, succeeding,
};
use crate::scenario::{Group, Scenario, UNGUARDED};
use crate::this;
use crate::windows::{self, WINDOWS};
use crate::work::{finish, work, work_later};
use crate::{calls, peers};

/// The tables whose rows are measured in turns, in the order in which they are printed.
pub(crate) const GROUPS: [&Group; 12] = [
    &SUCCESS,
    &FAILURE,
    &PAIR,
    &REJECTION,
    &TRIP,
    &LATER_SUCCESS,
    &LATER_FAILURE,
    &LATER_REJECTION,
    &this::LISTENERS,
    &this::ITEMS,
    &this::LOOKUP,
    &WINDOWS,
];

/// The unguarded first, this crate next: the rows that the others are compared with.
pub(crate) fn scenarios() -> Vec<Scenario> {
    let mut all = unguarded();
    all.extend(this::scenarios());
    all.extend(peers::scenarios());
    #[cfg(feature = "http")]
    all.extend(crate::http::scenarios());
    all
}

pub(crate) fn find(name: &str) -> Result<Scenario, String> {
    let found = scenarios().into_iter().find(|scenario| scenario.name() == name);
    found.ok_or_else(|| format!("there is no scenario {name:?}; `--list` names them"))
}

fn unguarded() -> Vec<Scenario> {
    let sync = || work;
    let later = || |n| finish(work_later(n));
    let mut all = vec![
        succeeding(&SUCCESS, UNGUARDED, "", sync),
        failing(&FAILURE, UNGUARDED, "", sync),
        calls::paired(UNGUARDED, "", sync),
        succeeding(&REJECTION, UNGUARDED, "", sync),
        failing(&TRIP, UNGUARDED, "", sync),
        succeeding(&LATER_SUCCESS, UNGUARDED, "", later),
        failing(&LATER_FAILURE, UNGUARDED, "", later),
        succeeding(&LATER_REJECTION, UNGUARDED, "", later),
        succeeding(&this::LISTENERS, UNGUARDED, "", sync),
    ];
    all.extend(windows::succeeding(UNGUARDED, "", |_| work));
    all
}
