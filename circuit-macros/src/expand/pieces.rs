//! What the shapes are put together from.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, ReturnType, Signature, Type};

use super::judge;
use crate::args::Args;
use crate::hygiene::hygienic_at;
use crate::item::Function;
use crate::params::{self, Passed};
use crate::ret;
use crate::shape::Shape;

/// The parts of one function's expansion.
pub(super) struct Pieces<'a> {
    pub(super) krate: &'a TokenStream,
    pub(super) judge: TokenStream,
    pub(super) refuse: TokenStream,
    /// `FromRejection::from_rejection`, or the user's `rejected`: from a `Rejected` to what is returned.
    pub(super) reject: TokenStream,
    /// That, called with `rejected`.
    rejection: TokenStream,
    /// The user's `fallback` with the arguments it gets.
    pub(super) fallback: Option<TokenStream>,
    pub(super) destructured: TokenStream,
    returned: TokenStream,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(
        args: &'a Args,
        function: &Function,
        shape: &Shape,
        passed: Option<Passed>,
    ) -> Self {
        let krate = &args.krate;
        let output = &function.sig.output;
        let answer = answer(&function.sig, shape);
        let rejection = match &args.rejected {
            Some(rejected) => {
                let at = hygienic_at(rejected);
                let krate = located(krate, at);
                quote_spanned! {at=>
                    <#answer as #krate::private::RejectedBy>::reject_by(#rejected, rejected)
                }
            }
            // Qualified by the type as the user wrote it: where that cannot carry a rejection, it is said there.
            None => hygienic! {
                <#answer as #krate::private::FromRejection>::from_rejection(rejected)
            },
        };
        // A closure, not the function itself: in a type it is part of, the function's bounds would be checked again.
        let reject = hygienic!(|rejected| #rejection);
        let (fallback, destructured) = match (&args.fallback, passed) {
            (Some(fallback), Some(Passed { arguments, destructured })) => {
                (Some(fall_back(krate, fallback, &arguments)), destructured)
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
            rejection,
            fallback,
            destructured,
            returned: ret::inferred(&function.sig),
        }
    }

    /// Asks the breaker; `run` has the `permit`.
    pub(super) fn entered(&self, run: &TokenStream, refusal: &TokenStream) -> TokenStream {
        let rejected = if self.fallback.is_some() { hygienic!(_) } else { hygienic!(rejected) };
        hygienic! {
            match __CIRCUIT_SITE.enter() {
                ::core::result::Result::Ok(permit) => #run,
                ::core::result::Result::Err(#rejected) => #refusal,
            }
        }
    }

    /// What is returned instead of making the call.
    pub(super) fn refusal(&self) -> TokenStream {
        self.fallback.clone().unwrap_or_else(|| self.rejection.clone())
    }

    /// That, where the fallback is a future.
    pub(super) fn refusal_awaited(&self) -> TokenStream {
        match &self.fallback {
            Some(fallback) => {
                let at = hygienic_at(fallback);
                quote_spanned!(at=> #fallback.await)
            }
            None => self.rejection.clone(),
        }
    }

    pub(super) fn reading(&self, sig: &Signature) -> TokenStream {
        let Self { krate, returned, .. } = self;
        match &sig.output {
            // Nothing to ask the compiler about before the body has told it the type.
            ReturnType::Type(_, ty) if matches!(&**ty, Type::ImplTrait(_)) => {
                hygienic!(#krate::private::ReadPlain::of_type())
            }
            _ => hygienic!(#krate::private::reading!(#returned)),
        }
    }

    pub(super) fn item_reading(&self, item: Option<&Type>) -> TokenStream {
        let krate = self.krate;
        match item.map(ret::inferred_type) {
            Some(item) => hygienic!(#krate::private::reading!(#item)),
            None => hygienic!(#krate::private::ReadPlain::of_type()),
        }
    }

    pub(super) fn closure(&self, function: &Function) -> TokenStream {
        let Self { returned, destructured, .. } = self;
        let mentions = params::mention(function, self.krate);
        let body = self.body(function);
        // With the span of the user's braces, so that a use of a moved value is reported in the usual words.
        let span = function.brace.span.join();
        let head = quote_spanned!(span=> move || -> #returned);
        hygienic!(#head { #mentions #destructured #body })
    }

    /// The user's block as a statement: its temporaries die there, its items stay inside.
    pub(super) fn body(&self, function: &Function) -> TokenStream {
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
    pub(super) fn hint(&self) -> TokenStream {
        let returned = &self.returned;
        let at = hygienic_at(returned);
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

/// The same tokens, at another place.
fn located(tokens: &TokenStream, at: Span) -> TokenStream {
    let located = tokens.clone().into_iter().map(|mut token| {
        token.set_span(token.span().located_at(at));
        token
    });
    located.collect()
}

/// The call of the fallback, in its place: what does not fit is said of it. A closure is handed on, because called in
/// place it would not learn its arguments' types.
fn fall_back(krate: &TokenStream, fallback: &Expr, arguments: &[TokenStream]) -> TokenStream {
    let at = hygienic_at(fallback);
    let krate = located(krate, at);
    let arguments: Vec<_> =
        arguments.iter().map(|argument| located(argument, fallback.span())).collect();
    let call = if matches!(fallback, Expr::Closure(_)) && arguments.len() <= 8 {
        let helper = format_ident!("fall_back_{}", arguments.len(), span = at);
        quote_spanned!(at=> #krate::private::#helper(#(#arguments,)* #fallback))
    } else {
        quote_spanned!(at=> (#fallback)(#(#arguments),*))
    };
    // A name that says it is not used is used here.
    if !arguments.iter().any(|argument| argument.to_string().starts_with('_')) {
        return call;
    }
    hygienic!({
        #[allow(clippy::used_underscore_binding)]
        #call
    })
}

/// The type that has to carry a rejection.
fn answer(sig: &Signature, shape: &Shape) -> TokenStream {
    let inferred = |ty: Option<&Type>| match ty {
        Some(ty) => ret::inferred_type(ty).into_token_stream(),
        None => hygienic!(_),
    };
    match shape {
        Shape::Future { output, .. } => inferred(Some(output)),
        Shape::Iterator { item, .. } => inferred(item.as_ref()),
        Shape::Plain | Shape::Async | Shape::TryIterator { .. } => ret::inferred(sig),
    }
}
