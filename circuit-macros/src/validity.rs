//! Whether what the arguments say holds of the function they stand at.

use quote::ToTokens as _;
use syn::{Attribute, Expr, FnArg, Signature};

use crate::args::{Args, head};
use crate::fallback::Errors;
use crate::lifetime::first_lifetime;
use crate::params::cfgs;
use crate::ret;
use crate::shape::{Items, Shape};
use crate::written::written;

/// All that does not hold.
pub(crate) fn check(args: &Args, sig: &Signature, shape: &Shape) -> syn::Result<()> {
    let mut errors = Errors::default();
    errors.keep(streams_are_known(shape));
    errors.keep(errors_own_what_they_hold(args, shape));
    errors.keep(errors_are_written(args, shape));
    if let Some(fallback) = &args.fallback {
        errors.keep(fallback_is_another(fallback, sig));
        errors.keep(arguments_are_always_there(sig));
        errors.keep(arguments_are_all_taken(fallback, sig));
    }
    errors.finish()
}

fn streams_are_known(shape: &Shape) -> syn::Result<()> {
    match &shape.items {
        Some(Items { is_stream: true, ty, .. }) if !cfg!(feature = "stream") => {
            let message = "functions that return a stream are guarded with the feature `stream`: \
                           `circuit-runtime = { version = \"0.1\", features = [\"stream\"] }`";
            Err(syn::Error::new_spanned(ty, message))
        }
        _ => Ok(()),
    }
}

/// An error that borrows has no type to be told apart by at run time.
fn errors_own_what_they_hold(args: &Args, shape: &Shape) -> syn::Result<()> {
    let error = shape.output.as_ref().and_then(ret::written_error);
    match (error, args.searched()) {
        (Some(error), Some(searched)) if first_lifetime(error.to_token_stream()).is_some() => {
            let error = written(error);
            let message = format!(
                "types are not looked for in an error that borrows, `{error}`: name a variant or a pattern instead"
            );
            Err(syn::Error::new_spanned(searched, message))
        }
        _ => Ok(()),
    }
}

/// What an error says of itself is asked before the body has told its type.
fn errors_are_written(args: &Args, shape: &Shape) -> syn::Result<()> {
    let error = shape.output.as_ref().and_then(ret::written_error);
    match error.and_then(ret::first_hidden) {
        Some(hidden) if args.rejected.is_none() => {
            let message = "write the error's type: what it is to a circuit breaker is asked of the type, and this one is \
                           hidden";
            Err(syn::Error::new(hidden, message))
        }
        _ => Ok(()),
    }
}

fn fallback_is_another(fallback: &Expr, sig: &Signature) -> syn::Result<()> {
    let Expr::Path(path) = fallback else { return Ok(()) };
    let name = sig.ident.to_string();
    let is_itself = match sig.receiver() {
        Some(_) => written(path) == format!("Self::{name}"),
        None => [name.clone(), format!("self::{name}"), format!("Self::{name}")]
            .contains(&written(path)),
    };
    if is_itself {
        let message = "`fallback` is the function itself: a rejected call would be rejected again";
        return Err(syn::Error::new_spanned(path, message));
    }
    Ok(())
}

fn arguments_are_always_there(sig: &Signature) -> syn::Result<()> {
    let conditions = sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => cfgs(&typed.attrs).into_iter().next(),
        FnArg::Receiver(_) => None,
    });
    let mut errors = Errors::default();
    conditions.for_each(|condition: &Attribute| {
        let message = "an argument that is not always there cannot be passed on to a `fallback`";
        errors.push(syn::Error::new_spanned(condition, message));
    });
    errors.finish()
}

fn arguments_are_all_taken(fallback: &Expr, sig: &Signature) -> syn::Result<()> {
    match fallback {
        Expr::Closure(closure) if closure.inputs.len() != sig.inputs.len() => {
            let arguments = vec!["_"; sig.inputs.len()].join(", ");
            let this = if sig.receiver().is_some() { "`self` included, " } else { "" };
            let message = format!(
                "`fallback` takes all that the function takes, {this}and no more: `|{arguments}|`"
            );
            Err(syn::Error::new_spanned(head(closure), message))
        }
        _ => Ok(()),
    }
}
