//! Functions that are unsafe, or of another language's calling convention.

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, counted};

/// # Safety
///
/// `n` points to a number.
#[circuit_breaker(name = "functions/foreign")]
unsafe fn not_checked(n: *const u32) -> Answer {
    // SAFETY: as the caller says.
    Ok(unsafe { *n })
}

#[circuit_breaker(name = "functions/foreign", fallback = |_| -1)]
extern "C" fn called_from_c(n: i32) -> i32 {
    n
}

/// # Safety
///
/// `text` ends in a zero.
#[circuit_breaker(name = "functions/foreign", fallback = |_| 0)]
pub(crate) unsafe extern "C" fn unsafe_and_called_from_c(
    text: *const std::os::raw::c_char,
) -> usize {
    // SAFETY: as the caller says.
    unsafe { std::ffi::CStr::from_ptr(text) }.to_bytes().len()
}

#[cfg(target_arch = "x86_64")]
#[circuit_breaker(name = "functions/foreign")]
#[target_feature(enable = "sse2")]
unsafe fn with_a_feature(a: u32, b: u32) -> Answer {
    use crate::support::Fault;
    use std::arch::x86_64::{_mm_add_epi32, _mm_cvtsi32_si128, _mm_cvtsi128_si32};
    let bits = |n: u32| std::convert::TryInto::<i32>::try_into(n).map_err(|_| Fault::Down(n));
    let (a, b) = (_mm_cvtsi32_si128(bits(a)?), _mm_cvtsi32_si128(bits(b)?));
    let sum = _mm_cvtsi128_si32(_mm_add_epi32(a, b));
    std::convert::TryInto::<u32>::try_into(sum).map_err(|_| Fault::Down(0))
}

#[test]
fn unsafe_and_foreign_functions() {
    // SAFETY: it points to a constant.
    assert_eq!(unsafe { not_checked(&3) }.unwrap(), 3);
    let pointer: extern "C" fn(i32) -> i32 = called_from_c;
    assert_eq!(pointer(3), 3);
    // SAFETY: it ends in a zero.
    assert_eq!(unsafe { unsafe_and_called_from_c(b"ab\0".as_ptr().cast()) }, 2);
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every such machine has it.
    assert_eq!(unsafe { with_a_feature(1, 2) }.unwrap(), 3);
    breaker!("functions/foreign").open();
    assert_eq!(pointer(3), -1);
    let guarded = if cfg!(target_arch = "x86_64") { 4 } else { 3 };
    assert_eq!(counted(breaker!("functions/foreign")), (guarded, 0));
}
