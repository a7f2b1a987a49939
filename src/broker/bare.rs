//! The stream below all layers: TCP or a Unix socket, watched or not. Owns its states; adds no layer itself.
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, BufReader, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

/// A stream in one of its states.
#[derive(Debug)]
pub(super) enum Bare {
    /// On the reactor: whoever waits is woken. How many more reads are acknowledged at once.
    Tcp(TcpStream, u8),
    /// Likewise, a Unix socket.
    Unix(UnixStream),
    /// Off the reactor: nobody is woken.
    UnwatchedTcp(std::net::TcpStream),
    /// Likewise, a Unix socket.
    UnwatchedUnix(std::os::unix::net::UnixStream),
    /// A change of state failed half-way.
    Broken,
}

/// A stream with a bare one at its bottom.
pub(super) trait Layer: AsyncRead + AsyncWrite + Send + Unpin {
    /// The bottom.
    fn bare(&mut self) -> &mut Bare;
}

impl Layer for Bare {
    fn bare(&mut self) -> &mut Bare {
        self
    }
}

impl<S: Layer> Layer for BufReader<S> {
    fn bare(&mut self) -> &mut Bare {
        self.get_mut().bare()
    }
}

impl Bare {
    pub fn is_watched(&self) -> bool {
        matches!(self, Self::Tcp(..) | Self::Unix(_))
    }

    pub fn unwatch(&mut self) -> io::Result<()> {
        *self = match std::mem::replace(self, Self::Broken) {
            Self::Tcp(stream, _) => Self::UnwatchedTcp(stream.into_std()?),
            Self::Unix(stream) => Self::UnwatchedUnix(stream.into_std()?),
            same @ (Self::UnwatchedTcp(_) | Self::UnwatchedUnix(_) | Self::Broken) => same,
        };
        Ok(())
    }

    pub fn watch(&mut self) -> io::Result<()> {
        *self = match std::mem::replace(self, Self::Broken) {
            Self::UnwatchedTcp(stream) => Self::Tcp(TcpStream::from_std(stream)?, 0),
            Self::UnwatchedUnix(stream) => Self::Unix(UnixStream::from_std(stream)?),
            same @ (Self::Tcp(..) | Self::Unix(_)) => same,
            Self::Broken => return Err(broken()),
        };
        Ok(())
    }
}

/// Reads of a new connection that are acknowledged at once. A broker that writes packet by packet under Nagle's
/// algorithm (RFC 896) sends what follows CONNACK, SUBACK and the like only when the packet before was
/// acknowledged; the kernel would take its 40 ms for each.
pub(super) const QUICK_READS: u8 = 16;

/// Reads behind each write of ours that are acknowledged at once, for the same reason: the answer, and the echo or
/// the next answer behind it, would wait 40 ms for each other.
const QUICK_READS_AFTER_WRITE: u8 = 4;

fn poll_read_tcp(
    stream: &mut TcpStream,
    quick: &mut u8,
    context: &mut Context<'_>,
    room: &mut ReadBuf<'_>,
) -> Poll<io::Result<()>> {
    let read = Pin::new(&mut *stream).poll_read(context, room);
    if *quick > 0 && read.is_ready() {
        *quick -= 1;
        // Where it can't be done, it is slower and no worse.
        #[cfg(target_os = "linux")]
        let _ = rustix::net::sockopt::set_tcp_quickack(&*stream, true);
    }
    read
}

/// Off the reactor, "not now" has nobody to wake: whoever asks comes back by the clock.
fn now_or_later<T>(done: io::Result<T>) -> Poll<io::Result<T>> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
        done => Poll::Ready(done),
    }
}

impl AsyncRead for Bare {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = match self.get_mut() {
            Self::Tcp(stream, quick) => return poll_read_tcp(stream, quick, context, room),
            Self::Unix(stream) => return Pin::new(stream).poll_read(context, room),
            Self::UnwatchedTcp(stream) => stream.read(room.initialize_unfilled()),
            Self::UnwatchedUnix(stream) => stream.read(room.initialize_unfilled()),
            Self::Broken => Err(broken()),
        };
        now_or_later(read.map(|n_bytes| room.advance(n_bytes)))
    }
}

impl AsyncWrite for Bare {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        now_or_later(match self.get_mut() {
            Self::Tcp(stream, quick) => {
                *quick = (*quick).max(QUICK_READS_AFTER_WRITE);
                return Pin::new(stream).poll_write(context, bytes);
            }
            Self::Unix(stream) => return Pin::new(stream).poll_write(context, bytes),
            Self::UnwatchedTcp(stream) => stream.write(bytes),
            Self::UnwatchedUnix(stream) => stream.write(bytes),
            Self::Broken => Err(broken()),
        })
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Sockets hold nothing back.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream, _) => Pin::new(stream).poll_shutdown(context),
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(context),
            Self::UnwatchedTcp(stream) => Poll::Ready(stream.shutdown(std::net::Shutdown::Write)),
            Self::UnwatchedUnix(stream) => Poll::Ready(stream.shutdown(std::net::Shutdown::Write)),
            Self::Broken => Poll::Ready(Err(broken())),
        }
    }
}

fn broken() -> io::Error {
    io::Error::other("the stream could not be put on the reactor")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn what_answers_our_writes_is_acknowledged_at_once_and_a_mere_stream_is_not() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut theirs, _) = listener.accept().await.unwrap();
        let mut stream = Bare::Tcp(ours, 0);
        let is_quick = |stream: &Bare| matches!(stream, Bare::Tcp(_, 1..));
        let mut byte = [0; 1];
        for n_answers in [1, usize::from(QUICK_READS_AFTER_WRITE)] {
            stream.write_all(b"?").await.unwrap();
            assert!(is_quick(&stream));
            for _ in 0..n_answers {
                theirs.write_all(b"!").await.unwrap();
                stream.read_exact(&mut byte).await.unwrap();
            }
        }
        assert!(!is_quick(&stream), "nothing was asked since");
    }
}
