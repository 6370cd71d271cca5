//! Methods of traits: with bodies and in implementations, asynchronous in every way.

use std::future::Future;
use std::rc::Rc;

use async_trait::async_trait;
use circuit_runtime::{breaker, circuit_breaker};

use crate::support::{Answer, Fault, counted, down, now, pause};

trait Service {
    const BASE: u32;

    #[circuit_breaker(name = "functions/trait_methods")]
    fn call(&self, n: u32) -> Answer {
        Ok(Self::BASE + n)
    }

    #[circuit_breaker(name = "functions/trait_methods")]
    fn only_where_sized(self) -> Answer
    where
        Self: Sized,
    {
        self.call(0)
    }

    fn later(&self) -> impl Future<Output = Answer> + Send;

    #[circuit_breaker(name = "functions/trait_methods")]
    fn later_by_default(&self) -> impl Future<Output = Answer> + Send
    where
        Self: Sync,
    {
        async move { Ok(self.later().await? + 1) }
    }
}

impl Service for u8 {
    const BASE: u32 = 10;

    #[circuit_breaker(name = "functions/trait_methods")]
    async fn later(&self) -> Answer {
        pause().await;
        self.call(1)
    }
}

impl Service for &'static str {
    const BASE: u32 = 20;

    // cached #16, #140: of the same name in another implementation.
    #[circuit_breaker(name = "functions/trait_methods")]
    fn call(&self, n: u32) -> Answer {
        Ok(self.bytes().fold(n, |n, _| n + 1))
    }

    #[circuit_breaker(name = "functions/trait_methods")]
    async fn later(&self) -> Answer {
        Ok(Self::BASE)
    }
}

#[test]
fn methods_of_traits() {
    assert_eq!((1_u8.call(1).unwrap(), "ab".call(1).unwrap()), (11, 3));
    assert_eq!("abc".only_where_sized().unwrap(), 3);
    assert_eq!((now(1_u8.later()).unwrap(), now("a".later()).unwrap()), (11, 20));
    assert_eq!(now(1_u8.later_by_default()).unwrap(), 12);
    assert_eq!(counted(breaker!("functions/trait_methods")), (10, 0));
}

#[allow(async_fn_in_trait)]
trait Native {
    #[circuit_breaker(name = "functions/trait_methods/native")]
    async fn load(&mut self, id: u32) -> Answer {
        pause().await;
        self.base().await.map(|base| base + id)
    }

    async fn base(&mut self) -> Answer;
}

impl Native for u32 {
    #[circuit_breaker(name = "functions/trait_methods/native")]
    async fn base(&mut self) -> Answer {
        *self += 1;
        pause().await;
        Ok(*self)
    }
}

#[test]
fn async_methods_of_traits() {
    assert_eq!(now(7.load(1)).unwrap(), 9);
    assert_eq!(counted(breaker!("functions/trait_methods/native")), (2, 0));
}

#[async_trait]
trait Store {
    async fn load(&self, id: u32) -> Answer;

    async fn fill(&mut self, ids: &[u32], mut more: Vec<u32>) -> Answer<usize>;

    #[circuit_breaker(name = "functions/trait_methods/async_trait_default")]
    async fn load_twice(&self, id: u32) -> Answer
    where
        Self: Sync,
    {
        Ok(self.load(id).await? + self.load(id).await?)
    }

    async fn generic<T: Into<u32> + Send, const N: usize>(&self, items: [T; N]) -> Answer;

    async fn without_self(n: u32) -> Answer
    where
        Self: Sized;
}

#[derive(Debug)]
struct Disk {
    base: u32,
}

#[async_trait]
impl Store for Disk {
    #[circuit_breaker(name = "functions/trait_methods/async_trait", threshold = 1)]
    async fn load(&self, id: u32) -> Answer {
        pause().await;
        if id == 0 {
            return down(id);
        }
        Ok(self.base + id)
    }

    #[circuit_breaker(name = "functions/trait_methods/async_trait_fill")]
    async fn fill(&mut self, ids: &[u32], mut more: Vec<u32>) -> Answer<usize> {
        more.extend(ids);
        pause().await;
        self.base += more.iter().sum::<u32>();
        Ok(more.len())
    }

    #[circuit_breaker(name = "functions/trait_methods/async_trait_fill")]
    async fn generic<T: Into<u32> + Send, const N: usize>(&self, items: [T; N]) -> Answer {
        let mut sum = self.base;
        for item in items {
            sum += item.into();
        }
        Ok(sum)
    }

    #[circuit_breaker(name = "functions/trait_methods/async_trait_fill", fallback = |n| Box::pin(async move { Ok(n) }))]
    async fn without_self(n: u32) -> Answer {
        pause().await;
        Ok(n + 1)
    }
}

// async-trait #1, tracing #1228, #977, #3179
#[test]
fn methods_of_async_trait_and_their_defaults() {
    let mut disk = Disk { base: 0 };
    assert_eq!(now(disk.fill(&[10, 20], vec![10])).unwrap(), 3);
    assert_eq!(now(disk.generic([1_u8, 1])).unwrap(), 42);
    assert_eq!(now(Disk::without_self(1)).unwrap(), 2);
    assert_eq!(now(disk.load(2)).unwrap(), 42);
    assert_eq!(now(disk.load_twice(2)).unwrap(), 84);
    assert!(now(disk.load(0)).is_err());
    assert!(matches!(now(disk.load(1)), Err(Fault::Refused(_))));
    let breaker = breaker!("functions/trait_methods/async_trait");
    assert_eq!((counted(breaker), breaker.snapshot().calls.rejected), ((3, 1), 1));
    assert_eq!(counted(breaker!("functions/trait_methods/async_trait_default")), (1, 0));
    assert_eq!(counted(breaker!("functions/trait_methods/async_trait_fill")), (3, 0));
}

#[async_trait(?Send)]
trait Local {
    async fn load(&self, id: Rc<u32>) -> Answer;
}

#[async_trait(?Send)]
impl Local for Rc<u32> {
    #[circuit_breaker(name = "functions/trait_methods/local")]
    async fn load(&self, id: Rc<u32>) -> Answer {
        pause().await;
        Ok(**self + *id)
    }
}

#[test]
fn methods_of_async_trait_that_are_not_send() {
    let local: Box<dyn Local> = Box::new(Rc::new(1));
    assert_eq!(now(local.load(Rc::new(2))).unwrap(), 3);
    assert_eq!(counted(breaker!("functions/trait_methods/local")), (1, 0));
}
