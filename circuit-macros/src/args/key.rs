//! The keys, in one table.

use std::fmt;

use proc_macro2::{Ident, Span};

use super::Place;
use super::elsewhere::elsewhere;

pub(super) const NAME_FIRST: &str =
    "`breaker!` takes the name first, without a key: `breaker!(\"db\", threshold = 5)`";

macro_rules! keys {
    ($($variant:ident $name:literal $example:literal $settings:literal,)*) => {
        /// A key of the attribute.
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Key {
            $($variant,)*
        }

        impl Key {
            pub(super) const ALL: &[Self] = &[$(Self::$variant),*];

            const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How it is written.
            pub(super) const fn example(self) -> &'static str {
                match self { $(Self::$variant => $example,)* }
            }

            /// Whether it is a setting of the breaker. The others say something of the function.
            pub(super) const fn is_setting(self) -> bool {
                match self { $(Self::$variant => $settings,)* }
            }
        }
    };
}

keys! {
    Name "name" "name = \"db\"" false,
    Threshold "threshold" "threshold = 5" true,
    Ttl "ttl" "ttl = 60" true,
    Window "window" "window = 60" true,
    FailureRate "failure_rate" "failure_rate = 0.5" true,
    MinimumCalls "minimum_calls" "minimum_calls = 20" true,
    SlowCall "slow_call" "slow_call = \"500ms\"" true,
    Exclude "exclude" "exclude = [ValidationError]" false,
    Ignore "ignore" "ignore = [Interrupted]" false,
    Only "only" "only = [io::Error]" false,
    FailureIf "failure_if" "failure_if = |page| page.is_empty()" false,
    SuccessThreshold "success_threshold" "success_threshold = 2" true,
    Probes "probes" "probes = 1" true,
    ProbeTimeout "probe_timeout" "probe_timeout = 10" true,
    MaxTtl "max_ttl" "max_ttl = \"10m\"" true,
    Jitter "jitter" "jitter = 0.1" true,
    OnCancel "on_cancel" "on_cancel = failure" true,
    Fallback "fallback" "fallback = Self::cached" false,
    Rejected "rejected" "rejected = DbError::Unavailable" false,
    Crate "crate" "crate = ::circuit_runtime" false,
}

impl Key {
    /// The key that `ident` is, or what it may have been meant to be.
    pub(super) fn find(ident: &Ident, place: Place) -> Result<Self, Unknown> {
        let written = ident.to_string();
        let wrong = |message: String, nearest| Unknown {
            error: syn::Error::new_spanned(ident, message),
            nearest,
        };
        match Self::named(&written) {
            Some(key) if place == Place::Attribute || key.is_setting() || key == Self::Crate => {
                Ok(key)
            }
            Some(Self::Name) => Err(wrong(NAME_FIRST.to_owned(), None)),
            Some(key) => {
                let message = format!(
                    "`{key}` says something of a function: it belongs into `#[circuit_breaker(..)]`, not into \
                     `breaker!`"
                );
                Err(wrong(message, None))
            }
            None => {
                let nearest = nearest(&written, place);
                Err(wrong(unknown(&written, nearest, place), nearest))
            }
        }
    }

    pub(super) fn named(written: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|key| key.name() == written)
    }

    pub(super) fn ident(self) -> Ident {
        Ident::new(self.name(), Span::call_site())
    }

    /// The smallest count, or duration in nanoseconds.
    pub(super) const fn least(self) -> u128 {
        match self {
            Self::Window => 1_000_000,
            _ => 1,
        }
    }

    /// The least value, in words.
    pub(super) const fn least_text(self) -> &'static str {
        match self {
            Self::Ttl | Self::SlowCall | Self::ProbeTimeout | Self::MaxTtl => "longer than zero",
            Self::Window => "at least 1 ms",
            Self::FailureRate => "more than 0",
            Self::Jitter => "at least 0",
            _ => "at least 1",
        }
    }

    /// The largest count, or duration in nanoseconds.
    pub(super) const fn most(self) -> Option<u128> {
        const SECOND: u128 = 1_000_000_000;
        const DAY: u128 = 24 * 60 * 60 * SECOND;
        match self {
            Self::Threshold | Self::MinimumCalls => Some(u32::MAX as u128),
            Self::SuccessThreshold => Some(63),
            Self::Probes => Some(31),
            Self::Ttl | Self::MaxTtl => Some(30 * DAY),
            Self::Window | Self::SlowCall => Some(DAY),
            Self::ProbeTimeout => Some(4 * 60 * 60 * SECOND),
            _ => None,
        }
    }

    /// The largest value, in words.
    pub(super) const fn most_text(self) -> &'static str {
        match self {
            Self::Threshold | Self::MinimumCalls => "4294967295",
            Self::SuccessThreshold => "63",
            Self::Probes => "31",
            Self::Ttl | Self::MaxTtl => "30 days",
            Self::Window | Self::SlowCall => "1 day",
            Self::ProbeTimeout => "4 hours",
            Self::FailureRate | Self::Jitter => "1",
            _ => "",
        }
    }

    /// From the least value to the largest, in words.
    pub(super) fn range(self) -> String {
        format!("{} and at most {}", self.least_text(), self.most_text())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that is no key.
pub(super) struct Unknown {
    pub(super) error: syn::Error,
    /// What it may have been meant to be.
    pub(super) nearest: Option<Key>,
}

fn offered(place: Place) -> impl Iterator<Item = Key> {
    let offered = move |key: &Key| place == Place::Attribute || key.is_setting();
    Key::ALL.iter().copied().filter(offered)
}

fn nearest(written: &str, place: Place) -> Option<Key> {
    let written = written.to_lowercase();
    let slipped = offered(place)
        .map(|key| (slips(&written, key.name()), key))
        .filter(|(slips, key)| slips * 3 <= key.name().len())
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, key)| key);
    // What others call it is closer than what is spelt alike.
    elsewhere(&written).filter(|key| offered(place).any(|offered| offered == *key)).or(slipped)
}

fn unknown(written: &str, nearest: Option<Key>, place: Place) -> String {
    if let Some(key) = nearest {
        return format!("unknown key `{written}`, did you mean `{key}`?");
    }
    let names: Vec<_> = offered(place).map(Key::name).collect();
    format!("unknown key `{written}`; there are `{}`", names.join("`, `"))
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
            ("TTL", "ttl"),
        ] {
            let message = unknown(written, nearest(written, Place::Attribute), Place::Attribute);
            assert!(message.ends_with(&format!("did you mean `{meant}`?")), "{message}");
        }
    }

    #[test]
    fn another_word_is_answered_with_all_keys() {
        let answer = |place| unknown("retries", nearest("retries", place), place);
        assert!(answer(Place::Attribute).contains("`threshold`, `ttl`, `window`"));
        assert!(!answer(Place::Breaker).contains("exclude"));
    }
}
