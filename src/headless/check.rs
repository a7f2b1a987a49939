//! Live traffic held against a device file. Owns what is subscribed for it, how long it should take, and the verdict;
//! the comparison itself is `device`'s.
mod print;

pub use print::{MAX_LINES, json, lines};

use super::learn::Progress;
use super::listen::{Heard, Plan, Told, Unheard, listen};
use super::step_aside;
use crate::decode::sparkplug::{Message, Route};
use crate::device::learn::check::LATE_AFTER_CADENCES;
use crate::device::learn::{Check, Report, Scope};
use crate::device::{Access, Node, Rules};
use crate::mqtt::{Filter, Profile, Qos, Subscription, Topic};
use crate::time::{Clock, Timestamp};
use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// Nodes that no subscription of the file covers and that are asked for one by one: a file with more is in need of a
/// filter.
const MAX_FILTERS_ADDED: usize = 256;

/// What to check.
#[derive(Clone, Debug)]
pub struct Options {
    /// How payloads are read.
    pub rules: Rules,
    /// Topics that are no news.
    pub excludes: Vec<Filter>,
    /// Whether nodes that nobody can judge are faults.
    pub strictness: Strictness,
    /// How long an answer of the broker may take.
    pub patience: Duration,
    /// How long is listened.
    pub lasting: Duration,
}

/// Whether nodes that nobody can judge are faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// What is silent may have its reasons.
    Lenient,
    /// Every node must be heard.
    Strict,
}

/// What a check came to.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What was found.
    pub report: Report,
    /// Whether nodes that nobody can judge are faults.
    pub strictness: Strictness,
    /// How long must be listened to judge every node with a cadence, where this was too short.
    pub wants: Option<Duration>,
    /// Nodes whose topics nobody subscribed to.
    pub n_unheard: usize,
    /// How the listening went.
    pub heard: Heard,
}

impl Checked {
    /// Whether there was nothing to judge any node by.
    pub const fn is_mute(&self) -> bool {
        self.report.n_nodes > 0 && self.report.n_messages == 0
    }

    /// Whether the traffic is as the file says.
    pub fn is_clean(&self) -> bool {
        !self.is_mute()
            && match self.strictness {
                Strictness::Lenient => self.report.is_clean(),
                Strictness::Strict => {
                    self.report.findings.is_empty() && self.n_unheard == 0 && self.report.n_unexplained == 0
                }
            }
    }
}

/// Listens to the profile's subscriptions, and to nodes beside them, and holds what comes against the nodes.
///
/// # Errors
/// When there is no connection, or no answer to a filter in time.
pub async fn check(
    mut profile: Profile,
    nodes: Vec<Node>,
    clock: &Arc<dyn Clock>,
    options: Options,
    stop: impl Future<Output = ()>,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<Checked, Unheard> {
    step_aside(&mut profile, "-check");
    let (added, n_unheard) = uncovered(&nodes, &profile.subscriptions);
    profile.subscriptions.extend(added);
    let filters = profile.subscriptions.iter().map(|subscription| subscription.filter.clone()).collect();
    let scope = Scope { excludes: options.excludes, ..Scope::of(filters) };
    let longest = nodes.iter().filter(|node| node.access != Access::Set).filter_map(|node| node.cadence_ms);
    let longest = longest.max().map(|ms| Duration::from_millis(ms).saturating_mul(LATE_AFTER_CADENCES));
    let n_nodes = nodes.len();
    let mut nodes = Some((nodes, scope, options.rules));
    let mut begin = |at: Timestamp| {
        let (nodes, scope, rules) = nodes.take()?;
        let mut session = Check::new(nodes, scope, at);
        session.read_by(rules);
        Some(session)
    };
    let (mut session, mut n_messages) = (None, 0);
    let mut take = |told: Told<'_>| match told {
        Told::Online(at) => session = begin(at),
        Told::Messages(batch) => {
            if let Some(session) = &mut session {
                batch.iter().for_each(|message| session.observe(&message));
                n_messages += batch.len() as u64;
            }
        }
        Told::Left(left) => tell(Progress::Heard { n_topics: n_nodes, n_messages, left }),
        Told::Words(words) => tell(Progress::Words(words)),
    };
    let plan = Plan { patience: options.patience, lasting: options.lasting, beside: Vec::new() };
    let heard = listen(profile, clock, &plan, stop, &mut take).await?;
    let report = session.map(|session| session.finish(heard.at)).unwrap_or_default();
    let wants = longest.filter(|longest| *longest >= heard.took);
    Ok(Checked { report, strictness: options.strictness, wants, n_unheard, heard })
}

/// What to subscribe to beside the subscriptions so that every node is heard, and how many are not even so.
fn uncovered(nodes: &[Node], subscriptions: &[Subscription]) -> (Vec<Subscription>, usize) {
    let mut seen: HashSet<Topic> = HashSet::new();
    let is_covered =
        |topic: &str| subscriptions.iter().any(|subscription| subscription.filter.matches(topic));
    let wanted = nodes.iter().filter(|node| node.access != Access::Set);
    let alone: Vec<(Topic, Qos)> = wanted
        .flat_map(|node| births(node).chain([node.topic.clone()]).map(|topic| (topic, node.qos)))
        .filter(|(topic, _)| !is_covered(topic.as_str()))
        .filter(|(topic, _)| seen.insert(topic.clone()))
        .collect();
    let asked = alone.iter().take(MAX_FILTERS_ADDED).filter_map(|(topic, qos)| {
        let filter = Filter::parse(topic.as_str()).ok()?;
        Some(Subscription::new(filter, *qos))
    });
    (asked.collect(), alone.len().saturating_sub(MAX_FILTERS_ADDED))
}

/// The topics of the births by which a metric of Sparkplug has its name.
fn births(node: &Node) -> impl Iterator<Item = Topic> + use<> {
    let route = Route::parse(node.topic.as_str()).filter(|_| node.is_of_sparkplug());
    let topics = route.map(|route| [route.birth(), route.of_node(Message::NodeBirth)]);
    topics.into_iter().flatten().filter_map(|topic| Topic::parse(&topic).ok())
}
