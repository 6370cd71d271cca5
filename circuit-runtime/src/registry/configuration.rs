//! What a program says of its breakers when it starts.

use std::error::Error;
use std::time::Duration;

use super::book::registry;
use super::configured::Configured;
use super::group_settings::GroupSettings;
use super::problem::RegistryError;
use crate::breaker::{Exclusion, Listener, ListenerEntry, Mode, Settings};

/// Begins the configuration of all breakers of the program: defaults, errors that are never failures, listeners, and
/// settings by name that hold over those in the source. [`install`](Configuration::install) checks all of it and puts it in
/// force; do that once, where the program starts.
///
/// ```
/// use std::time::Duration;
/// use circuit_runtime::{Settings, breaker, configure, on_change};
///
/// #[derive(Debug, thiserror::Error)]
/// #[error("invalid")]
/// struct ValidationError;
///
/// # fn main() -> Result<(), circuit_runtime::RegistryError> {
/// configure()
///     .default_threshold(3)
///     .default_ttl(Duration::from_secs(30))
///     .exclude::<ValidationError>()
///     .settings("payments", Settings::new().ttl(Duration::from_secs(5)))
///     .listener(on_change(|event| eprintln!("{event}")))
///     .install()?;
///
/// let payments = breaker!("payments", threshold = 10);
/// assert_eq!(payments.settings().get_threshold(), 10); // the source's, over the default
/// assert_eq!(payments.settings().get_ttl(), Duration::from_secs(5)); // by its name, over the source's
/// # Ok(())
/// # }
/// ```
///
/// # What holds over what
///
/// From the weakest to the strongest: what is built in; the defaults given here; the attributes and `breaker!`s of a name,
/// or what it was [registered](crate::Registry::get_or_register) with; the settings given here for that name; what is set
/// live. Each of them key by key. Which call comes first does not matter: breakers that were used before the configuration
/// was installed have it from then on, and keep their state and counts.
pub fn configure() -> Configuration {
    Configuration::default()
}

/// The configuration of all breakers, until it is [installed](Self::install): made by [`configure`].
#[must_use = "nothing is configured until `install`"]
#[derive(Default)]
pub struct Configuration {
    configured: Configured,
    groups: Vec<(String, GroupSettings)>,
}

impl Configuration {
    /// The `threshold` of every breaker for which its declarations give none.
    pub fn default_threshold(self, failures: u32) -> Self {
        self.defaults(Settings::new().threshold(failures))
    }

    /// The `ttl` of every breaker for which its declarations give none.
    pub fn default_ttl(self, ttl: Duration) -> Self {
        self.defaults(Settings::new().ttl(ttl))
    }

    /// Settings of every breaker for which its declarations give none; given again, those given later hold.
    ///
    /// One that contradicts a breaker's declarations is a problem of [`install`](Self::install): a `max_ttl` of a minute
    /// where a `ttl` is an hour. A name that is registered at run time does without the defaults if they contradict what it is
    /// registered with, and [`verify`](crate::Registry::verify) reports it.
    pub fn defaults(mut self, settings: Settings) -> Self {
        self.configured.defaults = settings.over(self.configured.defaults);
        self
    }

    /// Errors of type `E` count as successes in all functions of all breakers, also inside other errors: as
    /// [`CircuitBreaker::exclude`](crate::CircuitBreaker::exclude) at each. A failure then looks through its error, even
    /// where no trip is near.
    pub fn exclude<E: Error + 'static>(mut self) -> Self {
        self.configured.exclusions.push(Exclusion::of_type::<E>());
        self
    }

    /// As [`exclude`](Self::exclude), for those errors of type `E` for which `test` is true: as
    /// [`CircuitBreaker::exclude_if`](crate::CircuitBreaker::exclude_if) at each breaker. An `E` that a function itself
    /// returns is seen where its attribute has a list, if only `exclude = []`; one inside an error is seen everywhere.
    pub fn exclude_if<E: Error + 'static>(mut self, test: fn(&E) -> bool) -> Self {
        self.configured.exclusions.push(Exclusion::of_those(test));
        self
    }

    /// Settings of the breaker called `name`, over those in the source; given again, those given later hold, key by key.
    /// The name has to be declared, or registered before [`install`](Self::install).
    pub fn settings(mut self, name: impl Into<String>, settings: Settings) -> Self {
        self.configured.settings(name.into(), settings);
        self
    }

    /// Makes a group, as [`Registry::group`](crate::Registry::group) does, so that its name and those of its members may be given
    /// settings and modes here.
    ///
    /// ```
    /// use circuit_runtime::{GroupSettings, Settings, configure, registry};
    ///
    /// configure()
    ///     .group("configured/hosts", GroupSettings::new().at_most(500))
    ///     .settings("configured/hosts", Settings::new().threshold(3)) // of each
    ///     .settings("configured/hosts/slow.example.com", Settings::new().threshold(9))
    ///     .install()?;
    /// let hosts = registry().group("configured/hosts", GroupSettings::new());
    /// assert_eq!(hosts.breaker("example.com").settings().get_threshold(), 3);
    /// assert_eq!(hosts.breaker("slow.example.com").settings().get_threshold(), 9);
    /// # Ok::<(), circuit_runtime::RegistryError>(())
    /// ```
    pub fn group(mut self, name: impl Into<String>, settings: GroupSettings) -> Self {
        self.groups.push((name.into(), settings));
        self
    }

    /// As [`settings`](Self::settings), for many names: any map of names to settings will do, so one that was read from a
    /// file with feature `serde` as well.
    pub fn overrides<N: Into<String>>(
        self,
        overrides: impl IntoIterator<Item = (N, Settings)>,
    ) -> Self {
        overrides.into_iter().fold(self, |all, (name, settings)| all.settings(name, settings))
    }

    /// The [`Mode`] that the breaker called `name` starts in: [`Mode::Shadow`] for one that is to show first what it would
    /// do.
    pub fn mode(mut self, name: impl Into<String>, mode: Mode) -> Self {
        self.configured.modes.insert(name.into(), mode);
        self
    }

    /// As [`mode`](Self::mode), for many names: any map of names to modes will do.
    pub fn modes<N: Into<String>>(self, modes: impl IntoIterator<Item = (N, Mode)>) -> Self {
        modes.into_iter().fold(self, |all, (name, mode)| all.mode(name, mode))
    }

    /// Tells `listener` of every breaker, as [`Registry::add_listener`](crate::Registry::add_listener) does, which is there
    /// for one that is to be removed again.
    pub fn listener(mut self, listener: impl Listener) -> Self {
        self.configured.listeners.push(ListenerEntry::new(listener));
        self
    }

    /// Has `fleet` take in all breakers.
    #[cfg(feature = "storage")]
    pub(crate) fn shared_by(mut self, fleet: std::sync::Arc<dyn crate::breaker::Joins>) -> Self {
        self.configured.fleet = Some(fleet);
        self
    }

    /// Checks everything, and puts it in force for all breakers: those that have been used already, and those that come
    /// later.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] with every problem there is, and then nothing changes: all that
    /// [`verify`](crate::Registry::verify) finds; settings and modes for names that nothing declares or has registered, with
    /// the nearest one that something does; settings out of range, or in contradiction to those in the source or to those
    /// given live; a configuration that has been installed already. Groups are there all the same.
    pub fn install(self) -> Result<(), RegistryError> {
        let registry = registry();
        let problems = registry.make_groups(self.groups);
        registry.install(&self.configured, problems)
    }
}

impl std::fmt::Debug for Configuration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Configuration")
            .field("defaults", &self.configured.defaults)
            .field("by_name", &self.configured.by_name)
            .field("modes", &self.configured.modes)
            .finish_non_exhaustive()
    }
}
