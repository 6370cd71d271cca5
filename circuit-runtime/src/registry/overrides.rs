//! Settings by name, as they are read from a file.

use std::collections::{BTreeMap, btree_map};
use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::breaker::{Settings, SettingsOf};

/// A map of names to [`Settings`] that can be read from any self-describing format, and whose errors name the breaker as well as the key:
/// for [`Configuration::overrides`](crate::Configuration::overrides) and
/// [`Registry::replace_overrides`](crate::Registry::replace_overrides). Any other map of names to settings will do too.
///
/// ```
/// use circuit_runtime::{Overrides, breaker, configure};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let read: Overrides = serde_json::from_str(r#"{"db": {"threshold": 2, "ttl": "1m 30s"}}"#)?;
/// configure().overrides(read).install()?;
/// assert_eq!(breaker!("db", threshold = 5).settings().get_threshold(), 2);
///
/// let wrong = serde_json::from_str::<Overrides>(r#"{"db": {"treshold": 2}}"#).unwrap_err();
/// assert!(wrong.to_string().starts_with(r#"circuit breaker "db": no setting `treshold`; did you mean `threshold`?"#));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Overrides(BTreeMap<String, Settings>);

impl Overrides {
    /// The settings for `name`.
    pub fn get(&self, name: &str) -> Option<Settings> {
        self.0.get(name).copied()
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Settings)> + '_ {
        self.0.iter().map(|(name, settings)| (name.as_str(), *settings))
    }
}

impl IntoIterator for Overrides {
    type Item = (String, Settings);
    type IntoIter = btree_map::IntoIter<String, Settings>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<N: Into<String>> FromIterator<(N, Settings)> for Overrides {
    fn from_iter<T: IntoIterator<Item = (N, Settings)>>(all: T) -> Self {
        Self(all.into_iter().map(|(name, settings)| (name.into(), settings)).collect())
    }
}

impl<'de> Deserialize<'de> for Overrides {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ByName)
    }
}

struct ByName;

impl<'de> Visitor<'de> for ByName {
    type Value = Overrides;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of the names of circuit breakers to their settings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Overrides, A::Error> {
        let mut all = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            let settings = map.next_value_seed(SettingsOf { breaker: Some(&name) })?;
            if all.contains_key(&name) {
                return Err(A::Error::custom(format_args!(
                    "circuit breaker {name:?} is given twice"
                )));
            }
            all.insert(name, settings);
        }
        Ok(Overrides(all))
    }
}
