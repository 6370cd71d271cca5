//! Durations: seconds, or a text with units.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprLit, ExprPath, ExprUnary, Lit, UnOp};

use super::Key;
use crate::hygiene::hygienic_at;

/// A duration in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span(u128);

impl Span {
    pub(super) fn nanos(self) -> u128 {
        self.0
    }
}

impl ToTokens for Span {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        // At most 30 days; the remainder is below 10^9.
        let seconds = u64::try_from(self.0 / NANOS).unwrap_or(u64::MAX);
        let nanos = u32::try_from(self.0 % NANOS).unwrap_or(0);
        let (seconds, nanos) = (Literal::u64_unsuffixed(seconds), Literal::u32_unsuffixed(nanos));
        tokens.extend(quote!(::core::time::Duration::new(#seconds, #nanos)));
    }
}

const NANOS: u128 = 1_000_000_000;
const FORMS: &str =
    "seconds (`60`, `0.5`), a text (`\"500ms\"`, `\"1m 30s\"`) or the path of a `const` `Duration`";

/// The value of a literal; `None` for the path of a constant.
pub(super) fn parse(key: Key, value: &Expr) -> syn::Result<Option<Span>> {
    let error = |message: String| Err(syn::Error::new_spanned(value, message));
    let nanos = match value {
        Expr::Path(_) => return Ok(None),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), .. }) => {
            return error(format!("`{key}` must be {}", key.least_text()));
        }
        Expr::Lit(ExprLit { lit: Lit::Int(literal), .. }) if literal.suffix().is_empty() => {
            decimal(literal.base10_digits(), NANOS)
        }
        Expr::Lit(ExprLit { lit: Lit::Float(literal), .. }) if literal.suffix().is_empty() => {
            match decimal(literal.base10_digits(), NANOS) {
                Some(nanos) => Some(nanos),
                None => {
                    return error(format!(
                        "`{key}`: write the seconds as in `0.5`, or a text: `\"500ms\"`"
                    ));
                }
            }
        }
        Expr::Lit(ExprLit { lit: Lit::Int(literal), .. }) => {
            let (digits, suffix) = (literal.base10_digits(), literal.suffix());
            return error(format!("`{key}`: units go into a text: `\"{digits}{suffix}\"`"));
        }
        Expr::Lit(ExprLit { lit: Lit::Float(literal), .. }) => {
            let (digits, suffix) = (literal.base10_digits(), literal.suffix());
            return error(format!("`{key}`: units go into a text: `\"{digits}{suffix}\"`"));
        }
        Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) => match text(key, &literal.value()) {
            Ok(nanos) => Some(nanos),
            Err(fault) => return error(format!("`{key}` {fault}")),
        },
        _ => {
            return error(format!(
                "`{key}` is a duration: {FORMS}; put an expression into a `const`"
            ));
        }
    };
    match (nanos, key.most()) {
        (Some(nanos), _) if nanos < key.least() => {
            error(format!("`{key}` must be {}", key.least_text()))
        }
        (Some(nanos), Some(most)) if nanos <= most => Ok(Some(Span(nanos))),
        _ => error(format!("`{key}` must be at most {}", key.most_text())),
    }
}

/// The constant at `path`: `cargo check` reports where the path stands what is wrong with its value.
pub(super) fn checked(key: Key, path: &ExprPath) -> TokenStream {
    let (least, most) = (key.least(), key.most().unwrap_or(u128::MAX));
    let message = format!("`{key}` must be {}", key.range());
    quote_spanned! {hygienic_at(path)=> {
        let value: ::core::time::Duration = #path;
        ::core::assert!(value.as_nanos() >= #least && value.as_nanos() <= #most, #message);
        value
    }}
}

/// `1m 30s`: numbers, each with its unit.
fn text(key: Key, text: &str) -> Result<u128, String> {
    let mut rest = text.trim();
    if rest.starts_with('-') {
        return Err(format!("must be {}", key.least_text()));
    }
    let mut sum = 0_u128;
    let fault = || format!("cannot be {text:?}; write {FORMS}");
    if rest.is_empty() {
        return Err(fault());
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, behind) = rest.split_at(end);
        let behind = behind.trim_start();
        let end = behind.find(|c: char| !c.is_alphabetic()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(end);
        rest = behind.trim_start();
        if number.is_empty() {
            return Err(fault());
        }
        let nanos_per_unit = match unit {
            "ns" => 1,
            "us" | "µs" => 1_000,
            "ms" => 1_000_000,
            "s" | "sec" | "second" | "seconds" => NANOS,
            "m" | "min" | "minute" | "minutes" => 60 * NANOS,
            "h" | "hour" | "hours" => 60 * 60 * NANOS,
            "d" | "day" | "days" => 24 * 60 * 60 * NANOS,
            "" => {
                return Err(format!("lacks a unit in {text:?}: `\"{number}s\"`, `\"{number}ms\"`"));
            }
            unit => {
                return Err(format!(
                    "has no unit {unit:?}; there are `ns`, `us`, `ms`, `s`, `m`, `h`, `d`"
                ));
            }
        };
        let nanos = decimal(number, nanos_per_unit).ok_or_else(fault)?;
        sum = sum.saturating_add(nanos);
    }
    Ok(sum)
}

/// `12.5` times `unit`, without rounding on the way. What is too large for a `u128` is past every limit anyway.
fn decimal(number: &str, unit: u128) -> Option<u128> {
    let number = number.replace('_', "");
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    if whole.len() + fraction.len() == 0 || !fraction.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    if !whole.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let whole: u128 = whole.parse().unwrap_or(u128::MAX);
    let mut nanos = whole.saturating_mul(unit);
    let mut place = unit;
    for digit in fraction.chars() {
        place /= 10;
        nanos = nanos.saturating_add(u128::from(digit.to_digit(10)?).saturating_mul(place));
    }
    Some(nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(key: Key, value: &str) -> Result<u128, String> {
        let value: Expr = syn::parse_str(value).expect("an expression");
        match parse(key, &value) {
            Ok(span) => Ok(span.expect("a literal").nanos()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn seconds_and_texts_are_read_exactly() {
        for (value, nanos) in [
            ("60", 60 * NANOS),
            ("0.1", NANOS / 10),
            ("1.5", NANOS * 3 / 2),
            ("1_000", 1_000 * NANOS),
            (r#""500ms""#, NANOS / 2),
            (r#""1m 30s""#, 90 * NANOS),
            (r#""1m30s""#, 90 * NANOS),
            (r#"" 1.5 h ""#, 5_400 * NANOS),
            (r#""30d""#, 30 * 86_400 * NANOS),
            (r#""7ns""#, 7),
        ] {
            assert_eq!(span(Key::Ttl, value), Ok(nanos), "{value}");
        }
    }

    #[test]
    fn what_is_no_duration_is_answered_with_the_fix() {
        for (value, message) in [
            ("0", "longer than zero"),
            ("0.0", "longer than zero"),
            ("-1", "longer than zero"),
            (r#""-1s""#, "longer than zero"),
            (r#""0s""#, "longer than zero"),
            ("60s", r#"`"60s"`"#),
            (r#""60""#, "lacks a unit"),
            (r#""60 parsecs""#, "no unit"),
            (r#""soon""#, "cannot be"),
            (r#""""#, "cannot be"),
            ("31_000_000", "at most 30 days"),
            ("99999999999999999999999999999999999999999", "at most 30 days"),
            ("1e3", "write the seconds as in `0.5`"),
            ("true", "is a duration"),
        ] {
            let error = span(Key::Ttl, value).expect_err(value);
            assert!(error.contains(message), "{value}: {error}");
        }
    }

    #[test]
    fn a_window_is_a_millisecond_at_least() {
        for (value, nanos) in
            [("0.001", 1_000_000), (r#""1ms""#, 1_000_000), (r#""24h""#, 86_400 * NANOS)]
        {
            assert_eq!(span(Key::Window, value), Ok(nanos), "{value}");
        }
        for value in
            [r#""999999ns""#, r#""999us""#, "0.000_999_999", "0", "-1", r#""0ms""#, r#""-1ms""#]
        {
            let error = span(Key::Window, value).expect_err(value);
            assert_eq!(error, "`window` must be at least 1 ms", "{value}");
        }
    }
}
