//! CONNECT and CONNACK (MQTT 5.0 sections 3.1 and 3.2). Owns what we ask for and what the answer means.
use super::aliases::TOPIC_ALIAS_MAXIMUM;
use super::inbound::Inbound;
use super::{CONNACK_OF_TRIAL_WITHIN, CONNACK_WITHIN, Certainty, Fatal, Link, Session};
use crate::mqtt::packet::{ConnAck, Connect};
use crate::mqtt::port::{Notice, Online};
use crate::mqtt::{BrokerEvent, Profile, Reason, Secret, Version};
use crate::session::limits::Limits;
use crate::time::Timestamp;
use std::time::Duration;

/// Whether this connection shall begin with a clean session.
///
/// On 3.1.1 always as the profile says: a session that outlives its connection there never ends by itself.
/// On 5 a profile with clean start *and* an expiry means: begin clean, then come back to what is remembered.
fn asks_for_clean_start(profile: &Profile, was_online: bool) -> bool {
    match profile.version {
        Version::V3 => profile.clean_start,
        Version::V5 => profile.clean_start && !(was_online && profile.session_expiry_s > 0),
    }
}

/// The CONNECT of a profile; on 3.1.1 it has no properties.
pub(super) fn connect(profile: &Profile, client_id: &str, was_online: bool) -> Connect {
    let is_v5 = profile.version == Version::V5;
    Connect {
        version: profile.version,
        client_id: client_id.to_owned(),
        keep_alive_s: profile.keep_alive_s,
        clean_start: asks_for_clean_start(profile, was_online),
        username: profile.username.clone(),
        password: profile.password.clone(),
        will: profile.will.clone(),
        session_expiry_s: is_v5.then_some(profile.session_expiry_s),
        // Zero is a protocol error for both (sections 3.1.2.11.3 and .4).
        receive_maximum: is_v5.then_some(profile.receive_maximum.max(1)),
        max_packet_bytes: is_v5.then_some(profile.max_packet_bytes).filter(|bytes| *bytes > 0),
        topic_alias_maximum: is_v5.then_some(TOPIC_ALIAS_MAXIMUM),
        request_response_information: None,
        request_problem_information: is_v5.then_some(true),
        user: Vec::new(),
    }
}

/// Whether a CONNACK accepts us and can be believed (section 3.2.2).
fn check(connack: &ConnAck, profile: &Profile) -> Result<(), Fatal> {
    if connack.reason.is_failure() {
        return Err(Fatal::refused(connack, profile));
    }
    if connack.reason != Reason::SUCCESS {
        let code = connack.reason.0;
        return Err(Fatal::protocol_error(format!(
            "the broker's CONNACK carries the reason 0x{code:02X}, which means nothing there"
        )));
    }
    for (name, is_zero) in [
        ("receive maximum", connack.receive_maximum == Some(0)),
        ("maximum packet size", connack.max_packet_bytes == Some(0)),
    ] {
        if is_zero {
            return Err(Fatal::protocol_error(format!("the broker's CONNACK gives a {name} of 0")));
        }
    }
    Ok(())
}

impl Session {
    /// The password for the next CONNECT.
    pub fn set_password(&mut self, password: Option<Secret>) {
        self.profile.password = password;
    }

    /// Whether the last CONNECT carried a password, or the next one will.
    pub fn has_password(&self) -> bool {
        self.profile.password.is_some()
    }

    /// The version for the next CONNECT; once online it stays, for what is in flight is of one version.
    pub fn set_version(&mut self, version: Version) {
        if self.was_online {
            return;
        }
        self.profile.version = version;
        self.limits = Limits::new(version, &ConnAck::default(), self.profile.limits());
        self.inbound = Inbound::new(version, self.profile.receive_maximum);
    }

    /// The transport is gone for a reason that another try at once may not meet.
    pub fn try_again_now(&mut self, now: Timestamp) {
        let backoff = self.backoff.clone();
        if self.transport_lost(now, true).is_some() {
            self.retry_at = Some(now);
        }
        self.backoff = backoff;
    }

    /// How long the broker may take to answer CONNECT.
    pub(super) fn connack_within(&self) -> Duration {
        let is_first = self.profile.version == self.first_version;
        let is_trial = !self.profile.version_is_fixed && !self.was_online && is_first;
        if is_trial { CONNACK_OF_TRIAL_WITHIN } else { CONNACK_WITHIN }
    }

    /// CONNACK came as the first packet.
    pub(super) fn accept(
        &mut self,
        now: Timestamp,
        mut connack: ConnAck,
        opened: Timestamp,
    ) -> Result<(), Fatal> {
        check(&connack, &self.profile)?;
        // A session that is present though this program never was online is an earlier run's. MQTT-3.2.2-4 has
        // us close, for lack of its state; but what the broker kept for us meanwhile is what a persistent
        // session is for. Exchanges begun then are answered as unknown, and new ids begin far from the old.
        if connack.session_present && asks_for_clean_start(&self.profile, self.was_online) {
            // MQTT-3.2.2-2 forbids it; the clean session that we asked for is the safe reading.
            connack.session_present = false;
            self.notice_words(
                "the broker says that it kept a session though a clean one was asked for; taken as clean"
                    .into(),
            );
        }
        self.limits = Limits::new(self.profile.version, &connack, self.profile.limits());
        if let Some(given) = connack.assigned_client_id.as_ref().filter(|id| !id.is_empty()) {
            self.client_id.clone_from(given);
        }
        let keep_alive_s = connack.server_keep_alive_s.unwrap_or(self.profile.keep_alive_s);
        self.keep_alive.start(now, keep_alive_s);
        self.link = Link::Online { since: now };
        let present = connack.session_present;
        let certainty = std::mem::replace(&mut self.certainty, Certainty::Certain);
        let n_resumed = if present { self.outbound.resume(certainty) } else { 0 };
        self.events.push_back(BrokerEvent::Online(Box::new(Online {
            connack,
            client_id: self.client_id.clone(),
            keep_alive_s,
            at: now,
            took: now.since(opened),
            n_resumed,
            version: self.profile.version,
            tls: None,
        })));
        if present {
            self.inbound.resume(certainty);
            self.backlog.begin();
            if certainty == Certainty::Doubtful {
                self.subscriptions.ask_all();
            }
        } else {
            self.session_is_lost(now);
        }
        self.was_online = true;
        Ok(())
    }

    /// The broker has nothing of ours: ids, exchanges and subscriptions begin anew.
    fn session_is_lost(&mut self, now: Timestamp) {
        let restarted = self.outbound.start_over(now, &mut self.events);
        self.ids.forget_all();
        self.inbound.forget_all();
        self.subscriptions.start_over(&mut self.events);
        let is_unexpected = self.was_online && !asks_for_clean_start(&self.profile, true);
        if restarted.n_restarted > 0 || is_unexpected {
            self.events.push_back(BrokerEvent::Notice(Notice::SessionLost {
                n_restarted: restarted.n_restarted,
                n_maybe_twice: restarted.n_maybe_twice,
            }));
        }
    }
}
