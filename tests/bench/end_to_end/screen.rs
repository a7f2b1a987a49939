//! The program in a terminal of our own, with the moment of each byte. Owns the terminal; judges nothing.
use super::traffic::Version;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Instant;

const COLS: u16 = 120;
const ROWS: u16 = 40;

/// The end of a synchronized update, and with it of a frame.
const FRAME_END: &[u8] = b"\x1b[?2026l";

/// What the terminal was told.
pub struct Seen {
    parser: vt100::Parser,
    tail: Vec<u8>,
    pub n_bytes: u64,
    pub first_frame: Option<Instant>,
    /// The row that bears the cursor's mark, and since when.
    pub cursor: (Option<u16>, Instant),
    /// Topics and messages as the screen counts them, and since when.
    pub counts: ((u64, u64), Instant),
}

struct Shared {
    seen: Mutex<Seen>,
    changed: Condvar,
    is_closed: Mutex<bool>,
    opened: Condvar,
}

/// A running explorer.
pub struct Screen {
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    _master: Box<dyn MasterPty + Send>,
    shared: Arc<Shared>,
    pub started: Instant,
    pub pid: u32,
}

impl Screen {
    /// Starts the explorer on a broker.
    pub fn start(address: SocketAddr, version: Version, more: &[&str]) -> Self {
        Self::start_at(&format!("mqtt://{address}"), version, more)
    }

    /// The same by a URL.
    pub fn start_at(url: &str, version: Version, more: &[&str]) -> Self {
        let size = PtySize { rows: ROWS, cols: COLS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("the system gives a terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_mqttscope"));
        command.args(["--mqtt", version.argument()]);
        command.args(more);
        command.arg(url);
        command.env("XDG_CONFIG_HOME", std::env::temp_dir().join("mqttscope-bench-has-no-config"));
        command.env("XDG_STATE_HOME", std::env::temp_dir().join("mqttscope-bench-has-no-config"));
        command.env("TERM", "xterm-256color");
        command.env("LC_ALL", "C.UTF-8");
        command.env_remove("NO_COLOR");
        let mut reader = pair.master.try_clone_reader().expect("a terminal is read");
        let writer = pair.master.take_writer().expect("a terminal is written");
        let cells = |n| NonZeroU16::new(n).expect("not zero");
        let started = Instant::now();
        let shared = Arc::new(Shared {
            seen: Mutex::new(Seen {
                parser: vt100::Parser::new(cells(ROWS), cells(COLS), 0),
                tail: Vec::new(),
                n_bytes: 0,
                first_frame: None,
                cursor: (None, started),
                counts: ((0, 0), started),
            }),
            changed: Condvar::new(),
            is_closed: Mutex::new(false),
            opened: Condvar::new(),
        });
        let of_thread = Arc::clone(&shared);
        std::thread::spawn(move || {
            let mut bytes = vec![0; 64 * 1024];
            loop {
                let mut is_closed = of_thread.is_closed.lock().expect("nobody panics with it");
                while *is_closed {
                    is_closed = of_thread.opened.wait(is_closed).expect("nobody panics with it");
                }
                drop(is_closed);
                let Ok(n @ 1..) = reader.read(&mut bytes) else { return };
                of_thread.seen.lock().expect("nobody panics with it").take(&bytes[..n], Instant::now());
                of_thread.changed.notify_all();
            }
        });
        let child = pair.slave.spawn_command(command).expect("the program was built beside this one");
        let pid = child.process_id().expect("a running child has an id");
        Self { child, writer, _master: pair.master, shared, started, pid }
    }

    pub fn types(&mut self, keys: &str) -> Instant {
        let at = Instant::now();
        self.writer.write_all(keys.as_bytes()).expect("a terminal that is open");
        at
    }

    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.shared.seen.lock().expect("nobody panics with it")
    }

    /// Waits until the screen is as wanted, and tells what it was then.
    pub fn until<T>(&self, what: &str, is_so: impl Fn(&Seen) -> Option<T>) -> T {
        let deadline = Instant::now() + super::PATIENCE;
        let mut seen = self.seen();
        loop {
            if let Some(found) = is_so(&seen) {
                return found;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{what} never came:\n{}", seen.text());
            (seen, _) = self.shared.changed.wait_timeout(seen, left).expect("nobody panics with it");
        }
    }

    /// Waits for a text.
    pub fn shows(&self, text: &str) {
        self.until(text, |seen| seen.text().contains(text).then_some(()));
    }

    /// Stops or goes on reading the terminal.
    pub fn read_on(&self, on: bool) {
        *self.shared.is_closed.lock().expect("nobody panics with it") = !on;
        self.shared.opened.notify_all();
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.read_on(true);
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Seen {
    pub fn text(&self) -> String {
        self.parser.screen().contents()
    }

    fn take(&mut self, bytes: &[u8], at: Instant) {
        self.n_bytes += bytes.len() as u64;
        self.parser.process(bytes);
        if self.first_frame.is_none() {
            self.tail.extend_from_slice(bytes);
            if self.tail.windows(FRAME_END.len()).any(|window| window == FRAME_END) {
                self.first_frame = Some(at);
                self.tail = Vec::new();
            }
        }
        let screen = self.parser.screen();
        let is_marked = |row: &u16| screen.cell(*row, 1).is_some_and(|cell| cell.contents() == ">");
        let cursor = (0..ROWS).find(is_marked);
        if cursor != self.cursor.0 {
            self.cursor = (cursor, at);
        }
        let title = screen.rows(0, COLS).nth(1).unwrap_or_default();
        let counts = (number_before(&title, " topics"), number_before(&title, " msgs"));
        if counts != self.counts.0 {
            self.counts = (counts, at);
        }
    }
}

/// The number, grouped by commas, that stands before a word.
fn number_before(text: &str, word: &str) -> u64 {
    let before = text.split_once(word).map_or("", |(before, _)| before);
    let digits = before.rsplit(' ').next().unwrap_or_default().replace(',', "");
    digits.parse().unwrap_or(0)
}
