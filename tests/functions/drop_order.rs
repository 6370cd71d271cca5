//! Temporaries of a body's last expression, which live longer before the edition of 2024.

use std::cell::{Cell, Ref, RefCell};
use std::sync::Mutex;

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, Fault, counted, now, pause};

#[circuit_breaker(name = "functions/drop_order")]
fn of_an_argument(mutex: Mutex<Vec<u32>>) -> Answer {
    mutex.lock().unwrap().pop().ok_or(Fault::Down(0))
}

#[circuit_breaker(name = "functions/drop_order")]
fn of_a_borrowed_argument(cell: &RefCell<Vec<u32>>) -> Answer {
    cell.borrow_mut().pop().ok_or(Fault::Down(0))
}

#[circuit_breaker(name = "functions/drop_order")]
async fn of_an_argument_later(mutex: Mutex<Vec<u32>>) -> Answer {
    pause().await;
    mutex.lock().unwrap().pop().ok_or(Fault::Down(0))
}

#[circuit_breaker(name = "functions/drop_order")]
fn in_a_match(cell: &RefCell<Option<u32>>) -> Answer {
    match *cell.borrow() {
        Some(0) => Err(Fault::Down(0)),
        Some(n) => Ok(n),
        None => Err(Fault::Down(1)),
    }
}

#[circuit_breaker(name = "functions/drop_order")]
fn returned(cell: &RefCell<Vec<u32>>) -> Answer<Ref<'_, [u32]>> {
    Ok(Ref::map(cell.borrow(), Vec::as_slice))
}

struct Bomb<'c>(&'c Cell<u32>);

impl Bomb<'_> {
    fn answer(&self) -> Answer {
        Ok(self.0.get())
    }
}

impl Drop for Bomb<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[circuit_breaker(name = "functions/drop_order")]
fn of_a_value_that_is_dropped(count: &Cell<u32>) -> Answer {
    Bomb(count).answer()
}

#[test]
fn temporaries_of_the_last_expression_live_as_long_as_they_did() {
    assert_eq!(of_an_argument(Mutex::new(vec![1])).unwrap(), 1);
    assert_eq!(of_a_borrowed_argument(&RefCell::new(vec![1])).unwrap(), 1);
    assert_eq!(now(of_an_argument_later(Mutex::new(vec![1]))).unwrap(), 1);
    assert_eq!(in_a_match(&RefCell::new(Some(1))).unwrap(), 1);
    let cell = RefCell::new(vec![1, 2]);
    assert_eq!(returned(&cell).unwrap().len(), 2);
    let count = Cell::new(0);
    assert_eq!((of_a_value_that_is_dropped(&count).unwrap(), count.get()), (0, 1));
    assert_eq!(counted(breaker!("functions/drop_order")), (6, 0));
}
