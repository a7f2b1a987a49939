//! What a broker of a known kind takes. Owns the words for what it doesn't; what a CONNACK says is the session's.
use super::{Ask, Preset};
use crate::mqtt::profile::{Profile, Version};
use crate::mqtt::publication::Publication;
use crate::mqtt::words::Qos;
use crate::mqtt::{PublishProperties, Subscription};
use std::fmt::Write;
use std::ops::RangeInclusive;

/// Slashes of AWS' basic ingest (`$aws/rules/NAME/`), which its limit doesn't count.
const N_BASIC_INGEST_SLASHES: usize = 3;

/// What a broker takes, known before it says so itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a feature of its own that a broker has or lacks")]
pub struct Limits {
    /// Whose limits they are.
    pub preset: Option<Preset>,
    /// The highest QoS of publications and subscriptions.
    pub max_qos: Option<Qos>,
    /// Whether it keeps retained messages.
    pub retain: bool,
    /// Whether it takes a last will.
    pub will: bool,
    /// Whether a client may hear `#`.
    pub all_topics: bool,
    /// The largest packet that it takes, in bytes.
    pub max_packet_bytes: Option<u32>,
    /// How many filters it takes in one SUBSCRIBE.
    pub max_filters_per_subscribe: Option<usize>,
    /// Whether a SUBSCRIBE may carry an id (MQTT 5).
    pub subscription_ids: bool,
    /// How many slashes it takes in a topic or filter.
    pub max_topic_slashes: Option<usize>,
    /// The keep-alive that it takes, in seconds.
    pub keep_alive_s: Option<RangeInclusive<u16>>,
    /// The only version that it speaks.
    pub version: Option<Version>,
}

impl Default for Limits {
    fn default() -> Self {
        Self::none()
    }
}

impl Limits {
    /// No limits at all.
    pub const fn none() -> Self {
        Self {
            preset: None,
            max_qos: None,
            retain: true,
            will: true,
            all_topics: true,
            max_packet_bytes: None,
            max_filters_per_subscribe: None,
            subscription_ids: true,
            max_topic_slashes: None,
            keep_alive_s: None,
            version: None,
        }
    }

    /// Whose they are, in a sentence.
    pub fn name(&self) -> &'static str {
        self.preset.map_or("the broker", Preset::name)
    }

    /// Tells in words that subscriptions are asked for at a lower QoS than was wished.
    pub fn lowered_words(&self, n_lowered: usize) -> Option<String> {
        let most = self.max_qos.filter(|_| n_lowered > 0)?;
        let what = if n_lowered == 1 { "a subscription is" } else { "subscriptions are" };
        Some(format!("{} takes QoS {most} at most: {what} asked at QoS {most}", self.name()))
    }

    /// What is limited, for one line on screen; `None` where nothing is.
    pub fn words(&self) -> Option<String> {
        let mut words = Vec::new();
        words.extend(self.version.map(|version| format!("{version} only")));
        words.extend(self.max_qos.map(|qos| format!("QoS up to {qos}")));
        words.extend((!self.retain).then(|| "no retained messages".to_owned()));
        words.extend((!self.will).then(|| "no last will".to_owned()));
        words.extend((!self.all_topics).then(|| "fixed topics, no #".to_owned()));
        words.extend(self.max_packet_bytes.map(|bytes| format!("packets up to {bytes} bytes")));
        words.extend(self.max_filters_per_subscribe.map(|n| format!("{n} filters in a SUBSCRIBE")));
        words.extend(self.max_topic_slashes.map(|n| format!("{n} slashes in a topic")));
        let seconds = self.keep_alive_s.as_ref();
        words.extend(seconds.map(|range| format!("keep-alive {} to {} s", range.start(), range.end())));
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// Whether a publication may go; else why not, in words. What the CONNACK says comes on top of it.
    pub fn check(&self, publication: &Publication, version: Version) -> Result<(), String> {
        let name = self.name();
        self.check_qos(publication.qos)?;
        if publication.retain && !self.retain {
            return Err(format!("{name} keeps no retained messages; publish without retain"));
        }
        self.check_topic(publication.topic.as_str())?;
        self.check_size(publication.encoded_bytes(version))
    }

    /// Whether a subscription may be asked for; else why not. Its QoS isn't looked at: see [`Limits::lower`].
    pub fn check_subscription(&self, subscription: &Subscription) -> Result<(), String> {
        let text = subscription.filter.as_str();
        if text == "#" && !self.all_topics {
            let name = self.name();
            return Err(format!(
                "{name} has fixed topics and takes no \"#\"; name one of them with --filter"
            ));
        }
        self.check_topic(text)
    }

    /// The subscription at the highest QoS that the broker takes, and whether that is another one.
    pub fn lower(&self, mut subscription: Subscription) -> (Subscription, bool) {
        let most = self.max_qos.unwrap_or(Qos::ExactlyOnce);
        let is_lower = subscription.qos > most;
        subscription.qos = subscription.qos.min(most);
        (subscription, is_lower)
    }

    /// Whether the broker takes a profile's transport, client id, keep-alive, version and will; else why not.
    pub fn check_profile(&self, profile: &Profile) -> Result<(), String> {
        let name = self.name();
        self.check_transport(profile)?;
        if let Some(preset) = self.preset
            && preset.asks().contains(&Ask::ClientId)
            && profile.client_id.is_empty()
        {
            return Err(format!("{name} knows a device by its client id; give it"));
        }
        if let (Some(range), seconds) = (&self.keep_alive_s, profile.keep_alive_s)
            && !range.contains(&seconds)
        {
            let (least, most) = (range.start(), range.end());
            return Err(format!("{name} takes a keep-alive of {least} to {most} s; {seconds} is outside"));
        }
        if let Some(version) = self.version
            && (profile.version != version || !profile.version_is_fixed)
        {
            return Err(format!("{name} speaks {version} alone; ask for no other version"));
        }
        self.check_will(profile)
    }

    /// Whether the broker takes a profile's transport; else why not.
    pub fn check_transport(&self, profile: &Profile) -> Result<(), String> {
        let Some(preset) = self.preset else { return Ok(()) };
        let transport = profile.address.transport;
        if preset.transports().contains(&transport) {
            return Ok(());
        }
        let usual: Vec<_> =
            preset.transports().iter().map(|usual| format!("{}://", usual.scheme())).collect();
        Err(format!("{} does not take {}://; write {}", self.name(), transport.scheme(), usual.join(" or ")))
    }

    /// Whether the broker takes a profile's last will; else why not.
    pub fn check_will(&self, profile: &Profile) -> Result<(), String> {
        let Some(will) = &profile.will else { return Ok(()) };
        if !self.will {
            return Err(format!("{} takes no last will; leave it out", self.name()));
        }
        let publication = Publication {
            topic: will.topic.clone(),
            payload: will.payload.clone(),
            qos: will.qos,
            retain: will.retain,
            properties: PublishProperties::default(),
        };
        self.check(&publication, profile.version).map_err(|words| format!("the last will: {words}"))
    }

    fn check_qos(&self, qos: Qos) -> Result<(), String> {
        match self.max_qos {
            Some(most) if qos > most => {
                Err(format!("{} takes QoS {most} at most; QoS {qos} would end the connection", self.name()))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Of a topic or filter; `Topic` and `Filter` have checked everything else.
    fn check_topic(&self, text: &str) -> Result<(), String> {
        let Some(most) = self.max_topic_slashes else { return Ok(()) };
        let n_slashes = text.matches('/').count();
        if n_slashes <= most {
            return Ok(());
        }
        let is_basic_ingest = text.to_ascii_lowercase().starts_with("$aws/rules/");
        let uncounted = if is_basic_ingest { N_BASIC_INGEST_SLASHES } else { 0 };
        if n_slashes - uncounted <= most {
            return Ok(());
        }
        let mut words = format!("{} takes at most {most} slashes", self.name());
        if is_basic_ingest {
            words.push_str(" behind $aws/rules/NAME/");
        }
        let _ = write!(words, "; {text:?} has {}", n_slashes - uncounted);
        Err(words)
    }

    fn check_size(&self, n_bytes: usize) -> Result<(), String> {
        match self.max_packet_bytes {
            Some(most) if n_bytes > most as usize => {
                Err(format!("{} takes packets of at most {most} bytes; this one has {n_bytes}", self.name()))
            }
            Some(_) | None => Ok(()),
        }
    }
}
