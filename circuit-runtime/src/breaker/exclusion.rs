//! Errors that are excluded while the program runs, for all functions of a breaker.

use std::any::TypeId;
use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};

use super::causes::Clues;
use crate::poison::Unpoisoned;

type Test = dyn Fn(&Clues<'_>) -> bool + Send + Sync;

/// One of them; the same one may stand in many breakers' lists.
#[derive(Clone)]
pub(crate) struct Exclusion {
    of: TypeId,
    test: Arc<Test>,
}

impl Exclusion {
    pub(crate) fn of_type<E: Error + 'static>() -> Self {
        // The error itself is known by its type alone where it may borrow; boxed and shared it is the same error.
        let own = [TypeId::of::<E>(), TypeId::of::<Box<E>>(), TypeId::of::<Arc<E>>()];
        Self::new::<E>(move |clues| {
            own.contains(&clues.own_type) || clues.find_error::<E>(&|_| true)
        })
    }

    pub(crate) fn of_those<E: Error + 'static>(test: fn(&E) -> bool) -> Self {
        Self::new::<E>(move |clues| clues.find_error::<E>(&test))
    }

    fn new<E: 'static>(test: impl Fn(&Clues<'_>) -> bool + Send + Sync + 'static) -> Self {
        Self { of: TypeId::of::<E>(), test: Arc::new(test) }
    }
}

/// The list; empty for most breakers, and then one load.
#[derive(Default)]
pub(super) struct Exclusions {
    any: AtomicBool,
    // Behind an `Arc`, so that no lock is held while a predicate runs.
    list: RwLock<Arc<[Exclusion]>>,
}

impl Exclusions {
    pub(super) fn add(&self, added: Exclusion) {
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

    pub(super) fn is_empty(&self) -> bool {
        !self.any.load(Ordering::Acquire)
    }

    pub(super) fn hold_for(&self, clues: &Clues<'_>) -> bool {
        !self.is_empty() && self.any_holds_for(clues)
    }

    #[cold]
    fn any_holds_for(&self, clues: &Clues<'_>) -> bool {
        let list = self.list.read().unpoisoned().clone();
        list.iter().any(|exclusion| (exclusion.test)(clues))
    }
}
