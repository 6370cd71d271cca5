//! The attribute's arguments: parsed key by key, every error kept.

mod duration;
mod elsewhere;
mod given;
mod key;
mod krate;
mod list;
mod listed;
mod number;
mod reader;
mod share;
#[cfg(test)]
mod tests;
mod value;

use proc_macro2::TokenStream;
use syn::{Expr, Type};

pub(crate) use self::key::Key;
pub(crate) use self::krate::parse as parse_crate;
pub(crate) use self::listed::Item;
pub(crate) use self::reader::parse;
pub(crate) use self::value::head;

/// What was given. What was not is `None`, or empty.
pub(crate) struct Args {
    pub(crate) name: String,
    /// The calls of the builder `Settings`, in the order given.
    pub(crate) settings: TokenStream,
    /// Checks of what is known only when constants are evaluated.
    pub(crate) checks: TokenStream,
    pub(crate) exclude: Vec<Item>,
    pub(crate) ignore: Vec<Item>,
    pub(crate) only: Option<Vec<Item>>,
    pub(crate) searches: bool,
    pub(crate) failure_if: Option<Expr>,
    pub(crate) fallback: Option<Expr>,
    pub(crate) rejected: Option<Expr>,
    /// The path to `circuit_runtime`.
    pub(crate) krate: TokenStream,
}

impl Args {
    /// Whether a returned value is the outcome as it is.
    pub(crate) fn says_nothing_of_outcomes(&self) -> bool {
        self.says_nothing_of_errors() && self.failure_if.is_none() && self.rejected.is_none()
    }

    /// Whether all errors are failures.
    pub(crate) fn says_nothing_of_errors(&self) -> bool {
        let is_listed = !self.ignore.is_empty() || !self.exclude.is_empty() || self.only.is_some();
        !is_listed && !self.searches
    }

    /// The first type that is looked for in errors.
    pub(crate) fn searched(&self) -> Option<&Type> {
        let lists = [Some(&self.exclude), Some(&self.ignore), self.only.as_ref()];
        lists.into_iter().flatten().flatten().find_map(|item| match item {
            Item::Search { wanted, .. } => Some(&**wanted),
            Item::Pattern(_) => None,
        })
    }
}

/// Where the arguments stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Attribute,
    /// `breaker!("name", ..)`: the name comes first, and there is no function to say anything of.
    Breaker,
}
