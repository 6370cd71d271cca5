//! How often a call allocates, and what is allocated.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Counts what each thread allocates; a count of all threads would cost a peer that allocates more than its due.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: everything is left to `System`; the counts are a constant-initialised cell without a destructor and statics,
// which neither allocate nor panic.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        #[cfg(feature = "http")]
        heap::add(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        #[cfg(feature = "http")]
        heap::take(layout.size());
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `f` allocates on this thread.
pub(crate) fn allocations(f: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.get();
    f();
    ALLOCATIONS.get() - before
}

/// Bytes, of all threads together; counted only in a process that has said so, and takes no times by it.
#[cfg(feature = "http")]
pub(crate) mod heap {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    static COUNTS: AtomicBool = AtomicBool::new(false);
    static BYTES: AtomicUsize = AtomicUsize::new(0);

    /// From now on; what was allocated before is missing when it is freed, so read differences.
    pub(crate) fn count() {
        COUNTS.store(true, Ordering::Relaxed);
    }

    /// How many there are now, beyond those that there were at first.
    pub(crate) fn bytes() -> usize {
        BYTES.load(Ordering::Relaxed)
    }

    #[inline]
    pub(super) fn add(bytes: usize) {
        if COUNTS.load(Ordering::Relaxed) {
            BYTES.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    #[inline]
    pub(super) fn take(bytes: usize) {
        if COUNTS.load(Ordering::Relaxed) {
            BYTES.fetch_sub(bytes, Ordering::Relaxed);
        }
    }
}
