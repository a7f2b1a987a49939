//! Who hears a topic. Owns the tree of filters and the turns of shared subscriptions; delivers nothing.
use crate::mqtt::{Filter, Qos};
use hashbrown::HashMap;

/// Somebody who hears messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Target {
    /// A session, by its place.
    Session(u32),
    /// A listener in this process, by its place.
    Ear(u32),
}

/// One subscription of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub target: Target,
    pub qos: Qos,
    pub no_local: bool,
    pub retain_as_published: bool,
    pub subscription_id: Option<u32>,
}

/// What one target shall get of a message, overlapping subscriptions made one (section 3.3.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match {
    pub target: Target,
    pub qos: Qos,
    pub retain_as_published: bool,
    pub subscription_ids: Vec<u32>,
}

/// Filters as a tree of levels in one arena, walked without recursion: a topic may have 32,768 levels.
#[derive(Debug)]
pub(super) struct Routes {
    nodes: Vec<Node>,
    free: Vec<u32>,
}

#[derive(Debug, Default)]
struct Node {
    levels: HashMap<Box<str>, u32, foldhash::fast::FixedState>,
    /// Filters that end here.
    here: Subscribers,
    /// Filters that end with `#` below here.
    below: Subscribers,
}

#[derive(Debug, Default)]
struct Subscribers {
    routes: Vec<Route>,
    groups: Vec<Group>,
}

/// The members of one `$share/name/…`, and whose turn it is.
#[derive(Debug)]
struct Group {
    name: Box<str>,
    members: Vec<Route>,
    turn: usize,
}

const ROOT: u32 = 0;

impl Default for Routes {
    fn default() -> Self {
        Self { nodes: vec![Node::default()], free: Vec::new() }
    }
}

impl Routes {
    /// How many subscriptions there are.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        let all = self.nodes.iter().flat_map(|node| [&node.here, &node.below]);
        let in_groups =
            |found: &Subscribers| found.groups.iter().map(|group| group.members.len()).sum::<usize>();
        all.map(|found| found.routes.len() + in_groups(found)).sum()
    }

    /// Adds or replaces a subscription (section 3.8.4); tells whether it is new.
    pub fn subscribe(&mut self, filter: &Filter, route: Route) -> bool {
        let mut place = ROOT;
        let (levels, is_below) = split_hash(filter.pattern());
        for level in levels.into_iter().flat_map(|levels| levels.split('/')) {
            place = self.child(place, level);
        }
        let Some(node) = self.nodes.get_mut(place as usize) else { return false };
        let subscribers = if is_below { &mut node.below } else { &mut node.here };
        subscribers.put(filter.share_group(), route)
    }

    /// Removes a subscription; tells whether there was one.
    pub fn unsubscribe(&mut self, filter: &Filter, target: Target) -> bool {
        let (levels, is_below) = split_hash(filter.pattern());
        let mut path = vec![(ROOT, "")];
        let mut place = ROOT;
        for level in levels.into_iter().flat_map(|levels| levels.split('/')) {
            let child = self.nodes.get(place as usize).and_then(|node| node.levels.get(level));
            let Some(child) = child else { return false };
            place = *child;
            path.push((place, level));
        }
        let Some(node) = self.nodes.get_mut(place as usize) else { return false };
        let subscribers = if is_below { &mut node.below } else { &mut node.here };
        let was_there = subscribers.remove(filter.share_group(), target);
        self.prune(&path);
        was_there
    }

    /// Everybody who shall get a message on `topic`, each once. `from` is not told of its own where it
    /// asked for that; of a shared group the next member that is `awake` gets it.
    pub fn matching(
        &mut self,
        topic: &str,
        from: Option<Target>,
        awake: impl Fn(Target) -> bool,
        out: &mut Vec<Match>,
    ) {
        out.clear();
        // Filters that begin with a wildcard hear no `$` topic (MQTT-4.7.2-1).
        let is_dollar = topic.starts_with('$');
        let mut open = Vec::new();
        let mut next = Some((ROOT, Some(topic)));
        while let Some((place, rest)) = next {
            next = None;
            if let Some(node) = self.nodes.get_mut(place as usize) {
                let with_wildcards = !(is_dollar && place == ROOT);
                if with_wildcards {
                    node.below.collect(from, &awake, out);
                }
                match rest {
                    None => node.here.collect(from, &awake, out),
                    Some(rest) if !node.levels.is_empty() => {
                        let (level, after) = match rest.split_once('/') {
                            Some((level, after)) => (level, Some(after)),
                            None => (rest, None),
                        };
                        if with_wildcards && let Some(child) = node.levels.get("+") {
                            open.push((*child, after));
                        }
                        next = node.levels.get(level).map(|child| (*child, after));
                    }
                    Some(_) => {}
                }
            }
            next = next.or_else(|| open.pop());
        }
        merge(out);
    }

    fn child(&mut self, place: u32, level: &str) -> u32 {
        let known = self.nodes.get(place as usize).and_then(|node| node.levels.get(level));
        if let Some(child) = known {
            return *child;
        }
        let child = self.free.pop().unwrap_or_else(|| {
            self.nodes.push(Node::default());
            u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(node) = self.nodes.get_mut(place as usize) {
            node.levels.insert(level.into(), child);
        }
        child
    }

    /// Gives the empty nodes at a path's end back, so that changing filters never grow the tree.
    fn prune(&mut self, path: &[(u32, &str)]) {
        for pair in path.windows(2).rev() {
            let [(parent, _), (place, level)] = pair else { continue };
            let Some(node) = self.nodes.get_mut(*place as usize) else { return };
            if !node.levels.is_empty() || !node.here.is_empty() || !node.below.is_empty() {
                return;
            }
            *node = Node::default();
            self.free.push(*place);
            if let Some(parent) = self.nodes.get_mut(*parent as usize) {
                parent.levels.remove(*level);
            }
        }
    }
}

/// The levels before a final `#`, and whether there is one.
fn split_hash(pattern: &str) -> (Option<&str>, bool) {
    match pattern.strip_suffix('#') {
        None => (Some(pattern), false),
        Some("") => (None, true),
        Some(levels) => (levels.strip_suffix('/'), true),
    }
}

fn merge(matches: &mut Vec<Match>) {
    if matches.len() < 2 {
        return;
    }
    matches.sort_by_key(|found| found.target);
    matches.dedup_by(|later, earlier| {
        let same = later.target == earlier.target;
        if same {
            earlier.qos = earlier.qos.max(later.qos);
            earlier.retain_as_published |= later.retain_as_published;
            earlier.subscription_ids.append(&mut later.subscription_ids);
        }
        same
    });
}

impl Subscribers {
    fn is_empty(&self) -> bool {
        self.routes.is_empty() && self.groups.is_empty()
    }

    fn put(&mut self, group: Option<&str>, route: Route) -> bool {
        let routes = match group {
            None => &mut self.routes,
            Some(name) => {
                let at = self.groups.iter().position(|group| *group.name == *name).unwrap_or_else(|| {
                    self.groups.push(Group { name: name.into(), members: Vec::new(), turn: 0 });
                    self.groups.len() - 1
                });
                let Some(group) = self.groups.get_mut(at) else { return false };
                &mut group.members
            }
        };
        let known = routes.iter_mut().find(|known| known.target == route.target);
        let is_new = known.is_none();
        match known {
            Some(known) => *known = route,
            None => routes.push(route),
        }
        is_new
    }

    fn remove(&mut self, group: Option<&str>, target: Target) -> bool {
        let remove = |routes: &mut Vec<Route>| {
            let before = routes.len();
            routes.retain(|route| route.target != target);
            routes.len() < before
        };
        match group {
            None => remove(&mut self.routes),
            Some(name) => {
                let found = self.groups.iter_mut().find(|group| *group.name == *name);
                let was_there = found.is_some_and(|group| remove(&mut group.members));
                self.groups.retain(|group| !group.members.is_empty());
                was_there
            }
        }
    }

    fn collect(&mut self, from: Option<Target>, awake: &impl Fn(Target) -> bool, out: &mut Vec<Match>) {
        let others = self.routes.iter().filter(|route| !(route.no_local && from == Some(route.target)));
        out.extend(others.map(Route::matched));
        for group in &mut self.groups {
            let n_members = group.members.len();
            let turns = (0..n_members).map(|step| (group.turn + step) % n_members);
            let chosen = turns
                .clone()
                .find(|at| group.members.get(*at).is_some_and(|member| awake(member.target)))
                .or_else(|| turns.clone().next());
            if let Some(at) = chosen {
                group.turn = at + 1;
                out.extend(group.members.get(at).map(Route::matched));
            }
        }
    }
}

impl Route {
    fn matched(&self) -> Match {
        Match {
            target: self.target,
            qos: self.qos,
            retain_as_published: self.retain_as_published,
            subscription_ids: self.subscription_id.into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests;
