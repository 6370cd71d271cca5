//! One function per shape. `site` stands for the static and its registration; `body` for
//!
//! ```ignore
//! {
//!     let _ = &last; let _ = &first;          // captured whole, dropped in the function's own order
//!     let ret: Result<T, E> = { /* the user's block */ };
//!     ret
//! }
//! ```

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{ReturnType, Signature, Type};

use super::{judge, site};
use crate::args::Args;
use crate::item::Function;
use crate::params::{self, Passed};
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
    let pieces = Pieces::new(args, &function, passed);
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

/// What all shapes are put together from.
struct Pieces<'a> {
    krate: &'a TokenStream,
    judge: TokenStream,
    refuse: TokenStream,
    /// `FromRejection::from_rejection`, or the user's `rejected`: from a `Rejected` to what is returned.
    reject: TokenStream,
    /// The user's `fallback` with the arguments it gets.
    fallback: Option<TokenStream>,
    destructured: TokenStream,
    returned: TokenStream,
}

impl<'a> Pieces<'a> {
    fn new(args: &'a Args, function: &Function, passed: Option<Passed>) -> Self {
        let krate = &args.krate;
        let output = &function.sig.output;
        let reject = match &args.rejected {
            Some(rejected) => {
                hygienic!(|rejected| ::core::result::Result::Err((#rejected)(rejected)))
            }
            None => {
                // Where the type cannot carry a rejection, that is said of the type, not of the attribute.
                let at = match output {
                    ReturnType::Type(_, ty) => ty.span(),
                    ReturnType::Default => function.sig.ident.span(),
                };
                let at = Span::mixed_site().located_at(at);
                quote_spanned!(at=> #krate::private::FromRejection::from_rejection)
            }
        };
        let (fallback, destructured) = match (&args.fallback, passed) {
            (Some(fallback), Some(Passed { arguments, destructured })) => {
                (Some(hygienic!((#fallback)(#(#arguments),*))), destructured)
            }
            _ => (None, TokenStream::new()),
        };
        Self {
            krate,
            judge: judge::closure(args, has_lifetime(output.to_token_stream())),
            refuse: match &args.failure_if {
                Some(refuse) => refuse.to_token_stream(),
                None => hygienic!(#krate::private::accept),
            },
            reject,
            fallback,
            destructured,
            returned: ret::inferred(output),
        }
    }

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
        self.entered(&run, &self.refusal(None))
    }

    /// `async fn f(a: A) -> R { body }` becomes
    ///
    /// ```ignore
    /// async fn f(a: A) -> R {
    ///     site
    ///     match SITE.enter() {
    ///         Ok(permit) => run_async(permit, async move { body }, reading, judge, refuse).await,
    ///         Err(rejected) => FromRejection::from_rejection(rejected),
    ///     }
    /// }
    /// ```
    fn asynchronous(&self, function: &Function) -> (Signature, TokenStream) {
        let Self { krate, judge, refuse, .. } = self;
        let mut sig = function.sig.clone();
        let reading = self.reading(&sig);
        let rebound = params::rebind_mut(&mut sig);
        let mentions = params::mention(function);
        let hint = self.hint(&function.sig);
        let body = self.body(function);
        let destructured = &self.destructured;
        let block = hygienic!(async move { #hint #mentions #rebound #destructured #body });
        let run = hygienic! {
            #krate::private::run_async(permit, #block, #reading, #judge, #refuse).await
        };
        (sig, self.entered(&run, &self.refusal(Some(&hygienic!(.await)))))
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
        let Self { krate, judge, refuse, reject, .. } = self;
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
            let run = hygienic! {
                #krate::private::run_async(permit, #constructed, #reading, #judge, #refuse).await
            };
            let entered = self.entered(&run, &self.refusal(Some(&hygienic!(.await))));
            return wrap(hygienic!(async move { #entered }));
        }
        let defer = |future: &TokenStream| hygienic!(#krate::private::defer(&__CIRCUIT_SITE, #future, #reading, #judge, #refuse, #reject));
        match pinned_block(&function.body) {
            Some((pin, block)) if wrapping == Some(Wrapping::BoxPin) => {
                let guarded = defer(&block);
                hygienic!(#pin(#guarded))
            }
            _ => wrap(defer(&constructed)),
        }
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
            let refusal = self.refusal(None);
            let run =
                hygienic!(#krate::private::iterate_after(permit, #body, #reading, #judge, #refuse));
            return match boxed {
                true => self.entered(&hygienic!(#krate::private::Box::new(#run)), &refusal),
                false => self.entered(
                    &hygienic!(#krate::private::Either::Guarded(#run)),
                    &hygienic!(#krate::private::Either::Fallback(#refusal)),
                ),
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
        let refusal = self.refusal(None);
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

    /// Asks the breaker; `run` has the `permit`.
    fn entered(&self, run: &TokenStream, refusal: &TokenStream) -> TokenStream {
        let rejected = if self.fallback.is_some() { hygienic!(_) } else { hygienic!(rejected) };
        hygienic! {
            match __CIRCUIT_SITE.enter() {
                ::core::result::Result::Ok(permit) => #run,
                ::core::result::Result::Err(#rejected) => #refusal,
            }
        }
    }

    /// What is returned instead of making the call.
    fn refusal(&self, awaited: Option<&TokenStream>) -> TokenStream {
        let reject = &self.reject;
        match &self.fallback {
            Some(fallback) => hygienic!(#fallback #awaited),
            None => hygienic!((#reject)(rejected)),
        }
    }

    fn reading(&self, sig: &Signature) -> TokenStream {
        let Self { krate, returned, .. } = self;
        match &sig.output {
            // Nothing to ask the compiler about before the body has told it the type.
            ReturnType::Type(_, ty) if matches!(&**ty, Type::ImplTrait(_)) => {
                hygienic!(#krate::private::ReadPlain::new())
            }
            _ => hygienic!(#krate::private::reading!(#returned)),
        }
    }

    fn item_reading(&self, item: Option<&Type>) -> TokenStream {
        let krate = self.krate;
        match item.map(ret::inferred_type) {
            Some(item) => hygienic!(#krate::private::reading!(#item)),
            None => hygienic!(#krate::private::ReadPlain::new()),
        }
    }

    fn closure(&self, function: &Function) -> TokenStream {
        let Self { returned, destructured, .. } = self;
        let mentions = params::mention(function);
        let body = self.body(function);
        // With the span of the user's braces, so that a use of a moved value is reported in the usual words.
        let span = function.brace.span.join();
        let head = quote_spanned!(span=> move || -> #returned);
        hygienic!(#head { #mentions #destructured #body })
    }

    /// The user's block as a statement: its temporaries die there, its items stay inside.
    fn body(&self, function: &Function) -> TokenStream {
        let returned = &self.returned;
        let block = function.block();
        hygienic! {
            #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
            let ret: #returned = #block;
            #[allow(unreachable_code)]
            ret
        }
    }

    /// Tells an `async` block its type, which it has no place to be written at.
    fn hint(&self, sig: &Signature) -> TokenStream {
        let returned = &self.returned;
        let at = match &sig.output {
            ReturnType::Type(_, ty) => ty.span(),
            ReturnType::Default => sig.ident.span(),
        };
        let at = Span::mixed_site().located_at(at);
        quote_spanned! {at=>
            if let ::core::option::Option::Some(ret) = ::core::option::Option::None::<#returned> {
                return ret;
            }
        }
    }
}

/// Whether a lifetime other than `'static` is written somewhere in `tokens`.
fn has_lifetime(tokens: TokenStream) -> bool {
    let mut after_quote = false;
    tokens.into_iter().any(|token| match token {
        TokenTree::Punct(punct) => {
            after_quote = punct.as_char() == '\'';
            false
        }
        TokenTree::Ident(name) => std::mem::take(&mut after_quote) && name != "static",
        TokenTree::Group(group) => has_lifetime(group.stream()),
        TokenTree::Literal(_) => false,
    })
}
