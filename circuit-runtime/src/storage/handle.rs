//! What a storage is given of the fleet that it serves.

use std::fmt;
use std::sync::{Mutex, Weak};

use super::driver::Driver;
use super::synced::Synced;
use crate::poison::Unpoisoned;

/// A fleet in this process, for its storage: [`Storage::joined`](super::Storage::joined).
#[derive(Clone)]
pub struct FleetHandle {
    pub(super) driver: Weak<Driver>,
}

impl FleetHandle {
    /// As [`CircuitBreaker::sync`](crate::CircuitBreaker::sync), for all breakers that are shared.
    pub fn flush(&self) -> Synced {
        let (sender, synced) = Synced::waiting();
        if let Some(driver) = self.driver.upgrade() {
            let sender = Mutex::new(Some(sender));
            driver.flush(move |result| {
                if let Some(sender) = sender.lock().unpoisoned().take() {
                    let _ = sender.send(result);
                }
            });
        }
        synced
    }
}

impl fmt::Debug for FleetHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FleetHandle").finish_non_exhaustive()
    }
}
