//! From arguments, function and shape to the guarded function.

mod attribute;
mod body;
mod callable;
mod judge;
mod relocated;
mod sequel;
mod site;
mod wrap;

pub(crate) use self::attribute::circuit_breaker;
pub(crate) use self::site::site;
