//! One device's life: wait, dial, pump, lose, again. Owns the order of things; the session owns the rules.
use super::dial::{self, Opened};
use super::loss::{Loss, Suspect};
use super::queue::Feed;
use super::{password, pump};
use crate::mqtt::port::{LinkStatus, Lost, Notice, Step, TlsFacts};
use crate::mqtt::{Batch, BrokerEvent, BrokerRequest, Profile, Secret, Version};
use crate::session::Session;
use crate::time::{Clock, Timestamp};
use std::pin::pin;
use std::sync::Arc;
use tokio::sync::mpsc;

/// What is counted over all connections of a device.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Traffic {
    pub bytes_in: u64,
    pub bytes_out: u64,
    pub n_stalls: u64,
}

/// Where the attempt at a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Not yet online; the two moments are when the attempt began, and when its CONNECT step did.
    Connecting(Timestamp, Timestamp),
    Online,
}

/// Whether the version is known that the broker speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Search {
    /// The profile's version is tried first.
    Begins,
    /// It failed in a way that the version may be the reason for: the other one is tried.
    FellBack,
    /// The user said, or we were online with it: no other is tried.
    Over,
}

/// Everything a device's task holds between and during connections.
pub(super) struct Device {
    /// The settings; the version is the one spoken now.
    pub profile: Profile,
    search: Search,
    /// What a search begins with: 5, or 3.1.1 where that was found before.
    first: Version,
    tls: Option<TlsFacts>,
    pub session: Session,
    pub clock: Arc<dyn Clock>,
    pub requests: mpsc::Receiver<BrokerRequest>,
    pub feed: Feed,
    pub traffic: Traffic,
    progress: Progress,
    n_attempts: u32,
}

pub(super) async fn run(
    profile: Profile,
    seed: u64,
    clock: Arc<dyn Clock>,
    requests: mpsc::Receiver<BrokerRequest>,
    feed: Feed,
) {
    let mut device = Device {
        search: if profile.version_is_fixed { Search::Over } else { Search::Begins },
        first: profile.version,
        tls: None,
        session: Session::new(profile.clone(), seed),
        profile,
        clock,
        requests,
        feed,
        traffic: Traffic::default(),
        progress: Progress::Connecting(Timestamp::ZERO, Timestamp::ZERO),
        n_attempts: 0,
    };
    while !device.session.has_ended() {
        let now = device.clock.now();
        match device.session.retry_at() {
            // A model that takes no events is not told of attempt after attempt.
            Some(at) if at <= now && device.feed.has_room() => device.connect(now).await,
            at => device.wait(now, at).await,
        }
    }
    device.tell_events(&mut Batch::default());
}

impl Device {
    /// Waits for the next attempt, or for a request.
    async fn wait(&mut self, now: Timestamp, at: Option<Timestamp>) {
        let left = at.map(|at| at.since(now)).unwrap_or_default();
        let is_full = !self.feed.has_room();
        tokio::select! {
            biased;
            () = self.feed.abandoned() => self.session.request(now, BrokerRequest::End),
            request = self.requests.recv() => self.obey(request),
            () = self.feed.room(), if is_full => {}
            () = tokio::time::sleep(left), if at.is_some() && !is_full => {}
        }
        self.tell_events(&mut Batch::default());
        if at.is_some() && self.session.retry_at().is_none() && !self.session.has_ended() {
            self.tell_lost(as_asked(None), self.clock.now(), None);
        }
    }

    /// One attempt, and the connection it leads to until its end.
    async fn connect(&mut self, now: Timestamp) {
        if self.search != Search::FellBack {
            self.n_attempts = self.n_attempts.saturating_add(1);
        }
        self.progress = Progress::Connecting(now, now);
        let dialed = self.dial().await;
        let now = self.clock.now();
        let loss = match dialed {
            Some(Ok((password, opened))) => {
                let connect_began = dial::begin(Step::Connect, &*self.clock, &self.feed);
                if let Progress::Connecting(began, _) = self.progress {
                    self.progress = Progress::Connecting(began, connect_began);
                }
                self.tls = opened.tls;
                self.session.set_password(password);
                self.session.transport_opened(now);
                pump::pump(self, opened.socket).await
            }
            Some(Err(loss)) => loss,
            None => as_asked(None),
        };
        let now = self.clock.now();
        let Some(mut loss) = self.seek_version(now, loss) else { return };
        let retry_at = self.session.transport_lost(now, loss.may_retry);
        if loss.step.is_none() && retry_at.is_some() {
            loss.remedy = loss.remedy.or_else(|| self.session.rival());
        }
        self.tell_events(&mut Batch::default());
        if !self.session.has_ended() {
            self.tell_lost(loss, now, retry_at);
        }
    }

    /// Goes on with the other version when the broker may not know the first, which the next attempt begins with
    /// again; the loss that remains to be told. Any other failure is told as it is.
    fn seek_version(&mut self, now: Timestamp, loss: Loss) -> Option<Loss> {
        let is_suspect = loss.suspect == Suspect::Version && loss.step.is_some();
        match self.search {
            Search::Begins if is_suspect && self.session.wants_connection() => {
                let other = match self.first {
                    Version::V5 => Version::V3,
                    Version::V3 => Version::V5,
                };
                let has_lone_password = self.profile.username.is_none() && self.session.has_password();
                if other == Version::V3 && has_lone_password {
                    let remedy = "give a user name with --username: 3.1.1 sends no password without one";
                    return Some(Loss { remedy: Some(remedy.into()), ..loss });
                }
                let name = if other == Version::V3 { "3.1.1" } else { "5" };
                let words = format!("{}; trying MQTT {name}", loss.cause);
                self.feed.push(BrokerEvent::Notice(Notice::Words(words)));
                self.search = Search::FellBack;
                self.speak(other);
                self.session.try_again_now(now);
                None
            }
            Search::Begins | Search::Over => Some(loss),
            Search::FellBack => {
                self.search = Search::Begins;
                let loss = if is_suspect { loss.of_both_versions(&self.profile) } else { loss };
                self.speak(self.first);
                Some(loss)
            }
        }
    }

    fn speak(&mut self, version: Version) {
        self.profile.version = version;
        self.session.set_version(version);
    }

    /// Makes the password and dials while requests are served; `None` when one of them calls it off.
    async fn dial(&mut self) -> Option<Result<(Option<Secret>, Opened), Loss>> {
        let Self { profile, session, clock, requests, feed, .. } = self;
        let mut dialing = pin!(async {
            let mut filled = password::fill(profile).await?;
            let password = filled.password.take();
            Ok((password, dial::dial(&filled, &**clock, feed).await?))
        });
        loop {
            tokio::select! {
                biased;
                () = feed.abandoned() => session.request(clock.now(), BrokerRequest::End),
                request = requests.recv() => {
                    session.request(clock.now(), request.unwrap_or(BrokerRequest::End));
                }
                dialed = &mut dialing => return Some(dialed),
            }
            while let Some(event) = session.next_event() {
                feed.push(event);
            }
            if !session.wants_connection() {
                return None;
            }
        }
    }

    /// Hands one request, or the end of all requests, to the session; then whatever waits behind it.
    pub fn obey(&mut self, request: Option<BrokerRequest>) {
        // Taken together their packets leave in one write; the bound lets the socket have its turn.
        const AT_ONCE: usize = 256;
        let now = self.clock.now();
        let Some(request) = request else {
            return self.session.request(now, BrokerRequest::End);
        };
        self.session.request(now, request);
        for _ in 1..AT_ONCE {
            match self.requests.try_recv() {
                Ok(request) => self.session.request(now, request),
                Err(_empty_or_closed) => break,
            }
        }
    }

    /// Passes the session's events on, behind the messages that came before them.
    pub fn tell_events(&mut self, messages: &mut Batch) {
        while let Some(mut event) = self.session.next_event() {
            self.feed.push_messages(messages);
            if let BrokerEvent::Online(online) = &mut event
                && let Progress::Connecting(began, connect_began) = self.progress
            {
                online.took = online.at.since(began);
                online.tls.clone_from(&self.tls);
                self.search = Search::Over;
                self.progress = Progress::Online;
                self.n_attempts = 0;
                dial::done(Step::Connect, connect_began, &*self.clock, &self.feed, None);
            }
            self.feed.push(event);
        }
    }

    /// The step that an end of the connection falls into.
    pub fn step(&self) -> Option<Step> {
        match self.progress {
            Progress::Connecting(..) => Some(Step::Connect),
            Progress::Online => None,
        }
    }

    /// The link's figures as of now.
    pub fn status(&self, now: Timestamp) -> LinkStatus {
        let Traffic { bytes_in, bytes_out, n_stalls } = self.traffic;
        let n_unread = self.feed.n_messages();
        LinkStatus { bytes_in, bytes_out, n_stalls, n_unread, ..self.session.link_status(now) }
    }

    fn tell_lost(&mut self, loss: Loss, at: Timestamp, retry_at: Option<Timestamp>) {
        let Loss { step, cause, remedy, reason, may_retry: _, suspect: _ } = loss;
        let n_attempts = self.n_attempts;
        self.feed.push(BrokerEvent::Lost(Lost { step, cause, remedy, reason, at, retry_at, n_attempts }));
        self.feed.push(BrokerEvent::Link(self.status(at)));
    }
}

/// The end that a person asked for.
pub(super) fn as_asked(step: Option<Step>) -> Loss {
    Loss::new(step, "disconnected, as you asked", None)
}
