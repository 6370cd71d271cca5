//! The registry itself.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{LazyLock, Mutex, RwLock};

use super::configured::Configured;
use super::declaration::{Declaration, Declared};
use super::group::Group;
use super::known::Known;
use super::problem::{Problem, RegistryError};
use super::table::Table;
use crate::breaker::{
    BreakerHandle, CircuitBreaker, Listener, ListenerEntry, ListenerId, Settings, Snapshot,
};
use crate::poison::Unpoisoned;

/// Every breaker of the program that has a name: the declared ones from the start, those with names made at run
/// time from [`get_or_register`](Self::get_or_register) on.
pub struct Registry {
    pub(super) table: &'static Table,
    pub(super) breakers: RwLock<BTreeMap<&'static str, Registered>>,
    /// Held while a breaker is registered, so that it misses nothing.
    pub(super) configured: Mutex<Configured>,
    pub(super) differing: Mutex<Vec<Problem>>,
    pub(super) groups: RwLock<BTreeMap<&'static str, &'static Group>>,
    /// Held while a group is made.
    pub(super) making: Mutex<()>,
    /// What its breakers read time from, where it is a test's.
    #[cfg(feature = "test-util")]
    pub(super) clock: Option<crate::clock::ManualClock>,
}

/// A breaker, and the settings that its declarations or its registration give: the configuration, and what is set live,
/// may hold over them.
#[derive(Clone, Copy)]
pub(super) struct Registered {
    pub(super) breaker: &'static CircuitBreaker,
    pub(super) given: Settings,
    /// Whether it is what calls share for which a group could make no breaker.
    pub(super) is_overflow: bool,
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.registered_names()).finish()
    }
}

/// The registry of this program; or of a test that isolates itself (feature `test-util`).
///
/// ```
/// use circuit_runtime::{Settings, registry};
///
/// let host = registry().get_or_register("api.example.com", Settings::new().threshold(3));
/// assert_eq!(registry().get("api.example.com").unwrap().name(), host.name());
/// ```
pub fn registry() -> &'static Registry {
    static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::new);
    #[cfg(feature = "test-util")]
    if let Some(isolated) = super::current::isolated() {
        return isolated;
    }
    &REGISTRY
}

impl Registry {
    fn new() -> Self {
        static TABLE: LazyLock<Table> = LazyLock::new(|| {
            Table::new(inventory::iter::<Declared>.into_iter().map(|declared| declared.0))
        });
        Self {
            table: &TABLE,
            breakers: RwLock::default(),
            configured: Mutex::default(),
            differing: Mutex::default(),
            groups: RwLock::default(),
            making: Mutex::default(),
            #[cfg(feature = "test-util")]
            clock: None,
        }
    }

    /// A registry of the same declarations, for one test. It lives for ever, as breakers with a name do.
    #[cfg(feature = "test-util")]
    pub(crate) fn isolated(clock: &crate::clock::ManualClock) -> &'static Self {
        Box::leak(Box::new(Self { clock: Some(clock.clone()), ..Self::new() }))
    }

    /// The breaker called `name`, if it is declared or was registered. A member of a [group](Self::group) is got from that, by
    /// [`Group::get`].
    ///
    /// # Panics
    ///
    /// If the declarations of `name` contradict each other: see [`verify`](Self::verify).
    #[track_caller]
    pub fn get(&self, name: &str) -> Option<&'static CircuitBreaker> {
        match self.find(name) {
            Ok(found) => found.map(|found| found.breaker),
            Err(contradiction) => panic!("{contradiction}"),
        }
    }

    /// The breaker called `name`, wherever it is kept: as [`get`](Self::get), and the members that [groups](Self::group) have now.
    ///
    /// ```
    /// use circuit_runtime::{GroupSettings, registry};
    ///
    /// registry().group("tenants", GroupSettings::new()).breaker("acme");
    /// assert_eq!(registry().breaker("tenants/acme").unwrap().name(), "tenants/acme");
    /// assert!(registry().breaker("tenants/nobody").is_none()); // and is not made
    /// ```
    ///
    /// # Panics
    ///
    /// As [`get`](Self::get).
    #[track_caller]
    pub fn breaker(&self, name: &str) -> Option<BreakerHandle> {
        match self.find_anywhere(name) {
            Ok(found) => found,
            Err(contradiction) => panic!("{contradiction}"),
        }
    }

    /// Says what is wrong, if declarations of the name contradict each other.
    pub(crate) fn find_anywhere(&self, name: &str) -> Result<Option<BreakerHandle>, String> {
        if let Some(found) = self.find(name)? {
            return Ok(Some(found.breaker.into()));
        }
        Ok(self.group_of(name).and_then(|(group, key)| group.get(key)))
    }

    pub(super) fn find(&self, name: &str) -> Result<Option<Registered>, String> {
        if let Some(found) = self.registered(name) {
            return Ok(Some(found));
        }
        match self.table.settings(name) {
            None => Ok(None),
            Some(Ok(settings)) => {
                self.register(name, settings).map(Some).map_err(|error| error.to_string())
            }
            Some(Err(problems)) => Err(lines(problems)),
        }
    }

    /// Every breaker that is declared or was registered, by name. One whose declarations contradict each other is
    /// left out.
    ///
    /// ```
    /// use circuit_runtime::{State, registry};
    ///
    /// let open = registry().iter().filter(|breaker| breaker.state() == State::Open);
    /// println!("{} open", open.count());
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = &'static CircuitBreaker> + use<> {
        self.use_all_declared();
        let all: Vec<_> = self.breakers.read().unpoisoned().values().copied().collect();
        all.into_iter().map(|registered| registered.breaker)
    }

    /// As [`iter`](Self::iter), and behind them the members that [groups](Self::group) have now.
    pub fn breakers(&self) -> Vec<BreakerHandle> {
        self.use_all_declared();
        self.known().into_iter().map(|known| known.breaker).collect()
    }

    pub(super) fn use_all_declared(&self) {
        for name in self.table.names() {
            if let Some(Ok(_)) = self.table.settings(name) {
                self.get(name);
            }
        }
    }

    /// Every attribute and every `breaker!` of the program, by file and line, whether it has run or not.
    pub fn declarations(&self) -> impl Iterator<Item = &'static Declaration> + use<'_> {
        self.table.all().iter().copied()
    }

    /// Finds everything wrong with the program's declarations at once: names declared twice with different
    /// settings, `breaker!("name")` for names that nothing declares, names registered again with other settings or against
    /// the configured defaults.
    /// Worth one test in every program:
    ///
    /// ```
    /// # fn test() -> Result<(), circuit_runtime::RegistryError> {
    /// circuit_runtime::registry().verify()
    /// # }
    /// # test().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`RegistryError`] with all of it.
    pub fn verify(&self) -> Result<(), RegistryError> {
        let mut problems = self.problems();
        problems.extend(self.left_out_defaults());
        RegistryError::from_problems(problems)
    }

    pub(super) fn problems(&self) -> Vec<Problem> {
        let known =
            |name: &str| self.table.settings(name).is_some() || self.registered(name).is_some();
        let mut problems = self.table.problems(known);
        problems.extend(self.differing.lock().unpoisoned().iter().cloned());
        problems
    }

    /// A [`Snapshot`] of each of the [`breakers`](Self::breakers). Each is consistent in itself; they are
    /// taken one after the other.
    ///
    /// ```
    /// for snapshot in circuit_runtime::registry().snapshots() {
    ///     println!("{} is {}", snapshot.name, snapshot.state);
    /// }
    /// ```
    pub fn snapshots(&self) -> Vec<Snapshot> {
        let registered = self.iter().map(CircuitBreaker::snapshot);
        let mut snapshots: Vec<_> = registered.collect();
        for group in self.groups() {
            // One after the other: what is held cannot be forgotten.
            let members = group.keys().into_iter().filter_map(|key| group.get(&key));
            snapshots.extend(members.map(|member| member.snapshot()));
        }
        snapshots
    }

    /// Adds a listener to every breaker, to those that are registered later as well.
    ///
    /// ```
    /// use circuit_runtime::{on_change, registry};
    ///
    /// let id = registry().add_listener(on_change(|event| eprintln!("{event}")));
    /// assert!(registry().remove_listener(id));
    /// ```
    pub fn add_listener(&self, listener: impl Listener) -> ListenerId {
        let entry = ListenerEntry::new(listener);
        let mut configured = self.configured.lock().unpoisoned();
        configured.listeners.push(entry.clone());
        for Known { breaker, .. } in self.known() {
            breaker.add_entry(entry.clone());
        }
        entry.id
    }

    /// Tells what became of a storage, those who listen to all breakers.
    #[cfg(feature = "storage")]
    pub(crate) fn tell_storage_change(&self, change: &crate::breaker::StorageChange) {
        let listeners = self.configured.lock().unpoisoned().listeners.clone();
        ListenerEntry::tell_storage_change(&listeners, change);
    }

    /// Removes a listener that [`add_listener`](Self::add_listener) has added, from every breaker; returns whether it
    /// was there.
    pub fn remove_listener(&self, id: ListenerId) -> bool {
        let mut configured = self.configured.lock().unpoisoned();
        let listeners = &mut configured.listeners;
        let Some(at) = listeners.iter().position(|entry| entry.id == id) else { return false };
        let entry = listeners.remove(at);
        let removed: Vec<_> =
            self.known().iter().filter_map(|known| known.breaker.remove_entry(id)).collect();
        drop(configured);
        // Its `drop` is the user's code, so it comes last.
        drop((removed, entry));
        true
    }

    /// The breaker that an attribute or a `breaker!` means, or what is wrong with it.
    #[cold]
    pub(crate) fn resolve(
        &self,
        declaration: &Declaration,
    ) -> Result<&'static CircuitBreaker, String> {
        let name = declaration.name();
        match self.find(name)? {
            Some(found) => Ok(found.breaker),
            None if declaration.is_reference() => {
                Err(self.table.undeclared(declaration).to_string())
            }
            // Where `inventory` cannot collect, a declaration is known from its first call on.
            None => self
                .try_get_or_register(name, declaration.settings())
                .map_err(|error| error.to_string()),
        }
    }

    pub(super) fn registered(&self, name: &str) -> Option<Registered> {
        self.breakers.read().unpoisoned().get(name).copied()
    }
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
