//! Parse, validate, expand: in this order, and every error of the first two together.

use proc_macro2::TokenStream;

use super::wrap;
use crate::args::{self, Place};
use crate::fallback::{Errors, with_item};
use crate::item;

/// `#[circuit_breaker(args)] item`
pub(crate) fn circuit_breaker(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let function = errors.keep(item::parse(item.clone()));
    let args = errors.keep(args::parse(args, Place::Attribute));
    let guarded = match (&args, function) {
        (Some(args), Some(function)) => errors.keep(wrap::guarded(args, function)),
        _ => None,
    };
    match (errors.finish(), guarded) {
        (Ok(()), Some(guarded)) => guarded,
        (Ok(()), None) => item,
        (Err(error), _) => with_item(&error, item),
    }
}
