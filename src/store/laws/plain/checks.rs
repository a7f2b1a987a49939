//! What the laws compare: each node, each step, each match. Owns no deed.
use super::super::super::*;
use super::{Message, Pair, Path};
use std::collections::BTreeSet;

impl Pair {
    /// Each node's place, counts and messages.
    pub fn check_nodes(&self, is_roomy: bool) {
        let (store, plain) = (&self.store, &self.plain);
        let mut topic = String::from("rest");
        let (mut n_evicted, mut n_forgotten_all) = (0, 0);
        for path in plain.nodes.iter().chain([&Path::new()]) {
            let id = self.id(path);
            store.topic_of(id, &mut topic);
            assert_eq!(topic, path.join("/"));
            assert_eq!(store.level(id), path.last().map_or("", String::as_str));
            assert_eq!(store.depth(id), path.len());
            let children = plain.shown_children(path);
            assert_eq!(store.n_children(id), children.len());
            assert_eq!(store.first_child(id), children.first().map(|child| self.id(child)));
            assert_eq!(store.last_child(id), children.last().map(|child| self.id(child)));
            assert_eq!(store.n_kept(id), plain.kept.iter().filter(|kept| kept.starts_with(path)).count());
            let above = path.split_last().map(|(_, above)| self.id(&above.to_vec()));
            assert_eq!(store.parent(id), above);

            let below: Vec<&Vec<Message>> =
                plain.below(path).filter_map(|node| plain.heard.get(node)).collect();
            let node = store.node(id);
            assert_eq!(
                node.n_messages_below,
                below.iter().map(|messages| messages.len() as u64).sum::<u64>()
            );
            assert_eq!(node.n_topics_below, below.len());
            let newest = below.iter().flat_map(|messages| messages.iter().map(|m| m.received)).max();
            assert_eq!(node.last_change, newest.unwrap_or_default());

            let messages = plain.heard.get(path).map(Vec::as_slice).unwrap_or_default();
            assert_eq!(node.n_messages, messages.len() as u64);
            assert_eq!(store.is_topic(id), !messages.is_empty());
            let n_forgotten = plain.forgotten.get(path).map_or(0, BTreeSet::len);
            assert_eq!(store.n_forgotten(id), n_forgotten as u64);
            n_forgotten_all += n_forgotten;
            n_evicted += messages.len() - store.n_history(id) - n_forgotten;
            self.check_messages(path, id, messages, is_roomy);
        }
        let counts = store.counts();
        assert_eq!(counts.n_topics, plain.heard.len());
        let n_taken: usize = plain.heard.values().map(Vec::len).sum();
        assert_eq!(counts.n_messages, n_taken as u64 + plain.n_refused);
        assert_eq!(counts.n_messages_refused, plain.n_refused);
        assert_eq!(counts.n_topics_refused, plain.refused.len() as u64);
        assert_eq!(counts.n_history_evicted, n_evicted as u64);
        assert_eq!(counts.n_history_forgotten, n_forgotten_all as u64);
        assert!(store.find("not/there").is_none());
    }

    fn check_messages(&self, path: &Path, id: NodeId, messages: &[Message], is_roomy: bool) {
        let Some(newest) = messages.last() else {
            assert!(self.store.last(id).is_none() && self.store.history(id).next().is_none());
            return;
        };
        let last = self.store.last(id).expect("it was heard");
        let is_kept = self.plain.kept.contains(path) && !self.plain.not_whole.contains(path);
        let is_shielded = is_kept || self.plain.pinned.contains(path) || self.plain.in_view.contains(path);
        match last.payload {
            LastPayload::Whole(payload) => {
                assert_eq!((payload, last.properties), (&*newest.payload, &*newest.properties));
            }
            LastPayload::Evicted { n_bytes } => {
                assert_eq!(n_bytes, newest.payload.len());
                assert!(!is_roomy && !is_shielded, "{path:?} must not be evicted");
            }
        }
        assert_eq!((last.qos, last.retained, last.dup), (newest.qos, newest.retained, newest.dup));
        assert_eq!((last.packet_id, last.received), (newest.packet_id, newest.received));
        let runs = messages.windows(2).rev().find(|pair| pair[0].payload != pair[1].payload);
        let changed = runs.map_or(messages[0].received, |pair| pair[1].received);
        assert!(if is_roomy { last.changed == changed } else { last.changed >= changed });

        let forgotten = self.plain.forgotten.get(path);
        let numbered = messages.iter().enumerate().rev().map(|(at, message)| (at as u64 + 1, message));
        let remembered =
            numbered.filter(|(ordinal, _)| !forgotten.is_some_and(|forgotten| forgotten.contains(ordinal)));
        let remembered: Vec<(u64, &Message)> = remembered.collect();
        let n_history = self.store.history(id).zip(&remembered).map(|(past, (ordinal, message))| {
            assert_eq!(past.key.ordinal, *ordinal);
            assert_eq!((past.received, past.n_bytes), (message.received, message.payload.len()));
            assert_eq!((past.qos, past.retained, past.dup), (message.qos, message.retained, message.dup));
            assert_eq!(past.packet_id, message.packet_id);
            assert!(past.payload == message.payload || past.payload.is_empty() && !is_roomy);
            assert_eq!(self.store.past(id, past.key), Some(past));
            assert!(self.store.is_in_place(id, past.key));
        });
        assert_eq!(n_history.count(), self.store.n_history(id));
        let keys: Vec<PastKey> = self.store.history(id).map(|past| past.key).collect();
        assert_eq!(keys.len(), self.store.n_history(id));
        assert!(!is_roomy || keys.len() == remembered.len());
    }

    /// What is shown, stepped through both ways.
    pub fn check_steps(&self) {
        let mut expected = Vec::new();
        self.plain.list(&Path::new(), false, &mut expected);
        let expected: Vec<NodeId> = expected.iter().map(|path| self.id(path)).collect();
        let down = |id: &NodeId| self.store.next_visible(*id);
        assert_eq!(std::iter::successors(Some(NodeId::ROOT), down).collect::<Vec<_>>(), expected);
        let up = |id: &NodeId| self.store.previous_visible(*id);
        let last = self.store.last_visible_below(NodeId::ROOT);
        let mut found: Vec<NodeId> = std::iter::successors(Some(last), up).collect();
        found.reverse();
        assert_eq!(found, expected);
    }

    /// Whatever holds a text is found with letters left out as well, and nothing that is no topic.
    fn check_fuzzy(&self, text: &str, slice: usize, matches: &[NodeId]) {
        let (mut fuzzy, needle) = (Fuzzy::new(text), Needle::new(text));
        let (mut fits, mut cursor) = (Vec::new(), Some(SearchCursor::default()));
        while let Some(at) = cursor {
            let (mut found, sought) = (Found::default(), (&mut fuzzy, &needle, &mut AsItCame as _));
            cursor = self.store.fuzzy_slice(at, sought, slice, &mut found, |fit| fits.push(fit.node));
        }
        let is_topic = |id: &NodeId| self.store.is_topic(*id) || self.store.is_kept(*id);
        assert!(fits.iter().all(|id| is_topic(id) && self.store.is_listed(*id)), "{text:?}");
        for id in matches.iter().copied().filter(is_topic) {
            assert!(fits.contains(&id), "{text:?}");
        }
    }

    /// Search, in one go and match by match.
    pub fn check_search(&mut self, text: &str, slice: usize) {
        let needle = Needle::new(text);
        let fold = |text: &str| {
            if text.chars().any(char::is_uppercase) { str::to_owned } else { str::to_lowercase }
        };
        let fold = fold(text);
        let mut all = Vec::new();
        self.plain.list(&Path::new(), true, &mut all);
        let is_match = |path: &&Path| {
            let topic = fold(&path.join("/"));
            let above = path.split_last().map_or(0, |(_, above)| fold(&above.join("/")).len());
            !path.is_empty() && topic.match_indices(text).any(|(at, _)| at + text.len() > above)
                || !path.is_empty()
                    && (0..topic.len()).any(|at| {
                        topic.get(at..).is_some_and(|rest| rest.starts_with(text)) && at + text.len() > above
                    })
        };
        let expected: Vec<NodeId> = all.iter().filter(is_match).map(|path| self.id(path)).collect();

        let (mut found, mut cursor) = (Found::default(), Some(SearchCursor::default()));
        while let Some(at) = cursor {
            cursor = self.store.search_slice(at, &needle, slice, &mut found);
        }
        let mut found = found.nodes;
        found.sort_unstable();
        let mut sorted = expected.clone();
        sorted.sort_unstable();
        assert_eq!(found, sorted, "{text:?}");
        found.sort_by(|left, right| self.store.compare_places(*left, *right));
        assert_eq!(found, expected, "the order of {text:?}");
        self.check_fuzzy(text, slice, &expected);

        for direction in [Direction::Forward, Direction::Backward] {
            let (mut found, mut at) = (Vec::new(), NodeId::ROOT);
            if direction == Direction::Backward {
                at = self.store.last_below(NodeId::ROOT);
                found.extend(self.store.is_match(at, &needle).then_some(at));
            }
            loop {
                match self.store.next_match(at, direction, &needle, slice) {
                    Step::Found(id) => (at, ()) = (id, found.push(id)),
                    Step::GoOn(id) => at = id,
                    Step::End => break,
                }
            }
            if direction == Direction::Backward {
                found.reverse();
            }
            assert_eq!(found, expected, "{text:?} {direction:?}");
        }
    }
}
