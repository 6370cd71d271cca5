//! How a fleet is installed.

use super::contract::Storage;
use super::driver::Driver;
use super::fleet::Fleet;
use crate::registry::Configuration;

impl Configuration {
    /// Shares the state of every breaker through `storage` with all processes that do the same: as
    /// [`fleet`](Self::fleet)`(Fleet::over(storage))`, where it can be said how.
    ///
    /// Breakers that were used before join then, with what they know. What is shared, how soon, and what becomes of it when
    /// the storage is away: [the guide](crate::guide::fleets).
    pub fn storage(self, storage: impl Storage) -> Self {
        self.fleet(Fleet::over(storage))
    }

    /// Shares the state of breakers through a storage. Given again, the last one holds.
    pub fn fleet(self, fleet: Fleet) -> Self {
        self.shared_by(Driver::new(fleet))
    }
}
