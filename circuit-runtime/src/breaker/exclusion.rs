//! Errors that are excluded while the program runs, for all functions of a breaker.

use std::any::TypeId;
use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};

use super::causes::Clues;
use crate::poison::Unpoisoned;

type Test = dyn Fn(&Clues<'_>) -> bool + Send + Sync;

#[derive(Clone)]
struct Exclusion {
    of: TypeId,
    test: Arc<Test>,
}

/// The list; empty for most breakers, and then one load.
#[derive(Default)]
pub(super) struct Exclusions {
    any: AtomicBool,
    // Behind an `Arc`, so that no lock is held while a predicate runs.
    list: RwLock<Arc<[Exclusion]>>,
}

impl Exclusions {
    pub(super) fn add_type<E: Error + 'static>(&self) {
        let of = TypeId::of::<E>();
        self.add::<E>(move |clues| clues.own_type == of || clues.find_error::<E>(&|_| true));
    }

    pub(super) fn add_test<E: Error + 'static>(&self, test: fn(&E) -> bool) {
        self.add::<E>(move |clues| clues.find_error::<E>(&test));
    }

    fn add<E: 'static>(&self, test: impl Fn(&Clues<'_>) -> bool + Send + Sync + 'static) {
        let added = Exclusion { of: TypeId::of::<E>(), test: Arc::new(test) };
        let mut list = self.list.write().unpoisoned();
        *list = list.iter().cloned().chain([added]).collect();
        self.any.store(true, Ordering::Release);
    }

    pub(super) fn remove<E: 'static>(&self) {
        let mut list = self.list.write().unpoisoned();
        *list =
            list.iter().filter(|exclusion| exclusion.of != TypeId::of::<E>()).cloned().collect();
        self.any.store(!list.is_empty(), Ordering::Release);
    }

    pub(super) fn hold_for(&self, clues: &Clues<'_>) -> bool {
        if !self.any.load(Ordering::Acquire) {
            return false;
        }
        let list = self.list.read().unpoisoned().clone();
        list.iter().any(|exclusion| (exclusion.test)(clues))
    }
}

impl fmt::Debug for Exclusions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exclusions({})", self.list.read().unpoisoned().len())
    }
}
