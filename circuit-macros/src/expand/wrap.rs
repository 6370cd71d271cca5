//! One function per shape. `site` stands for the static and its registration; `body` for
//!
//! ```ignore
//! {
//!     capture!(last, first);          // captured whole, dropped in the function's own order
//!     let ret: Result<T, E> = { /* the user's block */ };
//!     ret
//! }
//! ```

use proc_macro2::TokenStream;
use syn::{Signature, Type};

use super::pieces::Pieces;
use super::site::site;
use crate::args::Args;
use crate::item::Function;
use crate::params;
use crate::ret;
use crate::shape::{Shape, Wrapping, pinned_block};

pub(super) fn guarded(args: &Args, mut function: Function) -> syn::Result<TokenStream> {
    let shape = Shape::of(&function.sig);
    let mut sig = function.sig.clone();
    let passed = match &args.fallback {
        Some(_) => Some(params::pass(&mut sig)?),
        None => None,
    };
    function.sig = sig;
    let pieces = Pieces::new(args, &function, &shape, passed);
    let (sig, body) = match shape {
        Shape::Plain => (function.sig.clone(), pieces.plain(&function)),
        Shape::Async => pieces.asynchronous(&function),
        Shape::Future { output, wrapping } => {
            (function.sig.clone(), pieces.future(&function, &output, wrapping))
        }
        Shape::Iterator { item, boxed } => {
            (function.sig.clone(), pieces.iterator(&function, item.as_ref(), boxed))
        }
        Shape::TryIterator { item, boxed } => {
            (function.sig.clone(), pieces.try_iterator(&function, item.as_ref(), boxed))
        }
    };
    let site = site(args, false);
    Ok(function.with_body(&sig, &hygienic!(#site #body)))
}

impl Pieces<'_> {
    /// `fn f(a: A) -> R { body }` becomes
    ///
    /// ```ignore
    /// fn f(a: A) -> R {
    ///     site
    ///     match SITE.enter() {
    ///         Ok(permit) => run(permit, move || -> R { body }, reading, judge, refuse),
    ///         Err(rejected) => FromRejection::from_rejection(rejected),
    ///     }
    /// }
    /// ```
    fn plain(&self, function: &Function) -> TokenStream {
        let Self { krate, judge, refuse, .. } = self;
        let reading = self.reading(&function.sig);
        let body = self.closure(function);
        let run = hygienic!(#krate::private::run(permit, #body, #reading, #judge, #refuse));
        self.entered(&run, &self.refusal())
    }

    /// `async fn f(a: A) -> R { body }` becomes
    ///
    /// ```ignore
    /// async fn f(a: A) -> R {
    ///     site
    ///     defer(&SITE, async move { body }, reading, judge, refuse, FromRejection::from_rejection).await
    /// }
    /// ```
    ///
    /// and with a fallback, which is to have the arguments that the block would take,
    ///
    /// ```ignore
    /// match SITE.enter() { Ok(permit) => run_async(permit, async move { body }, ..).await, Err(_) => fallback(a).await }
    /// ```
    fn asynchronous(&self, function: &Function) -> (Signature, TokenStream) {
        let mut sig = function.sig.clone();
        let reading = self.reading(&sig);
        let rebound = params::rebind_mut(&mut sig);
        let mentions = params::mention(function, self.krate);
        let hint = self.hint();
        let body = self.body(function);
        let destructured = &self.destructured;
        let block = hygienic!(async move { #hint #mentions #rebound #destructured #body });
        if self.fallback.is_some() {
            return (sig, self.awaited(&block, &reading));
        }
        let deferred = self.deferred(&block, &reading);
        (sig, hygienic!(#deferred.await))
    }

    /// `fn f(a: A) -> impl Future<Output = R> { body }` becomes
    ///
    /// ```ignore
    /// fn f(a: A) -> impl Future<Output = R> {
    ///     site
    ///     defer(&SITE, construct(move || -> _ { body }), reading, judge, refuse, FromRejection::from_rejection)
    /// }
    /// ```
    ///
    /// and where the future is boxed, that in a `Box::pin`; a body that is nothing but `Box::pin(async ..)` is guarded
    /// inside its own box. With a fallback, the arguments have to be kept until the first poll, and the body with them:
    ///
    /// ```ignore
    /// async move { match SITE.enter() { Ok(permit) => run_async(permit, construct(..), ..).await, Err(_) => fallback(a).await } }
    /// ```
    fn future(
        &self,
        function: &Function,
        output: &Type,
        wrapping: Option<Wrapping>,
    ) -> TokenStream {
        let krate = self.krate;
        let output = ret::inferred_type(output);
        let reading = hygienic!(#krate::private::reading!(#output));
        let closure = self.closure(function);
        let constructed = hygienic!(#krate::private::construct(#closure));
        let wrap = |future: TokenStream| match wrapping {
            None => future,
            Some(Wrapping::BoxPin) => hygienic!(#krate::private::Box::pin(#future)),
            Some(Wrapping::BoxNew) => hygienic!(#krate::private::Box::new(#future)),
        };
        if self.fallback.is_some() {
            let awaited = self.awaited(&constructed, &reading);
            return wrap(hygienic!(async move { #awaited }));
        }
        match pinned_block(&function.body) {
            Some((pin, block)) if wrapping == Some(Wrapping::BoxPin) => {
                let deferred = self.deferred(&block, &reading);
                hygienic!(#pin(#deferred))
            }
            _ => wrap(self.deferred(&constructed, &reading)),
        }
    }

    fn deferred(&self, future: &TokenStream, reading: &TokenStream) -> TokenStream {
        let Self { krate, judge, refuse, reject, .. } = self;
        hygienic! {
            #krate::private::defer(&__CIRCUIT_SITE, #future, #reading, #judge, #refuse, #reject)
        }
    }

    /// The future's value, or the fallback's.
    fn awaited(&self, future: &TokenStream, reading: &TokenStream) -> TokenStream {
        let Self { krate, judge, refuse, .. } = self;
        let run = hygienic! {
            #krate::private::run_async(permit, #future, #reading, #judge, #refuse).await
        };
        self.entered(&run, &self.refusal_awaited())
    }

    /// `fn f(a: A) -> impl Iterator<Item = R> { body }` becomes
    ///
    /// ```ignore
    /// fn f(a: A) -> impl Iterator<Item = R> {
    ///     site
    ///     iterate(SITE.enter(), move || -> _ { body }, reading, judge, refuse, FromRejection::from_rejection)
    /// }
    /// ```
    ///
    /// and where it is boxed, that in a `Box`. With a fallback, whose iterator is of another type, one of two:
    ///
    /// ```ignore
    /// match SITE.enter() { Ok(permit) => Either::Guarded(iterate_after(permit, ..)), Err(_) => Either::Fallback(fallback(a)) }
    /// ```
    fn iterator(&self, function: &Function, item: Option<&Type>, boxed: bool) -> TokenStream {
        let reading = self.item_reading(item);
        let Self { krate, judge, refuse, reject, .. } = self;
        let body = self.closure(function);
        if self.fallback.is_some() {
            let refusal = self.refusal();
            let run =
                hygienic!(#krate::private::iterate_after(permit, #body, #reading, #judge, #refuse));
            return if boxed {
                self.entered(&hygienic!(#krate::private::Box::new(#run)), &refusal)
            } else {
                self.entered(
                    &hygienic!(#krate::private::Either::Guarded(#run)),
                    &hygienic!(#krate::private::Either::Fallback(#refusal)),
                )
            };
        }
        let run = hygienic! {
            #krate::private::iterate(__CIRCUIT_SITE.enter(), #body, #reading, #judge, #refuse, #reject)
        };
        if boxed { hygienic!(#krate::private::Box::new(#run)) } else { run }
    }

    /// `fn f(a: A) -> Result<impl Iterator<Item = R>, E> { body }` becomes
    ///
    /// ```ignore
    /// fn f(a: A) -> Result<impl Iterator<Item = R>, E> {
    ///     site
    ///     match SITE.enter() {
    ///         Ok(permit) => try_iterate(permit, move || -> Result<_, E> { body }, judge, reading, judge, refuse),
    ///         Err(rejected) => FromRejection::from_rejection(rejected),
    ///     }
    /// }
    /// ```
    fn try_iterator(&self, function: &Function, item: Option<&Type>, boxed: bool) -> TokenStream {
        let reading = self.item_reading(item);
        let Self { krate, judge, refuse, .. } = self;
        let body = self.closure(function);
        let run = hygienic!(#krate::private::try_iterate(permit, #body, #judge, #reading, #judge, #refuse));
        let refusal = self.refusal();
        if boxed {
            let run = hygienic! {
                match #run {
                    ::core::result::Result::Ok(iter) => ::core::result::Result::Ok(#krate::private::Box::new(iter)),
                    ::core::result::Result::Err(error) => ::core::result::Result::Err(error),
                }
            };
            return self.entered(&run, &refusal);
        }
        if self.fallback.is_none() {
            return self.entered(&run, &refusal);
        }
        self.entered(
            &hygienic!(#run.map(#krate::private::Either::Guarded)),
            &hygienic!(#refusal.map(#krate::private::Either::Fallback)),
        )
    }
}
