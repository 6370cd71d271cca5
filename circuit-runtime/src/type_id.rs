//! The identity of a type that may borrow.
//!
//! Errors are told apart by type, those of `CircuitBreaker::call` and of functions that return borrowed ones too; the
//! standard library tells only types that borrow nothing apart.
#![allow(unsafe_code)]

use std::any::TypeId;
use std::marker::PhantomData;
use std::mem;

trait Identified {
    fn id(&self) -> TypeId
    where
        Self: 'static;
}

impl<T: ?Sized> Identified for PhantomData<T> {
    fn id(&self) -> TypeId
    where
        Self: 'static,
    {
        TypeId::of::<T>()
    }
}

/// The `TypeId` of `T` with `'static` for every lifetime in it.
pub(crate) fn type_id_of<T: ?Sized>() -> TypeId {
    let identified: &dyn Identified = &PhantomData::<T>;
    // SAFETY: the two types differ in the bound on what is behind the reference alone, which has no part in their layout or in
    // the table of methods. What is behind it is a `PhantomData`, which holds no `T`; so the only method that the bound
    // opens, `id` above, can reach no borrow that has ended, and all it does is to name a type.
    let identified: &(dyn Identified + 'static) = unsafe { mem::transmute(identified) };
    identified.id()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_borrowed<'a>(_: &'a str) -> TypeId {
        type_id_of::<Option<&'a str>>()
    }

    #[test]
    fn types_that_differ_in_lifetimes_are_one_and_others_are_not() {
        assert_eq!(of_borrowed(&String::from("short")), TypeId::of::<Option<&'static str>>());
        assert_eq!(type_id_of::<str>(), TypeId::of::<str>());
        assert_ne!(type_id_of::<&str>(), type_id_of::<&mut str>());
    }
}
