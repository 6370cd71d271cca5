//! The closure that says what an error counts as.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::args::{Args, Item};
use crate::hygiene::hygienic_at;
use crate::written::written;

/// `|error| ..`, for errors that may borrow if `may_borrow`.
///
/// Patterns are of the function's error. Where that may be another one than the one judged here, `is_own` is false.
pub(super) fn closure(args: &Args, may_borrow: bool, is_own: bool) -> TokenStream {
    if args.says_nothing_of_errors() {
        let borrowed = may_borrow.then(|| hygienic!(borrowed));
        return hygienic!(|__error| __circuit::evidence!(#borrowed __error));
    }
    let mut sought = Vec::new();
    let ignored = any(&args.ignore, "ignored", is_own, &mut sought);
    let excluded = match &args.only {
        Some(only) => {
            let counted = any(only, "counted", is_own, &mut sought);
            hygienic!(!(#counted))
        }
        None => any(&args.exclude, "excluded", is_own, &mut sought),
    };
    let evidence = if args.searches {
        let count = sought.len();
        let at = args.searched().map_or_else(Span::mixed_site, hygienic_at);
        let searched = quote_spanned!(at=> __circuit::searched!(__error, __SOUGHT));
        hygienic! {
            static __SOUGHT: [__circuit::Sought; #count] = [#(#sought),*];
            let __evidence = #searched;
        }
    } else {
        hygienic!(let __evidence = __circuit::evidence!(borrowed __error);)
    };
    hygienic! {
        |__error| {
            #evidence
            if #ignored {
                __evidence.ignored()
            } else if #excluded {
                __evidence.excluded()
            } else {
                __evidence
            }
        }
    }
}

/// Whether any of `items` is, or is in, `error`. Adds the types that are looked for to `sought`.
fn any(items: &[Item], verdict: &str, is_own: bool, sought: &mut Vec<TokenStream>) -> TokenStream {
    if items.is_empty() {
        return hygienic!(false);
    }
    let conditions: Vec<_> = items
        .iter()
        .map(|item| match item {
            Item::Search { wanted, test, .. } => {
                let index = sought.len();
                let name = written(wanted);
                sought.push(hygienic!(__circuit::Sought::new(#name, #verdict)));
                let at = hygienic_at(wanted);
                quote_spanned! {at=>
                    __circuit::found!(__error, __evidence, __SOUGHT[#index], #wanted, #test)
                }
            }
            Item::Pattern(pattern) => {
                let at = hygienic_at(pattern);
                let closure = hygienic! {
                    #[allow(unreachable_patterns, clippy::match_like_matches_macro)]
                    |__error| match __error {
                        #pattern => true,
                        _ => false,
                    }
                };
                // A literal does not tell its type.
                if is_own || !pattern.to_string().contains("::") {
                    quote_spanned!(at=> __circuit::is_match(__error, #closure))
                } else {
                    quote_spanned!(at=> __circuit::is_match_of_own(__error, #closure))
                }
            }
        })
        .collect();
    hygienic!(#(#conditions)||*)
}
