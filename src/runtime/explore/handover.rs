//! Giving the terminal away and taking it back: to the shell by a stop, to the user's own editor. Owns that order.
use super::Explorer;
use crate::model::Event;
use crate::model::form::deeds::Wanted;
use crate::runtime::editing::Editing;
use crate::runtime::pace::Want;
use crate::runtime::panics;
use crate::runtime::signals::Asked;
use crate::terminal;

impl Explorer {
    pub(super) fn signal(&mut self, asked: Asked) {
        assert!(!panics::provoked("signal"), "asked for by MQTTSCOPE_PANIC");
        match asked {
            // An editor on the terminal hears ctrl-c as well, and it is meant for it; the terminal stays its own.
            Asked::Interrupt | Asked::GoOn if self.editing.is_some() => {}
            Asked::Interrupt | Asked::End => self.tell(Event::Terminated, Want::Now),
            // The editor stopped itself and with it its group; the terminal is its own before and after.
            Asked::Stop if self.editing.is_some() => self.signals.stop(),
            Asked::Stop => self.stop(),
            Asked::GoOn => self.go_on(),
        }
    }

    /// Gives the terminal to the shell and stops; goes on when SIGCONT is heard.
    pub(super) fn stop(&mut self) {
        self.hand_over();
        self.signals.stop();
    }

    /// Gives the terminal to the user's own editor. The brokers are heard meanwhile, and nothing is drawn.
    pub(super) fn edit(&mut self, wanted: &Wanted) {
        if self.editing.is_some() {
            return;
        }
        let prepared = Editing::prepare(wanted);
        let started = prepared.and_then(|prepared| {
            self.hand_over();
            prepared.start()
        });
        match started {
            Ok(editing) => self.editing = Some(editing),
            Err(words) => {
                if self.is_stopped {
                    self.take_back();
                }
                self.tell(Event::Edited(Err(words)), Want::Now);
            }
        }
    }

    /// The editor ended.
    pub(super) fn edited(&mut self, edited: Result<String, String>) {
        self.editing = None;
        self.take_back();
        self.tell(Event::Edited(edited), Want::Now);
    }

    fn hand_over(&mut self) {
        self.is_stopped = true;
        self.keys.pause();
        self.writer.settle();
        terminal::leave();
    }

    fn go_on(&mut self) {
        self.take_back();
        self.tell(Event::Resumed, Want::Now);
    }

    fn take_back(&mut self) {
        self.is_stopped = false;
        if terminal::enter().is_err() {
            return self.tell(Event::Terminated, Want::Now);
        }
        self.keys.go_on();
        self.painter.forget();
        let (cols, rows) = terminal::size();
        self.painter.resize(cols, rows);
        self.tell(Event::Resize { cols, rows }, Want::Now);
    }
}
