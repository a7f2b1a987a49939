//! A stream that can be taken off the reactor. Owns the two ways to wait for it; knows no MQTT.
//!
//! While a stream is watched, the kernel wakes the runtime for each segment that comes in, whether anybody
//! reads or not: at 50,000 small messages a second that is nearly all of the cost. So a busy stream is let
//! go of and looked at by the clock, as network drivers do; a quiet one is watched. TLS and WebSocket lie
//! above the bare stream and reach down to it for this.
use super::bare::{Bare, Layer};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use tokio::io::ReadBuf;

/// The stream with its layers.
pub(super) struct Socket {
    layers: Box<dyn Layer>,
    /// A layer holds bytes that the one below has not taken.
    is_unflushed: bool,
    /// The end or failure that came behind bytes which were given first.
    end: Option<io::Result<usize>>,
}

/// What was done first.
#[derive(Debug)]
pub(super) enum Exchange {
    Read(io::Result<usize>),
    Written(io::Result<usize>),
}

impl Socket {
    pub fn new(layers: Box<dyn Layer>) -> Self {
        Self { layers, is_unflushed: false, end: None }
    }

    fn bare(&mut self) -> &mut Bare {
        self.layers.bare()
    }

    pub fn is_watched(&mut self) -> bool {
        self.bare().is_watched()
    }

    /// Lets nobody be woken by what comes in from now on.
    pub fn unwatch(&mut self) -> io::Result<()> {
        self.bare().unwatch()
    }

    /// The stream on the reactor; what came in meanwhile wakes at once.
    pub fn watch(&mut self) -> io::Result<&mut dyn Layer> {
        self.bare().watch()?;
        Ok(&mut *self.layers)
    }

    /// Reads what is there: how much, 0 at the end of the stream, or that there is nothing yet. For a stream
    /// that is not watched.
    pub fn read_now(&mut self, room: &mut [u8]) -> io::Result<Option<usize>> {
        if self.is_watched() {
            return Ok(None);
        }
        match self.poll_read(&mut Context::from_waker(Waker::noop()), room) {
            Poll::Ready(read) => read.map(Some),
            Poll::Pending => Ok(None),
        }
    }

    /// Writes or reads, whichever can be done first; gives up nothing when it is dropped. A stream that is
    /// not watched is written to if it takes anything, and not read.
    pub async fn exchange(&mut self, mut room: Option<&mut [u8]>, unwritten: &[u8]) -> Exchange {
        poll_fn(|context| self.poll_exchange(context, room.as_deref_mut(), unwritten)).await
    }

    fn poll_exchange(
        &mut self,
        context: &mut Context<'_>,
        room: Option<&mut [u8]>,
        unwritten: &[u8],
    ) -> Poll<Exchange> {
        if self.is_unflushed
            && let Poll::Ready(flushed) = Pin::new(&mut *self.layers).poll_flush(context)
        {
            self.is_unflushed = false;
            if let Err(error) = flushed {
                return Poll::Ready(self.last_words(context, room, error));
            }
        }
        if !unwritten.is_empty()
            && let Poll::Ready(written) = Pin::new(&mut *self.layers).poll_write(context, unwritten)
        {
            self.is_unflushed = true;
            return Poll::Ready(match written {
                Ok(n_bytes) => Exchange::Written(Ok(n_bytes)),
                Err(error) => self.last_words(context, room, error),
            });
        }
        match room {
            Some(room) if self.is_watched() => self.poll_read(context, room).map(Exchange::Read),
            Some(_) | None => Poll::Pending,
        }
    }

    /// Whoever hangs up may have said why, in a DISCONNECT or an alert of TLS: what came is worth more than
    /// that nothing can be written any more. The next write fails again.
    fn last_words(
        &mut self,
        context: &mut Context<'_>,
        room: Option<&mut [u8]>,
        error: io::Error,
    ) -> Exchange {
        match room.map(|room| self.poll_read(context, room)) {
            Some(Poll::Ready(read)) if !matches!(read, Ok(0)) => {
                self.is_unflushed = true;
                Exchange::Read(read)
            }
            Some(_) | None => Exchange::Written(Err(error)),
        }
    }

    /// Reads until there is nothing more or the room is full: a record of TLS or a frame of WebSocket holds
    /// little, and what each read costs behind it is the same.
    fn poll_read(&mut self, context: &mut Context<'_>, room: &mut [u8]) -> Poll<io::Result<usize>> {
        if let Some(end) = self.end.take() {
            return Poll::Ready(end);
        }
        let mut room = ReadBuf::new(room);
        loop {
            let n_before = room.filled().len();
            let end = match Pin::new(&mut *self.layers).poll_read(context, &mut room) {
                Poll::Pending if n_before == 0 => return Poll::Pending,
                Poll::Pending => return Poll::Ready(Ok(n_before)),
                Poll::Ready(Ok(())) if room.remaining() == 0 => return Poll::Ready(Ok(room.filled().len())),
                Poll::Ready(Ok(())) if room.filled().len() > n_before => continue,
                Poll::Ready(Ok(())) => Ok(0),
                Poll::Ready(Err(error)) => Err(error),
            };
            if n_before == 0 {
                return Poll::Ready(end);
            }
            self.end = Some(end);
            return Poll::Ready(Ok(n_before));
        }
    }
}
