//! A TCP stream that can be taken off the reactor. Owns the two ways to wait for it; knows no MQTT.
//!
//! While a stream is watched, the kernel wakes the runtime for each segment that comes in, whether anybody
//! reads or not: at 50,000 small messages a second that is nearly all of the cost. So a busy stream is let
//! go of and looked at by the clock, as network drivers do; a quiet one is watched.
use std::future::poll_fn;
use std::io::{self, Read, Write};
use std::pin::pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The stream, in one of its two states.
#[derive(Debug)]
pub(super) struct Socket(Stream);

#[derive(Debug)]
enum Stream {
    /// On the reactor: whoever waits is woken.
    Watched(TcpStream),
    /// Off the reactor: nobody is woken.
    Unwatched(std::net::TcpStream),
    /// A change of state failed half-way.
    Broken,
}

/// What was done first.
#[derive(Debug)]
pub(super) enum Exchange {
    Read(io::Result<usize>),
    Written(io::Result<usize>),
}

impl Socket {
    pub fn new(stream: TcpStream) -> Self {
        Self(Stream::Watched(stream))
    }

    pub fn is_watched(&self) -> bool {
        matches!(self.0, Stream::Watched(_))
    }

    /// Lets nobody be woken by what comes in from now on.
    pub fn unwatch(&mut self) -> io::Result<()> {
        self.0 = match std::mem::replace(&mut self.0, Stream::Broken) {
            Stream::Watched(stream) => Stream::Unwatched(stream.into_std()?),
            same @ (Stream::Unwatched(_) | Stream::Broken) => same,
        };
        Ok(())
    }

    /// The stream on the reactor; what came in meanwhile wakes at once.
    pub fn watch(&mut self) -> io::Result<&mut TcpStream> {
        self.0 = match std::mem::replace(&mut self.0, Stream::Broken) {
            Stream::Unwatched(stream) => Stream::Watched(TcpStream::from_std(stream)?),
            same @ (Stream::Watched(_) | Stream::Broken) => same,
        };
        match &mut self.0 {
            Stream::Watched(stream) => Ok(stream),
            Stream::Unwatched(_) | Stream::Broken => Err(broken()),
        }
    }

    /// Reads what is there: how much, 0 at the end of the stream, or that there is nothing yet. For a stream
    /// that is not watched.
    pub fn read_now(&mut self, room: &mut [u8]) -> io::Result<Option<usize>> {
        let Stream::Unwatched(stream) = &mut self.0 else { return Ok(None) };
        match stream.read(room) {
            Ok(n_bytes) => Ok(Some(n_bytes)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
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
        match &mut self.0 {
            Stream::Watched(stream) => {
                if !unwritten.is_empty()
                    && let Poll::Ready(written) = pin!(stream.write(unwritten)).poll(context)
                {
                    return Poll::Ready(Exchange::Written(written));
                }
                match room {
                    Some(room) => pin!(stream.read(room)).poll(context).map(Exchange::Read),
                    None => Poll::Pending,
                }
            }
            Stream::Unwatched(stream) if !unwritten.is_empty() => match stream.write(unwritten) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
                written => Poll::Ready(Exchange::Written(written)),
            },
            Stream::Unwatched(_) => Poll::Pending,
            Stream::Broken => Poll::Ready(Exchange::Read(Err(broken()))),
        }
    }
}

fn broken() -> io::Error {
    io::Error::other("the stream could not be put on the reactor")
}
