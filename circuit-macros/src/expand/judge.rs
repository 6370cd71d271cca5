//! The closure that says what an error counts as.

use proc_macro2::TokenStream;

use crate::args::{Args, Item};
use crate::written::written;

/// `|error| ..`, for errors that may borrow if `may_borrow`.
pub(super) fn closure(args: &Args, may_borrow: bool) -> TokenStream {
    let krate = &args.krate;
    let nothing_asked = args.ignore.is_empty() && args.exclude.is_empty() && args.only.is_none();
    if nothing_asked && !args.searches {
        let borrowed = may_borrow.then(|| hygienic!(borrowed));
        return hygienic!(|__error| #krate::private::evidence!(#borrowed __error));
    }
    let mut sought = Vec::new();
    let ignored = any(&args.ignore, "ignored", args, &mut sought);
    let excluded = match &args.only {
        Some(only) => {
            let counted = any(only, "counted", args, &mut sought);
            hygienic!(!(#counted))
        }
        None => any(&args.exclude, "excluded", args, &mut sought),
    };
    let evidence = if args.searches {
        let count = sought.len();
        hygienic! {
            static __CIRCUIT_SOUGHT: [#krate::private::Sought; #count] = [#(#sought),*];
            let __evidence = #krate::private::evidence!(__error).owning(__error, &__CIRCUIT_SOUGHT);
        }
    } else {
        hygienic!(let __evidence = #krate::private::evidence!(borrowed __error);)
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
fn any(items: &[Item], verdict: &str, args: &Args, sought: &mut Vec<TokenStream>) -> TokenStream {
    if items.is_empty() {
        return hygienic!(false);
    }
    let krate = &args.krate;
    let conditions: Vec<_> = items
        .iter()
        .map(|item| match item {
            Item::Search { wanted, test } => {
                let index = sought.len();
                let name = written(wanted);
                sought.push(hygienic!(#krate::private::Sought::new(#name, #verdict)));
                hygienic!(#krate::private::found!(__error, __evidence, __CIRCUIT_SOUGHT[#index], #wanted, #test))
            }
            Item::Pattern(pattern) => hygienic! {
                {
                    #[allow(unreachable_patterns, clippy::match_like_matches_macro)]
                    match __error {
                        #pattern => true,
                        _ => false,
                    }
                }
            },
        })
        .collect();
    hygienic!(#(#conditions)||*)
}
