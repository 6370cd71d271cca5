//! From arguments, function and shape to the guarded function.

mod judge;
mod wrap;

use proc_macro2::TokenStream;

use crate::args::{self, Args, Place};
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

/// The site: a static in the body, and its entry in the program's list of declarations.
pub(crate) fn site(args: &Args, is_reference: bool) -> TokenStream {
    let Args { name, settings, checks, krate, .. } = args;
    let site = if is_reference {
        hygienic!(refer(#name, #krate::private::here!()))
    } else {
        hygienic!(declare(#name, #krate::private::here!(), #krate::private::Settings::new() #settings))
    };
    hygienic! {
        static __CIRCUIT_SITE: #krate::private::Site = #krate::private::Site::#site;
        #krate::private::inventory::submit!(__CIRCUIT_SITE.declared());
        #checks
    }
}
