//! Signals of the system. Owns which are heard, and the stopping and going on of the process.
use rustix::process::{Signal, getpid, kill_current_process_group, kill_process};
use std::io;
use tokio::signal::unix::{self, SignalKind};

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// SIGTERM, SIGHUP: end, without a question.
    End,
    /// SIGINT: the same, unless it is meant for another program on the terminal.
    Interrupt,
    /// SIGTSTP: stop until told to go on.
    Stop,
    /// SIGCONT: the terminal may have been anybody's.
    GoOn,
}

/// The signals heard.
#[derive(Debug)]
pub struct Signals {
    terminate: unix::Signal,
    hang_up: unix::Signal,
    interrupt: unix::Signal,
    stop: unix::Signal,
    go_on: unix::Signal,
    /// SIGTSTPs that we sent ourselves by sending them to our whole group.
    n_own_stops: u32,
}

impl Signals {
    /// Begins to hear them.
    pub fn new() -> io::Result<Self> {
        let stop = SignalKind::from_raw(Signal::TSTP.as_raw());
        let go_on = SignalKind::from_raw(Signal::CONT.as_raw());
        Ok(Self {
            terminate: unix::signal(SignalKind::terminate())?,
            hang_up: unix::signal(SignalKind::hangup())?,
            interrupt: unix::signal(SignalKind::interrupt())?,
            stop: unix::signal(stop)?,
            go_on: unix::signal(go_on)?,
            n_own_stops: 0,
        })
    }

    /// The next signal.
    pub async fn next(&mut self) -> Asked {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return Asked::End,
                _ = self.hang_up.recv() => return Asked::End,
                _ = self.interrupt.recv() => return Asked::Interrupt,
                _ = self.go_on.recv() => return Asked::GoOn,
                _ = self.stop.recv() => match self.n_own_stops {
                    0 => return Asked::Stop,
                    _ => self.n_own_stops -= 1,
                },
            }
        }
    }

    /// Stops the process and all of its group, as ctrl-z does for a program that leaves it to the terminal;
    /// returns when the process goes on. SIGSTOP, since in an orphaned group the kernel discards SIGTSTP.
    pub fn stop(&mut self) {
        self.n_own_stops += 1;
        if kill_current_process_group(Signal::TSTP).is_err() {
            self.n_own_stops -= 1;
        }
        // Nothing to do about a refusal but to go on.
        let _ = kill_process(getpid(), Signal::STOP);
    }
}
