//! A stream that lets a stranger send only so many bytes: nobody can make the server hold a large message before it
//! has proved who it is.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What may still be read; shared with whoever lifts the limit.
#[derive(Debug)]
pub(crate) struct Allowance {
    left: AtomicUsize,
    lifted: AtomicBool,
}

/// A stream under an allowance.
#[derive(Debug)]
pub(crate) struct Gauge<S> {
    stream: S,
    allowance: Arc<Allowance>,
}

impl Allowance {
    pub(crate) fn new(bytes: usize) -> Arc<Self> {
        Arc::new(Self { left: AtomicUsize::new(bytes), lifted: AtomicBool::new(false) })
    }

    /// Everything may be read from here on; the limit of a single message stays.
    pub(crate) fn lift(&self) {
        self.lifted.store(true, Ordering::Release);
    }

    /// Whether a read failed because of the allowance.
    pub(crate) fn is_used_up(&self) -> bool {
        !self.lifted.load(Ordering::Acquire) && self.left.load(Ordering::Acquire) == 0
    }
}

impl<S> Gauge<S> {
    pub(crate) fn new(stream: S, allowance: Arc<Allowance>) -> Self {
        Self { stream, allowance }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Gauge<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.allowance.is_used_up() {
            return Poll::Ready(Err(io::Error::other("more than a stranger may send")));
        }
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buf);
        let read = buf.filled().len().saturating_sub(before);
        if !self.allowance.lifted.load(Ordering::Acquire) {
            // Only this stream takes from it.
            let left = self.allowance.left.load(Ordering::Acquire);
            self.allowance.left.store(left.saturating_sub(read), Ordering::Release);
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gauge<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
