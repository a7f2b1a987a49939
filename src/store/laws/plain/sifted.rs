//! The part of whoever judges what a view filter lets through. Owns no view.
use super::super::super::*;
use super::{Pair, Path};

impl Pair {
    /// Shows kept nodes alone, or all again.
    pub fn show_kept_only(&mut self, on: bool) {
        self.store.set_kept_only(on);
        self.plain.is_kept_only = on;
        self.judge(9);
    }

    /// Lets through what holds a text, or all again.
    pub fn narrow(&mut self, text: Option<&'static str>, slice: u32) {
        match text {
            Some(_) => self.store.begin_sift(),
            None => self.store.end_sift(),
        }
        self.plain.sifted = text;
        self.plain.sift_folded.clear();
        self.judge(slice);
    }

    /// Judges every node, in slices.
    pub fn judge(&mut self, slice: u32) {
        let Some(text) = self.plain.sifted else { return };
        let mut cursor = Some(SiftCursor::default());
        let mut topic = String::new();
        while let Some(at) = cursor {
            cursor = self.store.sift_slice(at, slice, |store, id, path| {
                store.topic_of(id, &mut topic);
                assert_eq!(topic, path);
                path.contains(text)
            });
        }
    }

    /// Judges a node that a message came on, or that is kept from now on.
    pub fn judge_one(&mut self, path: &Path) {
        if let Some(text) = self.plain.sifted {
            self.store.sift(self.id(path), path.join("/").contains(text));
        }
    }

    /// Who is shown, how many, and what a walk over them finds.
    pub fn check_shown_topics(&self, slice: usize) {
        let (store, plain) = (&self.store, &self.plain);
        let mut topic = String::new();
        for path in plain.nodes.iter().chain([&Path::new()]) {
            let id = self.id(path);
            let below = || plain.below(path).filter(|node| plain.is_shown(node));
            assert_eq!(store.n_sifted(id), plain.sifted.map(|_| below().count()), "{path:?}");
            let mut found = Vec::new();
            let mut from = Some(id);
            while let Some(at) = from {
                from = store.shown_topics_slice(id, at, slice, &mut found);
            }
            let mut found: Vec<String> = found
                .into_iter()
                .map(|id| {
                    store.topic_of(id, &mut topic);
                    topic.clone()
                })
                .collect();
            let heard = below().filter(|node| plain.heard.contains_key(*node));
            let mut expected: Vec<String> = heard.map(|node| node.join("/")).collect();
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "{path:?}");
        }
    }
}
