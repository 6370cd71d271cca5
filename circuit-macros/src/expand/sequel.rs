//! What becomes of what the body returns: how its outcome is found, and what a rejected call returns instead.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{Signature, Type};

use super::{callable, judge};
use crate::args::Args;
use crate::lifetime::first_lifetime;
use crate::ret;
use crate::shape::{Items, Shape, Wrapping};
use crate::written::written;

/// The parts of a sequel, but for the rejection: whether there is one depends on who has the permit.
pub(super) struct Sequel<'a> {
    args: &'a Args,
    shape: &'a Shape,
    /// The type that has to carry a rejection.
    answer: TokenStream,
    /// Whether that is written, and not left to the body to tell.
    is_known: bool,
    /// Whether nothing else is said of the outcome.
    is_by_default: bool,
    may_borrow: bool,
    /// How to read what the body returns.
    returned: TokenStream,
    /// How to read what tells the outcome: that, or its items.
    judged: TokenStream,
    judge: TokenStream,
    refuse: TokenStream,
}

impl<'a> Sequel<'a> {
    pub(super) fn new(args: &'a Args, sig: &Signature, shape: &'a Shape) -> Self {
        let answer = match (&shape.items, &shape.output) {
            (Some(Items { is_in_result: true, .. }), Some(ty)) => ret::with_any_success(ty),
            (Some(Items { item: Some(ty), .. }), _) => ret::inferred_type(ty),
            (Some(_), Some(ty)) => ret::any(ty.span()),
            (_, Some(ty)) => ret::inferred_type(ty),
            (_, None) => ret::nothing(sig),
        };
        let answer = answer.into_token_stream();
        // Nothing to ask the compiler about before the body has told it the type.
        let is_known = |ty: &&TokenStream| ty.to_string() != "_";
        let reading = |ty: Option<&TokenStream>| match ty.filter(is_known) {
            Some(ty) => hygienic!(__circuit::reading!(#ty)),
            None => hygienic!(__circuit::ReadPlain::of_type()),
        };
        let returned = reading(Some(&answer));
        let judged = match (&shape.items, &shape.output) {
            (Some(Items { is_in_result: true, item, .. }), Some(ty)) => {
                let item = item.as_ref().map(|item| ret::inferred_type(item).into_token_stream());
                let item = reading(item.as_ref());
                let errors = reading(Some(&ret::with_no_success(ty).into_token_stream()));
                hygienic!(#item.failing_as(#errors))
            }
            _ => returned.clone(),
        };
        let refuse = match &args.failure_if {
            Some(given) => callable::failure_if(given, &judged),
            None => hygienic!(__circuit::accept),
        };
        let may_borrow = first_lifetime(sig.output.to_token_stream()).is_some();
        let is_known = is_known(&&answer);
        Self {
            args,
            shape,
            is_by_default: is_known && shape.items.is_none() && args.says_nothing_of_outcomes(),
            may_borrow,
            judge: judge::closure(args, may_borrow, true),
            refuse,
            answer,
            is_known,
            returned,
            judged,
        }
    }

    /// For a call that may be rejected.
    pub(super) fn asking(&self) -> TokenStream {
        let Self { args: Args { rejected, .. }, answer, returned, .. } = self;
        if self.is_by_default {
            let borrowed = self.may_borrow.then(|| hygienic!(borrowed));
            return hygienic!(__circuit::outcome!(#borrowed #answer));
        }
        let returning = match rejected {
            Some(rejected) => {
                let reject = callable::rejected(rejected, answer);
                hygienic!((#returned, #reject))
            }
            // With the type as the user wrote it: where that cannot carry a rejection, it is said there.
            None if self.is_known => hygienic!(__circuit::returning!(#answer)),
            None => hygienic!((#returned, __circuit::reject!(#answer))),
        };
        self.sequel(&returning, &hygienic!(::core::convert::identity))
    }

    /// For a call that was admitted. The `fallback` answers the others.
    pub(super) fn admitted(&self) -> TokenStream {
        let returned = &self.returned;
        let returning = hygienic!((#returned, __circuit::Admitted));
        self.sequel(&returning, &hygienic!(__circuit::Either::guarded))
    }

    /// `unboxed` becomes of items that are not boxed.
    fn sequel(&self, returning: &TokenStream, unboxed: &TokenStream) -> TokenStream {
        let Self { judged, judge, refuse, .. } = self;
        let Some(items) = &self.shape.items else {
            return hygienic!(__circuit::value(#returning, #judge, #refuse));
        };
        let ty = ret::inferred_type(&items.ty);
        let wrap = match items.wrapping {
            None => unboxed.clone(),
            Some(Wrapping::BoxNew) => {
                hygienic!(|__items| -> #ty { __circuit::Box::new(__items) })
            }
            Some(Wrapping::BoxPin) => {
                hygienic!(|__items| -> #ty { __circuit::Box::pin(__items) })
            }
        };
        if !items.is_in_result {
            return hygienic!(__circuit::items(#returning, #judge, #refuse, #wrap));
        }
        let item_judge =
            judge::closure(self.args, self.may_borrow, !self.has_items_of_another_error());
        let items = hygienic! {
            __circuit::items((#judged, __circuit::Admitted), #item_judge, #refuse, #wrap)
        };
        hygienic!(__circuit::try_items(#returning, #judge, #items))
    }

    /// The fallback's answer as what the function returns, or its future. `None` if it is that already.
    pub(super) fn of_fallback(&self, answer: &TokenStream) -> Option<TokenStream> {
        match &self.shape.items {
            Some(Items { wrapping: None, is_in_result: true, .. }) => {
                Some(hygienic!(#answer.map(__circuit::Either::fallback)))
            }
            Some(Items { wrapping: None, .. }) => {
                Some(hygienic!(__circuit::Either::fallback(#answer)))
            }
            _ => None,
        }
    }

    /// Whether the items inside a `Result` may fail with another error than that. One that borrows is taken for the
    /// same: it could not be told apart.
    fn has_items_of_another_error(&self) -> bool {
        let of = |ty: &Type| written(&ret::with_no_success(ty));
        match (&self.shape.items, &self.shape.output) {
            (Some(Items { item: Some(item), .. }), Some(outer)) => {
                !self.may_borrow && of(item) != of(outer)
            }
            _ => false,
        }
    }
}
