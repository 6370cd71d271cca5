//! The guarded function, by how the call is made. What the body returns is the sequel's matter.

use proc_macro2::TokenStream;
use syn::Expr;

use super::sequel::Sequel;
use super::site::site;
use super::{body, callable};
use crate::args::Args;
use crate::doc;
use crate::item::Function;
use crate::params::{self, Passed};
use crate::shape::{Call, Items, Shape, Wrapping};
use crate::tail::{pinned_block, with_hint};
use crate::validity;

pub(super) fn guarded(args: &Args, mut function: Function) -> syn::Result<TokenStream> {
    let shape = Shape::of(&function.sig);
    validity::check(args, &function.sig, &shape)?;
    let sequel = Sequel::new(args, &function.sig, &shape);
    let replaced =
        args.fallback.as_ref().map(|fallback| (fallback, params::pass(&mut function.sig)));
    let guard = Guard { shape: &shape, sequel, replaced };
    let body = match &shape.call {
        Call::Plain => match &shape.items {
            Some(Items { is_stream: true, is_in_result: false, wrapping, .. }) => {
                guard.stream(&function, *wrapping)
            }
            _ => guard.plain(&function),
        },
        Call::Async => guard.asynchronous(&mut function),
        Call::Future(wrapping) => {
            let hint = body::hint(&shape.answered());
            function.set_body(with_hint(function.body.clone(), &hint));
            guard.future(&function, *wrapping)
        }
    };
    let site = site(args, false);
    let doc = doc::guarded_by(&args.name, &function);
    Ok(function.with_body(&doc, &hygienic!(#site #body)))
}

struct Guard<'a> {
    shape: &'a Shape,
    sequel: Sequel<'a>,
    /// The user's `fallback`, and the arguments it gets.
    replaced: Option<(&'a Expr, Passed)>,
}

impl Guard<'_> {
    /// `fn f(a: A) -> R { body }` becomes
    ///
    /// ```ignore
    /// fn f(a: A) -> R {
    ///     site
    ///     run(&SITE, move || -> R { body }, sequel)
    /// }
    /// ```
    ///
    /// and with a fallback, which is to have the arguments that the closure would take,
    ///
    /// ```ignore
    /// match SITE.enter() { Ok(permit) => run(permit, move || -> R { body }, sequel), Err(_) => fallback(a) }
    /// ```
    fn plain(&self, function: &Function) -> TokenStream {
        let body = body::closure(function, self.destructured());
        self.entered(|entry, sequel| hygienic!(__circuit::run(#entry, #body, #sequel)))
    }

    /// `async fn f(a: A) -> R { body }` becomes
    ///
    /// ```ignore
    /// async fn f(a: A) -> R {
    ///     site
    ///     defer(&SITE, async move { body }, sequel).await
    /// }
    /// ```
    fn asynchronous(&self, function: &mut Function) -> TokenStream {
        let block = body::block(function, self.destructured());
        self.awaited(&block)
    }

    /// `fn f(a: A) -> impl Future<Output = R> { body }` becomes
    ///
    /// ```ignore
    /// fn f(a: A) -> impl Future<Output = R> {
    ///     site
    ///     defer(&SITE, construct(move || -> _ { body }), sequel)
    /// }
    /// ```
    ///
    /// and where the future is boxed, that in a `Box::pin`; a body that is nothing but `Box::pin(async ..)` is guarded
    /// inside its own box. With a fallback, the arguments have to be kept until the first poll, and the body with them:
    ///
    /// ```ignore
    /// async move { match SITE.enter() { Ok(permit) => defer(permit, construct(..), sequel).await, Err(_) => fallback(a).await } }
    /// ```
    fn future(&self, function: &Function, wrapping: Option<Wrapping>) -> TokenStream {
        let constructed = self.constructed(function);
        if self.replaced.is_some() {
            let awaited = self.awaited(&constructed);
            return Self::boxed(wrapping, hygienic!(async move { #awaited }));
        }
        match pinned_block(&function.body) {
            Some((pin, block)) if wrapping == Some(Wrapping::BoxPin) => {
                let deferred = self.deferred(&block);
                hygienic!(#pin(#deferred))
            }
            _ => Self::boxed(wrapping, self.deferred(&constructed)),
        }
    }

    /// `fn f(a: A) -> impl Stream<Item = R> { body }` becomes
    ///
    /// ```ignore
    /// fn f(a: A) -> impl Stream<Item = R> {
    ///     site
    ///     stream(&SITE, construct(move || -> _ { body }), sequel)
    /// }
    /// ```
    ///
    /// and with a fallback, as for a future,
    ///
    /// ```ignore
    /// flatten(async move { match SITE.enter() { Ok(permit) => stream(permit, construct(..), sequel), Err(_) => fallback(a) } })
    /// ```
    fn stream(&self, function: &Function, wrapping: Option<Wrapping>) -> TokenStream {
        let constructed = self.constructed(function);
        let stream = self
            .entered(|entry, sequel| hygienic!(__circuit::stream(#entry, #constructed, #sequel)));
        if self.replaced.is_none() {
            return stream;
        }
        Self::boxed(wrapping, hygienic!(__circuit::flatten(async move { #stream })))
    }

    /// The future that the body makes.
    fn constructed(&self, function: &Function) -> TokenStream {
        let body = body::closure(function, self.destructured());
        hygienic!(__circuit::construct(#body))
    }

    fn deferred(&self, future: &TokenStream) -> TokenStream {
        self.entered(|entry, sequel| hygienic!(__circuit::defer(#entry, #future, #sequel)))
    }

    /// The value of `future`, or of the fallback's.
    fn awaited(&self, future: &TokenStream) -> TokenStream {
        self.entered(|entry, sequel| hygienic!(__circuit::defer(#entry, #future, #sequel).await))
    }

    /// The call, which asks the breaker itself, or has its permit if there is a fallback to answer otherwise.
    fn entered(&self, call: impl FnOnce(&TokenStream, &TokenStream) -> TokenStream) -> TokenStream {
        let Some((fallback, Passed { arguments, .. })) = &self.replaced else {
            return call(&hygienic!(&__SITE), &self.sequel.asking());
        };
        let run = call(&hygienic!(__permit), &self.sequel.admitted());
        let is_awaited = !matches!(self.shape.call, Call::Plain);
        let answer = callable::fallback(fallback, arguments, &self.shape.answered(), is_awaited);
        let answer = self.sequel.of_fallback(&answer);
        hygienic! {
            match __circuit::Entry::enter(&__SITE) {
                ::core::result::Result::Ok(__permit) => #run,
                ::core::result::Result::Err(_) => #answer,
            }
        }
    }

    fn boxed(wrapping: Option<Wrapping>, inner: TokenStream) -> TokenStream {
        match wrapping {
            None => inner,
            Some(Wrapping::BoxPin) => hygienic!(__circuit::Box::pin(#inner)),
            Some(Wrapping::BoxNew) => hygienic!(__circuit::Box::new(#inner)),
        }
    }

    /// What was a pattern in the signature, where there is a fallback.
    fn destructured(&self) -> Option<&TokenStream> {
        self.replaced.as_ref().map(|(_, passed)| &passed.destructured)
    }
}
