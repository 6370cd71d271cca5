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
        let body = body::closure(function, self.passed());
        let sequel = self.sequel();
        if self.replaced.is_none() {
            return hygienic!(__circuit::run(&__SITE, #body, #sequel));
        }
        let run = hygienic!(__circuit::run(__permit, #body, #sequel));
        let answer = self.answer();
        Self::entered(&run, &self.sequel.of_fallback(&answer).unwrap_or(answer))
    }

    /// `async fn f(a: A) -> R { body }` becomes
    ///
    /// ```ignore
    /// async fn f(a: A) -> R {
    ///     site
    ///     begin(&SITE, async move { body }, sequel).await
    /// }
    /// ```
    fn asynchronous(&self, function: &mut Function) -> TokenStream {
        let block = body::block(function, self.passed());
        let guarded = if self.replaced.is_some() {
            self.deferred(&block)
        } else {
            let sequel = self.sequel();
            hygienic!(__circuit::begin(&__SITE, #block, || #sequel))
        };
        hygienic!(#guarded.await)
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
    /// inside its own box.
    fn future(&self, function: &Function, wrapping: Option<Wrapping>) -> TokenStream {
        match pinned_block(&function.body) {
            Some((pin, block)) if wrapping == Some(Wrapping::BoxPin) && self.replaced.is_none() => {
                let deferred = self.deferred(&block);
                hygienic!(#pin(#deferred))
            }
            _ => Self::boxed(wrapping, self.deferred(&self.constructed(function, wrapping))),
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
    fn stream(&self, function: &Function, wrapping: Option<Wrapping>) -> TokenStream {
        let constructed = self.constructed(function, wrapping);
        let sequel = self.sequel();
        if self.replaced.is_none() {
            return hygienic!(__circuit::stream(&__SITE, #constructed, #sequel));
        }
        let stream = hygienic!(__circuit::stream(__permit, #constructed, #sequel));
        let answer = self.answer();
        let answer = self.sequel.of_fallback(&answer).unwrap_or(answer);
        Self::boxed(wrapping, self.lazily(&stream, &answer))
    }

    /// The future or the stream that the body makes.
    fn constructed(&self, function: &Function, wrapping: Option<Wrapping>) -> TokenStream {
        let body = body::closure(function, self.passed());
        match wrapping {
            // In a box that may be of something that is not `Unpin`, it cannot be polled.
            Some(Wrapping::BoxNew) => {
                hygienic!(__circuit::Box::into_pin(__circuit::construct(#body)))
            }
            _ => hygienic!(__circuit::construct(#body)),
        }
    }

    /// The future of what the function returns.
    fn deferred(&self, future: &TokenStream) -> TokenStream {
        let sequel = self.sequel();
        if self.replaced.is_none() {
            return hygienic!(__circuit::defer(&__SITE, #future, || #sequel));
        }
        let guarded = hygienic!(__circuit::defer(__permit, #future, || #sequel));
        let answer = self.answer();
        let answer = match self.sequel.of_fallback(&hygienic!(#answer.await)) {
            Some(mapped) => hygienic!(async move { #mapped }),
            None => answer,
        };
        self.lazily(
            &hygienic!(__circuit::Either::guarded(#guarded)),
            &hygienic!(__circuit::Either::fallback(#answer)),
        )
    }

    /// What is asked at the first poll, with a fallback, for which the arguments have to be kept until then:
    ///
    /// ```ignore
    /// lazily(move || match SITE.enter() { Ok(permit) => defer(permit, async move { body }, sequel), Err(_) => fallback(a) })
    /// ```
    fn lazily(&self, guarded: &TokenStream, answer: &TokenStream) -> TokenStream {
        let mentions = self.passed().map(|passed| params::capture(&passed.arguments));
        let entered = Self::entered(guarded, answer);
        hygienic!(__circuit::lazily(move || { #mentions #entered }))
    }

    fn entered(guarded: &TokenStream, answer: &TokenStream) -> TokenStream {
        hygienic! {
            match __circuit::Entry::enter(&__SITE) {
                ::core::result::Result::Ok(__permit) => #guarded,
                ::core::result::Result::Err(_) => #answer,
            }
        }
    }

    fn sequel(&self) -> TokenStream {
        if self.replaced.is_some() { self.sequel.admitted() } else { self.sequel.asking() }
    }

    /// The call of the fallback.
    fn answer(&self) -> TokenStream {
        self.replaced
            .as_ref()
            .map(|(fallback, passed)| callable::fallback(fallback, &passed.arguments, self.shape))
            .unwrap_or_default()
    }

    fn boxed(wrapping: Option<Wrapping>, inner: TokenStream) -> TokenStream {
        match wrapping {
            None => inner,
            Some(Wrapping::BoxPin) => hygienic!(__circuit::Box::pin(#inner)),
            Some(Wrapping::BoxNew) => hygienic!(__circuit::Box::new(#inner)),
        }
    }

    /// What the fallback gets.
    fn passed(&self) -> Option<&Passed> {
        self.replaced.as_ref().map(|(_, passed)| passed)
    }
}
