//! The keys, in one table.

use std::fmt;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::ExprPath;
use syn::spanned::Spanned as _;

use super::Place;

macro_rules! keys {
    ($($variant:ident $name:literal $example:literal $settings:literal,)*) => {
        /// A key of the attribute.
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Key {
            $($variant,)*
        }

        impl Key {
            const ALL: &[Self] = &[$(Self::$variant),*];

            const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How it is written.
            pub(super) const fn example(self) -> &'static str {
                match self { $(Self::$variant => $example,)* }
            }

            /// Whether it is a setting of the breaker. The others say something of the function.
            const fn is_setting(self) -> bool {
                match self { $(Self::$variant => $settings,)* }
            }
        }
    };
}

keys! {
    Name "name" "name = \"db\"" false,
    Threshold "threshold" "threshold = 5" true,
    Ttl "ttl" "ttl = 60" true,
    Exclude "exclude" "exclude = [ValidationError]" false,
    Ignore "ignore" "ignore = [Interrupted]" false,
    Only "only" "only = [io::Error]" false,
    FailureIf "failure_if" "failure_if = |page| page.is_empty()" false,
    SuccessThreshold "success_threshold" "success_threshold = 2" true,
    Probes "probes" "probes = 1" true,
    ProbeTimeout "probe_timeout" "probe_timeout = 10" true,
    MaxTtl "max_ttl" "max_ttl = \"10m\"" true,
    OnCancel "on_cancel" "on_cancel = failure" true,
    Fallback "fallback" "fallback = Self::cached" false,
    Rejected "rejected" "rejected = DbError::Unavailable" false,
    Crate "crate" "crate = ::circuit_runtime" false,
}

impl Key {
    /// The key that `ident` is, or what it may have been meant to be.
    pub(super) fn find(ident: &Ident, place: Place) -> syn::Result<Self> {
        let written = ident.to_string();
        let found = Self::ALL.iter().copied().find(|key| key.name() == written);
        match found {
            Some(key) if place == Place::Attribute || key.is_setting() || key == Self::Crate => {
                Ok(key)
            }
            Some(Self::Name) => {
                let message = "`breaker!` takes the name first: `breaker!(\"db\", threshold = 5)`";
                Err(syn::Error::new_spanned(ident, message))
            }
            Some(key) => {
                let message = format!(
                    "`{key}` says something of a function: it belongs into `#[circuit_breaker(..)]`, not into \
                     `breaker!`"
                );
                Err(syn::Error::new_spanned(ident, message))
            }
            None => Err(syn::Error::new_spanned(ident, unknown(&written, place))),
        }
    }

    pub(super) fn ident(self) -> Ident {
        Ident::new(self.name(), Span::call_site())
    }

    /// The largest value, where there is one.
    pub(super) const fn most(self) -> Option<u128> {
        const SECOND: u128 = 1_000_000_000;
        match self {
            Self::Threshold => Some(u32::MAX as u128),
            Self::SuccessThreshold => Some(63),
            Self::Probes => Some(31),
            Self::Ttl | Self::MaxTtl => Some(30 * 24 * 60 * 60 * SECOND),
            Self::ProbeTimeout => Some(4 * 60 * 60 * SECOND),
            _ => None,
        }
    }

    /// `most`, in words.
    pub(super) const fn most_text(self) -> &'static str {
        match self {
            Self::Threshold => "4294967295",
            Self::SuccessThreshold => "63",
            Self::Probes => "31",
            Self::Ttl | Self::MaxTtl => "30 days",
            Self::ProbeTimeout => "4 hours",
            _ => "",
        }
    }

    /// A check of the constant at `path`, for `cargo check` to report where the path stands.
    pub(super) fn const_check(self, path: &ExprPath, krate: &TokenStream) -> TokenStream {
        let span = Span::mixed_site().located_at(path.span());
        let message = format!("`{self}` must be at least 1 and at most {}", self.most_text());
        match self {
            Self::Ttl | Self::MaxTtl | Self::ProbeTimeout => {
                let message =
                    format!("`{self}` must be longer than zero and at most {}", self.most_text());
                let most = self.most().map_or(0, |nanos| nanos / 1_000_000_000);
                let most = u64::try_from(most).unwrap_or(u64::MAX);
                quote_spanned! {span=>
                    const _: () = {
                        let value: #krate::private::Duration = #path;
                        ::core::assert!(
                            value.as_nanos() > 0 && (value.as_secs() < #most || value.as_nanos() == #most as u128 * 1_000_000_000),
                            #message
                        );
                    };
                }
            }
            _ => {
                let most =
                    self.most().and_then(|most| u32::try_from(most).ok()).unwrap_or(u32::MAX);
                quote_spanned! {span=>
                    const _: () = {
                        let value: ::core::primitive::u32 = #path;
                        ::core::assert!(value >= 1 && value <= #most, #message);
                    };
                }
            }
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn unknown(written: &str, place: Place) -> String {
    let offered = |key: &&Key| place == Place::Attribute || key.is_setting();
    let names = || Key::ALL.iter().filter(offered).map(|key| key.name());
    let nearest = names()
        .map(|name| (slips(written, name), name))
        .filter(|(slips, name)| slips * 3 <= name.len())
        .min();
    match nearest {
        Some((_, name)) => format!("unknown key `{written}`, did you mean `{name}`?"),
        None => {
            let names: Vec<_> = names().collect();
            format!("unknown key `{written}`; there are `{}`", names.join("`, `"))
        }
    }
}

/// Letters to insert, delete, replace or swap with their neighbour, to get from one word to the other.
fn slips(written: &str, meant: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (written.chars().collect(), meant.chars().collect());
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                let swapped = if swapped { table[i - 2][j - 2] + 1 } else { usize::MAX };
                replaced.min(swapped).min(table[i - 1][j] + 1).min(table[i][j - 1] + 1)
            };
        }
    }
    table[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_keyboard_is_recognised() {
        for (written, meant) in [
            ("treshold", "threshold"),
            ("exlude", "exclude"),
            ("tll", "ttl"),
            ("probe", "probes"),
            ("fall_back", "fallback"),
            ("naem", "name"),
        ] {
            let message = unknown(written, Place::Attribute);
            assert!(message.ends_with(&format!("did you mean `{meant}`?")), "{message}");
        }
    }

    #[test]
    fn another_word_is_answered_with_all_keys() {
        assert!(unknown("retries", Place::Attribute).contains("`threshold`, `ttl`, `exclude`"));
        assert!(!unknown("retries", Place::Breaker).contains("exclude"));
    }
}
