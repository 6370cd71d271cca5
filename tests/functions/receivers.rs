//! Methods with every receiver.

use std::ops::Deref;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, Fault, counted, now, pause};

#[derive(Clone, Debug)]
struct Db(u32);

impl Db {
    const BASE: u32 = 100;

    #[circuit_breaker(name = "functions/receivers")]
    fn shared(&self) -> Answer {
        Ok(self.0 + Self::BASE)
    }

    #[circuit_breaker(name = "functions/receivers")]
    fn exclusive(&mut self) -> Answer<&mut Self> {
        self.0 += 1;
        Ok(self)
    }

    #[circuit_breaker(name = "functions/receivers")]
    fn owned(self) -> Answer {
        let Self(n) = self;
        Ok(n)
    }

    #[circuit_breaker(name = "functions/receivers")]
    fn owned_mut(mut self) -> Answer<Self> {
        self.0 += 1;
        self = Self(self.0 + 1);
        Ok(self)
    }

    #[circuit_breaker(name = "functions/receivers")]
    fn boxed(self: Box<Self>) -> Answer {
        Ok(self.0)
    }

    #[circuit_breaker(name = "functions/receivers")]
    fn boxed_mut(mut self: Box<Self>) -> Answer<Box<Self>> {
        self.0 += 1;
        Ok(self)
    }

    #[circuit_breaker(name = "functions/receivers")]
    fn counted(self: Rc<Self>) -> Answer {
        Ok(self.0)
    }

    #[circuit_breaker(name = "functions/receivers")]
    fn by_reference_to_a_pointer(self: &Arc<Self>) -> Answer<Arc<Self>> {
        Ok(Self::clone(self).into())
    }

    #[circuit_breaker(name = "functions/receivers")]
    fn pinned(self: Pin<&mut Self>) -> Answer<&mut u32> {
        Ok(&mut self.get_mut().0)
    }

    #[circuit_breaker(name = "functions/receivers", fallback = |_, _| Poll::Pending)]
    fn polled(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<u32> {
        context.waker().wake_by_ref();
        Poll::Ready(self.0)
    }

    #[circuit_breaker(name = "functions/receivers")]
    fn associated(n: u32) -> Answer<Self> {
        Ok(Self(n))
    }

    #[circuit_breaker(name = "functions/receivers", fallback = Self::same)]
    #[must_use]
    fn builder(mut self, n: u32) -> Self {
        self.0 = n;
        self
    }

    const fn same(self, _: u32) -> Self {
        self
    }

    #[circuit_breaker(name = "functions/receivers")]
    async fn shared_later(&self, other: &u32) -> Answer<(&Self, u32)> {
        pause().await;
        Ok((self, *other))
    }

    #[circuit_breaker(name = "functions/receivers")]
    async fn exclusive_later(&mut self, by: &u32) -> Answer<&mut u32> {
        self.0 += *by;
        pause().await;
        Ok(&mut self.0)
    }

    #[circuit_breaker(name = "functions/receivers")]
    async fn owned_later(mut self) -> Answer<Self> {
        self.0 += 1;
        pause().await;
        Ok(self)
    }

    #[circuit_breaker(name = "functions/receivers")]
    async fn counted_later(self: Arc<Self>) -> Answer {
        pause().await;
        Ok(self.0)
    }

    #[circuit_breaker(name = "functions/receivers")]
    fn items(&self) -> impl Iterator<Item = Answer<&u32>> + '_ {
        std::iter::once(Ok(&self.0))
    }
}

#[derive(Debug)]
struct Generic<T>(T);

impl<T: Clone + Deref<Target = str>> Generic<T> {
    const PREFIX: &'static str = ">";

    #[circuit_breaker(name = "functions/receivers")]
    fn text(&self) -> Answer<(Self, String)> {
        Ok((Self(self.0.clone()), Self::PREFIX.to_owned() + &*self.0))
    }

    #[circuit_breaker(name = "functions/receivers")]
    async fn text_later(&self) -> Answer<T> {
        pause().await;
        Ok(self.0.clone())
    }
}

impl std::convert::TryFrom<u8> for Db {
    type Error = Fault;

    #[circuit_breaker(name = "functions/receivers")]
    fn try_from(n: u8) -> Result<Self, Self::Error> {
        Ok(Self(n.into()))
    }
}

#[test]
fn self_is_as_it_was() {
    let mut db = Db::associated(1).unwrap();
    assert_eq!(db.shared().unwrap(), 101);
    assert_eq!(db.exclusive().unwrap().exclusive().unwrap().0, 3);
    assert_eq!((db.clone().owned().unwrap(), db.clone().owned_mut().unwrap().0), (3, 5));
    assert_eq!(Box::new(db.clone()).boxed_mut().unwrap().boxed().unwrap(), 4);
    assert_eq!(Rc::new(db.clone()).counted().unwrap(), 3);
    let shared = Arc::new(db.clone()).by_reference_to_a_pointer().unwrap();
    *Pin::new(&mut db).pinned().unwrap() += 1;
    let mut context = Context::from_waker(std::task::Waker::noop());
    assert_eq!(Pin::new(&mut db).polled(&mut context), Poll::Ready(4));
    let mut db = db.builder(6);
    assert_eq!(now(db.shared_later(&2)).unwrap().1, 2);
    *now(db.exclusive_later(&2)).unwrap() += 1;
    assert_eq!(now(db.owned_later()).unwrap().0, 10);
    assert_eq!(now(shared.counted_later()).unwrap(), 3);
    assert_eq!(Db(4).items().map(Result::unwrap).collect::<Vec<_>>(), [&4]);
    let generic = Generic("a");
    assert_eq!(generic.text().unwrap().1, ">a");
    assert_eq!(now(generic.text_later()).unwrap(), "a");
    assert_eq!(<Db as std::convert::TryFrom<u8>>::try_from(7).unwrap().0, 7);
    assert_eq!(counted(breaker!("functions/receivers")), (21, 0));
}
