//! The thread that owns stdout, so that a terminal nobody reads stops nothing else. Owns one frame at a time.
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

/// Byte strings that wait for the thread: a frame is made only when it is idle, so one is enough; the
/// second place is for a clipboard's text between two frames.
const QUEUE: usize = 2;

/// Writes byte strings to the terminal, one after the other.
#[derive(Debug)]
pub struct Writer {
    sender: Option<SyncSender<Vec<u8>>>,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct State {
    busy: AtomicBool,
    failed: AtomicBool,
}

impl Writer {
    /// Starts the thread; `on_idle` is called, on that thread, whenever it has nothing left to write.
    pub fn start(on_idle: impl Fn() + Send + 'static) -> io::Result<Self> {
        // A descriptor of its own: a blocked write would hold the lock of the shared one, which the leaving
        // of the terminal needs.
        let own = rustix::io::dup(io::stdout())?;
        Self::start_on(std::fs::File::from(own), on_idle)
    }

    fn start_on(
        mut out: impl Write + Send + 'static,
        on_idle: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        let (sender, receiver) = sync_channel::<Vec<u8>>(QUEUE);
        let state = Arc::new(State::default());
        let of_thread = Arc::clone(&state);
        let thread = thread::Builder::new().name("writer".into()).spawn(move || {
            while let Ok(bytes) = receiver.recv() {
                if out.write_all(&bytes).and_then(|()| out.flush()).is_err() {
                    of_thread.failed.store(true, Ordering::SeqCst);
                }
                of_thread.busy.store(false, Ordering::SeqCst);
                on_idle();
            }
        })?;
        Ok(Self { sender: Some(sender), state, thread: Some(thread) })
    }

    /// Whether everything handed over was written.
    pub fn is_idle(&self) -> bool {
        !self.state.busy.load(Ordering::SeqCst)
    }

    /// Whether the terminal is gone: a write failed.
    pub fn has_failed(&self) -> bool {
        self.state.failed.load(Ordering::SeqCst)
    }

    /// Hands bytes over; `false` when the queue is full, which never blocks.
    pub fn write(&self, bytes: Vec<u8>) -> bool {
        let Some(sender) = &self.sender else { return false };
        self.state.busy.store(true, Ordering::SeqCst);
        sender.try_send(bytes).is_ok()
    }

    /// Ends the thread when everything is written. A blocked one is left behind: waiting for a terminal
    /// that nobody reads would hang the quitting.
    pub fn finish(mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take()
            && (self.is_idle() || thread.is_finished())
        {
            let _ = thread.join();
        }
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
        drop(read);
        woken.recv().unwrap();
        assert!(writer.has_failed());
        writer.finish();
    }
}
