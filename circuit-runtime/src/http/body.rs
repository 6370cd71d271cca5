//! The body of a response that goes through a breaker.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use ::http::HeaderMap;
use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::call::Call;
use super::ending::Why;
use super::verdict::{JudgeTrailers, Verdict};
use crate::breaker::OwnedPermit;

pin_project! {
    /// The body of a response that went through a breaker: that of the response; or, where the breaker answered itself, its
    /// own. If it is watched, the call ends where it does.
    pub struct GuardedBody<B> {
        #[pin]
        from: From<B>,
        watch: Option<Watch>,
    }
}

pin_project! {
    #[project = FromPinned]
    enum From<B> {
        Service { #[pin] body: B },
        Breaker { text: Option<Bytes> },
    }
}

/// A call that goes on until the body has ended.
struct Watch {
    call: Call,
    judge_trailers: Option<JudgeTrailers>,
    /// Whether somebody asked for more, and waits for it.
    is_waiting: bool,
}

impl<B> GuardedBody<B> {
    /// The body of the service; none, where the breaker answered. If it is watched, that ends here: it was read as far as anybody
    /// wanted.
    pub fn into_inner(self) -> Option<B> {
        match self.from {
            From::Service { body } => Some(body),
            From::Breaker { .. } => None,
        }
    }

    /// That of the service, which nobody watches.
    pub(super) fn of_service(body: B) -> Self {
        Self { from: From::Service { body }, watch: None }
    }

    /// That of the service, to be watched; where it is empty, the call has ended with its headers.
    pub(super) fn watched(body: B, permit: OwnedPermit, judge: Option<JudgeTrailers>) -> Self
    where
        B: Body,
    {
        let mut call = Call::new(permit);
        call.rest();
        let is_empty = body.is_end_stream();
        let mut watch = Watch { call, judge_trailers: judge, is_waiting: false };
        if is_empty {
            watch.end_as_judged(None);
        }
        Self { from: From::Service { body }, watch: (!is_empty).then_some(watch) }
    }

    /// The breaker's own.
    pub(super) fn of_breaker(text: String) -> Self {
        Self { from: From::Breaker { text: Some(text.into()) }, watch: None }
    }
}

impl Watch {
    fn end(&mut self, verdict: Verdict, why: &Why<'_>) {
        if let Some(permit) = self.call.take() {
            permit.end(verdict, why);
        }
    }

    fn end_as_judged(&mut self, trailers: Option<&HeaderMap>) {
        let judge = self.judge_trailers.take();
        let judged = judge.map(|judge| self.call.step(|| judge(trailers)));
        let (verdict, why) = judged.unwrap_or((Verdict::Success, Cow::default()));
        self.end(verdict, &Why::Response(&|| why.clone()));
    }

    fn see<D>(&mut self, frame: &Frame<D>) {
        match frame.trailers_ref() {
            Some(trailers) => self.end_as_judged(Some(trailers)),
            None => self.call.rest(),
        }
    }
}

/// Whoever stops reading has seen what it wanted: the dependency answered. Whoever stops waiting has not: then the drop of the
/// call cancels it.
impl Drop for Watch {
    fn drop(&mut self) {
        if !self.is_waiting {
            self.end(Verdict::Success, &Why::Response(&Cow::default));
        }
    }
}

impl<B> Body for GuardedBody<B>
where
    B: Body,
    B::Data: std::convert::From<Bytes>,
    B::Error: Display + 'static,
{
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let mut body = match this.from.as_mut().project() {
            FromPinned::Breaker { text } => {
                return Poll::Ready(text.take().map(|text| Ok(Frame::data(text.into()))));
            }
            FromPinned::Service { body } => body,
        };
        let Some(watch) = this.watch else { return body.poll_frame(context) };
        watch.is_waiting = true;
        let frame = ready!(watch.call.wait(|| body.as_mut().poll_frame(context)));
        watch.is_waiting = false;
        match &frame {
            None => watch.end_as_judged(None),
            Some(Err(error)) => watch.end(Verdict::Failure, &Why::any(error)),
            Some(Ok(frame)) => {
                watch.see(frame);
                // Who is told that this was all may not ask for more.
                if body.is_end_stream() {
                    watch.end_as_judged(None);
                }
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        match &self.from {
            From::Service { body } => body.is_end_stream(),
            From::Breaker { text } => text.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.from {
            From::Service { body } => body.size_hint(),
            From::Breaker { text } => {
                SizeHint::with_exact(text.as_ref().map_or(0, Buf::remaining) as u64)
            }
        }
    }
}

/// Empty, and nobody watches it.
impl<B: Default> Default for GuardedBody<B> {
    fn default() -> Self {
        Self::of_service(B::default())
    }
}

impl<B> fmt::Debug for GuardedBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedBody")
            .field("is_watched", &self.watch.is_some())
            .finish_non_exhaustive()
    }
}
