//! The thread that owns stdout, so that a terminal nobody reads stops nothing else. Owns one frame at a time.
use std::fs::File;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Byte strings that wait for the thread: a frame is made only when it is idle, so one is enough; the
/// second place is for a clipboard's text between two frames.
const QUEUE: usize = 2;

/// How long the last frame may take before the terminal is given back: it must not land on the shell's screen,
/// and a terminal that nobody reads must not hang the quitting.
const SETTLING: Duration = Duration::from_millis(300);

/// Writes byte strings to the terminal, one after the other.
#[derive(Debug)]
pub struct Writer {
    sender: SyncSender<Vec<u8>>,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Byte strings handed over and not written yet.
    n_waiting: Mutex<usize>,
    written: Condvar,
    failed: AtomicBool,
}

impl Writer {
    /// Starts the thread; `on_idle` is called, on that thread, whenever it has nothing left to write.
    pub fn start(on_idle: impl Fn() + Send + 'static) -> io::Result<Self> {
        // A descriptor of its own: a blocked write would hold the lock of the shared one, which the leaving
        // of the terminal needs.
        let own = rustix::io::dup(io::stdout())?;
        Self::start_on(File::from(own), on_idle)
    }

    fn start_on(
        mut out: impl Write + Send + 'static,
        on_idle: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        let (sender, receiver) = sync_channel::<Vec<u8>>(QUEUE);
        let state = Arc::new(State::default());
        let of_thread = Arc::clone(&state);
        thread::Builder::new().name("writer".into()).spawn(move || {
            while let Ok(bytes) = receiver.recv() {
                if out.write_all(&bytes).and_then(|()| out.flush()).is_err() {
                    of_thread.failed.store(true, Ordering::SeqCst);
                }
                let mut n_waiting = of_thread.waiting();
                *n_waiting -= 1;
                let is_idle = *n_waiting == 0;
                drop(n_waiting);
                if is_idle {
                    of_thread.written.notify_all();
                    on_idle();
                }
            }
        })?;
        Ok(Self { sender, state })
    }

    /// Whether everything handed over was written.
    pub fn is_idle(&self) -> bool {
        *self.state.waiting() == 0
    }

    /// Whether the terminal is gone: a write failed.
    pub fn has_failed(&self) -> bool {
        self.state.failed.load(Ordering::SeqCst)
    }

    /// Hands bytes over; `false` when the queue is full, which never blocks.
    pub fn write(&self, bytes: Vec<u8>) -> bool {
        *self.state.waiting() += 1;
        let is_taken = self.sender.try_send(bytes).is_ok();
        if !is_taken {
            *self.state.waiting() -= 1;
        }
        is_taken
    }

    /// Waits a moment until everything is written; whether it was.
    pub fn settle(&self) -> bool {
        let waiting = self.state.waiting();
        let settled = self.state.written.wait_timeout_while(waiting, SETTLING, |n_waiting| *n_waiting > 0);
        settled.is_ok_and(|(_, waited)| !waited.timed_out())
    }
}

/// The thread ends with what it has begun; the terminal may be left behind it.
impl Drop for Writer {
    fn drop(&mut self) {
        self.settle();
    }
}

impl State {
    fn waiting(&self) -> MutexGuard<'_, usize> {
        self.n_waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::Receiver;

    /// Blocks in every write until told to go on.
    struct Stalled(Receiver<()>);

    impl Write for Stalled {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.recv().map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_terminal_that_nobody_reads_blocks_nobody() {
        let (read, unread) = sync_channel(1);
        let (idle, woken) = sync_channel(8);
        let writer = Writer::start_on(Stalled(unread), move || idle.send(()).unwrap()).unwrap();
        assert!(writer.is_idle());
        assert!(writer.write(b"frame".to_vec()));
        assert!(!writer.is_idle());
        while writer.write(b"more".to_vec()) {}
        assert!(!writer.settle(), "the wait is bounded");
        drop(read);
        woken.recv().unwrap();
        assert!(writer.has_failed());
        assert!(writer.settle() && writer.is_idle());
    }
}
