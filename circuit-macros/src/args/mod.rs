//! The attribute's arguments: parsed key by key, every error kept.

mod duration;
mod given;
mod key;
mod krate;
mod list;
mod number;
mod reader;
mod value;

use proc_macro2::TokenStream;
use syn::Expr;

pub(crate) use self::key::Key;
pub(crate) use self::krate::parse as parse_crate;
pub(crate) use self::list::Item;
pub(crate) use self::reader::parse;

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

/// Where the arguments stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Attribute,
    /// `breaker!("name", ..)`: the name comes first, and there is no function to say anything of.
    Breaker,
}
