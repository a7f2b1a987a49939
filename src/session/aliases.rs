//! Topic aliases of deliveries (MQTT 5.0 section 3.3.2.3.4). Owns the table of one connection.
use super::Fatal;
use crate::mqtt::Reason;
use crate::mqtt::packet::Aliased;

/// How many aliases we let a broker use: enough for the busiest topics, and at most 4 MiB of topics held.
pub(super) const TOPIC_ALIAS_MAXIMUM: u16 = 64;

/// What the broker's aliases stand for on this connection.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    /// At `alias - 1`; empty where the alias is not known yet.
    topics: Vec<String>,
    /// A bit for each alias that stands for a topic which could not be read, the first one's lowest.
    lost: u64,
}

impl Aliases {
    /// Aliases don't outlive their connection (MQTT-3.3.2-7).
    pub fn forget_all(&mut self) {
        for topic in &mut self.topics {
            topic.clear();
        }
        self.lost = 0;
    }

    /// Notes what an alias stands for, or checks that it is known when no topic comes with it.
    pub fn learn(&mut self, alias: u16, topic: &str) -> Result<(), Fatal> {
        if alias == 0 || alias > TOPIC_ALIAS_MAXIMUM {
            return Err(Fatal::ours(
                Reason::TOPIC_ALIAS_INVALID,
                format!("the broker used the topic alias {alias}; we take 1 to {TOPIC_ALIAS_MAXIMUM}"),
            ));
        }
        if topic.is_empty() {
            return self.get(alias).map(|_| ()).ok_or_else(|| {
                Fatal::protocol_error(format!(
                    "the broker used the topic alias {alias} before it said what topic it stands for"
                ))
            });
        }
        self.lost &= !bit(alias);
        let idx = usize::from(alias - 1);
        if self.topics.len() <= idx {
            self.topics.resize(idx + 1, String::new());
        }
        let known = &mut self.topics[idx];
        if known != topic {
            known.clear();
            known.push_str(topic);
        }
        Ok(())
    }

    /// Notes what a PUBLISH did that was left out: what its alias stood for before, it stands for no more.
    pub fn note(&mut self, aliased: Aliased, topic: &str) {
        match aliased {
            Aliased::Untouched => {}
            // One out of bounds is told when it is used.
            Aliased::Named(alias) => drop(self.learn(alias, topic)),
            Aliased::Lost(alias) => self.lost |= bit(alias),
            Aliased::AnyLost => self.lost = u64::MAX,
        }
    }

    /// Whether an alias stands for a topic that could not be read.
    pub fn is_lost(&self, alias: u16) -> bool {
        self.lost & bit(alias) != 0
    }

    /// What an alias stands for, once it was learnt.
    pub fn get(&self, alias: u16) -> Option<&str> {
        let known = self.topics.get(usize::from(alias).checked_sub(1)?)?;
        (!known.is_empty()).then_some(known)
    }
}

/// The bit of an alias; none for those that we take none of.
const fn bit(alias: u16) -> u64 {
    if alias == 0 || alias > TOPIC_ALIAS_MAXIMUM { 0 } else { 1 << (alias - 1) }
}
