//! The real binary in a terminal of our own. Owns the pseudo-terminal and the picture on it.
use super::eventually::eventually;
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

/// A running mqttscope and what its terminal shows.
pub struct Program {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    screen: Arc<Mutex<vt100::Parser>>,
    gate: Arc<Gate>,
}

/// Holds the reading of the terminal up.
#[derive(Default)]
struct Gate {
    closed: Mutex<bool>,
    opened: Condvar,
    n_bytes: AtomicUsize,
    ended: AtomicBool,
}

fn size(cols: u16, rows: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn at_least_one(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).unwrap()
}

impl Program {
    /// Starts it with arguments and variables on a terminal of a size.
    pub fn start(arguments: &[&str], variables: &[(&str, &str)], (cols, rows): (u16, u16)) -> Self {
        let pair = native_pty_system().openpty(size(cols, rows)).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_mqttscope"));
        command.args(arguments);
        let nowhere = std::env::temp_dir().join("mqttscope-tests-have-no-config");
        command.env("XDG_CONFIG_HOME", nowhere);
        command.env("TERM", "xterm-256color");
        command.env("LC_ALL", "C.UTF-8");
        command.env_remove("NO_COLOR");
        command.env("RUST_BACKTRACE", "0");
        for (name, value) in variables {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(at_least_one(rows), at_least_one(cols), 0)));
        let gate = Arc::new(Gate::default());
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (shown, held) = (Arc::clone(&screen), Arc::clone(&gate));
        std::thread::spawn(move || {
            let mut bytes = [0; 4_096];
            loop {
                let mut closed = held.closed.lock().unwrap();
                while *closed {
                    closed = held.opened.wait(closed).unwrap();
                }
                drop(closed);
                match reader.read(&mut bytes) {
                    Ok(0) | Err(_) => break,
                    Ok(n) => {
                        held.n_bytes.fetch_add(n, Ordering::SeqCst);
                        shown.lock().unwrap().process(&bytes[..n]);
                    }
                }
            }
            held.ended.store(true, Ordering::SeqCst);
        });
        let writer = pair.master.take_writer().unwrap();
        Self { child, master: pair.master, writer, screen, gate }
    }

    /// Types keys, as bytes.
    pub fn types(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Esc, and waits for it: a key within 30 ms behind an Esc is Alt and that key.
    #[track_caller]
    pub fn leaves(&mut self) {
        self.types("\u{1b}");
        self.sees("p publish");
    }

    pub fn resize(&mut self, cols: u16, rows: u16) {
        self.screen.lock().unwrap().screen_mut().set_size(at_least_one(rows), at_least_one(cols));
        self.master.resize(size(cols, rows)).unwrap();
    }

    /// Stops or goes on reading what it writes.
    pub fn read_on(&self, on: bool) {
        *self.gate.closed.lock().unwrap() = !on;
        self.gate.opened.notify_all();
    }

    pub fn screen(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    /// Waits until the screen shows this; runs of spaces count as one.
    #[track_caller]
    pub fn sees(&self, text: &str) {
        self.sees_that(text, |screen| screen.contains(text));
    }

    #[track_caller]
    pub fn sees_that(&self, what: &str, is_so: impl Fn(&str) -> bool) {
        eventually(
            || format!("{what:?} on the screen:\n{}", self.screen()),
            || is_so(&squeezed(&self.screen())).then_some(()),
        );
    }

    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.pid()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    fn pid(&self) -> i32 {
        i32::try_from(self.child.process_id().unwrap()).unwrap()
    }

    /// Waits until the process is stopped by job control.
    #[track_caller]
    pub fn is_stopped(&self) {
        let stat = format!("/proc/{}/stat", self.pid());
        let state = || std::fs::read_to_string(&stat).unwrap_or_default();
        eventually(|| format!("stopped: {}", state()), || state().contains(") T ").then_some(()));
    }

    /// Waits for the end; its exit status, and what the terminal shows then.
    #[track_caller]
    pub fn ends(mut self) -> (ExitStatus, String) {
        let mut status = None;
        let screen = Arc::clone(&self.screen);
        eventually(
            || format!("an end; the screen:\n{}", screen.lock().unwrap().screen().contents()),
            || {
                status = self.child.try_wait().unwrap();
                status.as_ref().map(|_| ())
            },
        );
        eventually(
            || "the end of its output".into(),
            || self.gate.ended.load(Ordering::SeqCst).then_some(()),
        );
        let screen = self.screen.lock().unwrap();
        assert!(!screen.screen().alternate_screen(), "the other screen was left");
        assert!(!screen.screen().hide_cursor(), "the cursor is shown again");
        assert!(!screen.screen().bracketed_paste(), "pastes are no longer marked");
        let text = screen.screen().contents();
        drop(screen);
        (status.unwrap(), text)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.read_on(true);
        let _ = self.child.kill();
    }
}

fn squeezed(text: &str) -> String {
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
