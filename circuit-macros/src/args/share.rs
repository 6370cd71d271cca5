//! Shares: of 1, and not of 100.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::parse::ParseStream;
use syn::{Expr, ExprLit, ExprPath, ExprUnary, Lit, Token, UnOp};

use super::Key;
use crate::hygiene::hygienic_at;

/// The literal as a float, or the constant, checked where it is known.
pub(super) fn parse(key: Key, value: &Expr) -> syn::Result<TokenStream> {
    let fault = match value {
        Expr::Path(path) => return Ok(checked(key, path)),
        Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) => quoted(key, &literal.value()),
        Expr::Lit(ExprLit { lit, .. }) => match number(lit) {
            Some((_, suffix)) if !matches!(suffix, "" | "f64") => {
                format!("`{key}` is an `f64`: leave out the suffix `{suffix}`")
            }
            Some((number, _)) if is_in_range(key, number) => {
                return Ok(Literal::f64_unsuffixed(number).to_token_stream());
            }
            Some((number, _)) => out_of_range(key, number),
            None => no_number(key),
        },
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), .. }) => out_of_range(key, -1.0),
        _ => no_number(key),
    };
    Err(syn::Error::new_spanned(value, fault))
}

/// `10 %` is no expression, so that it has to be looked for before one is parsed.
pub(super) fn refuse_percent_sign(key: Key, input: ParseStream<'_>) -> syn::Result<()> {
    let ahead = input.fork();
    let (Ok(literal), Ok(sign)) = (ahead.parse::<Lit>(), ahead.parse::<Token![%]>()) else {
        return Ok(());
    };
    match number(&literal) {
        Some((number, "")) if ahead.is_empty() || ahead.peek(Token![,]) => {
            Err(syn::Error::new_spanned(quote!(#literal #sign), percent(key, number)))
        }
        _ => Ok(()),
    }
}

/// The constant at `path`: `cargo check` reports where the path stands what is wrong with its value.
fn checked(key: Key, path: &ExprPath) -> TokenStream {
    let span = hygienic_at(path);
    let message = format!("`{key}` must be {}", key.range());
    // Both comparisons are false of what is not a number.
    let is_more =
        if takes_zero(key) { quote_spanned!(span=> >=) } else { quote_spanned!(span=> >) };
    quote_spanned! {span=> {
        let value: ::core::primitive::f64 = #path;
        ::core::assert!(value #is_more 0.0 && value <= 1.0, #message);
        value
    }}
}

fn takes_zero(key: Key) -> bool {
    key == Key::Jitter
}

fn is_in_range(key: Key, number: f64) -> bool {
    number <= 1.0 && (number > 0.0 || takes_zero(key) && number == 0.0)
}

/// The literal's value and suffix, if it is a number.
fn number(literal: &Lit) -> Option<(f64, &str)> {
    let (digits, suffix) = match literal {
        Lit::Int(literal) => (literal.base10_digits(), literal.suffix()),
        Lit::Float(literal) => (literal.base10_digits(), literal.suffix()),
        _ => return None,
    };
    Some((digits.parse().ok()?, suffix))
}

/// What is wrong with a text.
fn quoted(key: Key, text: &str) -> String {
    let text = text.trim();
    let digits = text.strip_suffix('%').map(str::trim_end);
    match (digits.unwrap_or(text).parse::<f64>(), digits) {
        (Ok(number), Some(_)) => percent(key, number),
        (Ok(number), None) if is_in_range(key, number) => {
            format!("{}, without quotes: `{number:?}`", rule(key))
        }
        (Ok(number), None) => out_of_range(key, number),
        (Err(_), _) => no_number(key),
    }
}

/// What is wrong with so many percent.
fn percent(key: Key, number: f64) -> String {
    // By the digits that were written: a division of binary fractions would add some to `12.3`.
    match format!("{number}e-2").parse() {
        Ok(share) if is_in_range(key, share) => format!("{}: {number} % is `{share:?}`", rule(key)),
        _ => out_of_range(key, number),
    }
}

fn out_of_range(key: Key, number: f64) -> String {
    if number > 1.0 && number <= 100.0 {
        percent(key, number)
    } else if number == 0.0 {
        format!("`{key}` must be {}: leave it out if any share is to trip", key.least_text())
    } else if number < 0.0 {
        format!("`{key}` must be {}", key.least_text())
    } else {
        format!("{}: `{}`", rule(key), key.example())
    }
}

fn no_number(key: Key) -> String {
    let example = key.example();
    format!(
        "{}, or the path of a `const` `f64`: `{example}`; put an expression into a `const`",
        rule(key)
    )
}

fn rule(key: Key) -> String {
    format!("`{key}` is a share, {}", key.range())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(key: Key, value: &str) -> Result<String, String> {
        let value: Expr = syn::parse_str(value).expect("an expression");
        parse(key, &value).map(|share| share.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_share_is_given_on_as_a_float() {
        for (value, float) in [
            ("0.5", "0.5"),
            ("0.5f64", "0.5"),
            ("0.5_f64", "0.5"),
            ("1", "1.0"),
            ("1.", "1.0"),
            ("1f64", "1.0"),
            ("0x1", "1.0"),
            ("1e-1", "0.1"),
            ("1E-1f64", "0.1"),
            ("0.333_333", "0.333333"),
            ("0.30000000000000004", "0.30000000000000004"),
        ] {
            for key in [Key::FailureRate, Key::Jitter] {
                assert_eq!(share(key, value).as_deref(), Ok(float), "{key} = {value}");
            }
        }
        for zero in ["0", "0.0", "0f64"] {
            assert_eq!(share(Key::Jitter, zero).as_deref(), Ok("0.0"));
        }
    }

    #[test]
    fn percent_are_answered_with_the_share() {
        for (value, answer) in [
            ("10", "10 % is `0.1`"),
            ("50.0", "50 % is `0.5`"),
            ("5_0", "50 % is `0.5`"),
            ("7", "7 % is `0.07`"),
            ("12.3", "12.3 % is `0.123`"),
            ("1.5", "1.5 % is `0.015`"),
            ("100", "100 % is `1.0`"),
            ("1e2", "100 % is `1.0`"),
            (r#""10""#, "10 % is `0.1`"),
            (r#""10%""#, "10 % is `0.1`"),
            (r#"" 12.5 % ""#, "12.5 % is `0.125`"),
            (r#""0.5%""#, "0.5 % is `0.005`"),
        ] {
            let rule = "is a share, more than 0 and at most 1";
            let expected = format!("`failure_rate` {rule}: {answer}");
            assert_eq!(share(Key::FailureRate, value), Err(expected), "{value}");
            let expected = format!("`jitter` is a share, at least 0 and at most 1: {answer}");
            assert_eq!(share(Key::Jitter, value), Err(expected), "{value}");
        }
    }

    #[test]
    fn every_whole_percent_is_answered_with_two_digits_at_most() {
        for number in 2..=100 {
            let answer = share(Key::FailureRate, &number.to_string()).expect_err("no share");
            let share = answer.split('`').nth(3).expect("a share in backticks");
            assert!(share.len() <= "0.99".len(), "{answer}");
            let share: f64 = share.parse().expect("a number");
            assert!((share * 100.0 - f64::from(number)).abs() < 1e-9, "{answer}");
        }
    }

    #[test]
    fn what_is_no_share_is_answered_with_the_fix() {
        for (value, message) in [
            ("0", "must be more than 0: leave it out"),
            ("0.0", "must be more than 0: leave it out"),
            ("1e-999", "must be more than 0: leave it out"),
            (r#""0%""#, "must be more than 0: leave it out"),
            ("-0.1", "must be more than 0"),
            (r#""-10%""#, "must be more than 0"),
            ("101", "at most 1: `failure_rate = 0.5`"),
            ("1e999", "at most 1: `failure_rate = 0.5`"),
            (r#""150%""#, "at most 1: `failure_rate = 0.5`"),
            (r#""nan""#, "at most 1: `failure_rate = 0.5`"),
            (r#""nan%""#, "at most 1: `failure_rate = 0.5`"),
            (r#""0.5""#, "at most 1, without quotes: `0.5`"),
            (r#""1""#, "without quotes: `1.0`"),
            (r#""half""#, "or the path of a `const` `f64`"),
            (r#""""#, "or the path of a `const` `f64`"),
            ("0.5f32", "is an `f64`: leave out the suffix `f32`"),
            ("1u32", "is an `f64`: leave out the suffix `u32`"),
            ("1.0 / 3.0", "put an expression into a `const`"),
            ("true", "put an expression into a `const`"),
        ] {
            let error = share(Key::FailureRate, value).expect_err(value);
            assert!(error.contains(message), "{value}: {error}");
        }
        for (value, message) in [
            ("-0.1", "`jitter` must be at least 0"),
            ("150", "`jitter` is a share, at least 0 and at most 1: `jitter = 0.1`"),
        ] {
            assert_eq!(share(Key::Jitter, value), Err(message.to_owned()), "{value}");
        }
    }
}
