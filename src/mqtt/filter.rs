//! Subscription patterns. Owns their grammar and the matching of MQTT 5.0 section 4.7.
use super::topic::MAX_TOPIC_BYTES;
use std::fmt;
use std::sync::Arc;

/// A subscription pattern: may hold `+` for one level, `#` for all that follow, `$share/group/` in front.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Filter {
    text: Arc<str>,
    /// Where the pattern proper begins: behind `$share/group/`, else 0.
    pattern_at: usize,
}

/// Why a text is no filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// No characters at all (MQTT-4.7.3-1).
    #[error("a filter cannot be empty; `#` hears everything")]
    Empty,
    /// Holds U+0000 (MQTT-4.7.3-2).
    #[error("a filter cannot hold the null character")]
    Null,
    /// Longer than a topic may be (MQTT-4.7.3-3).
    #[error("a filter is at most 65,535 bytes long; this one has {0}")]
    TooLong(usize),
    /// `#` not alone in the last level (MQTT-4.7.1-1).
    #[error("in {0:?} the # must stand alone in the last level")]
    Hash(String),
    /// `+` shares its level with other characters (MQTT-4.7.1-2).
    #[error("in {0:?} the + must stand alone in its level")]
    Plus(String),
    /// `$share` without a group name, or without a filter behind it (MQTT-4.8.2-1, -2).
    #[error("{0:?} lacks a part: shared subscriptions are $share/group/filter, and the group has no + or #")]
    Share(String),
}

impl Filter {
    /// Checks a text by the rules of MQTT 5.0 sections 4.7.1 and 4.8.2.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        if text.is_empty() {
            return Err(FilterError::Empty);
        }
        if text.len() > MAX_TOPIC_BYTES {
            return Err(FilterError::TooLong(text.len()));
        }
        if text.contains('\0') {
            return Err(FilterError::Null);
        }
        let pattern = match text.strip_prefix("$share/") {
            None => text,
            Some(rest) => match rest.split_once('/') {
                Some((group, pattern))
                    if !group.is_empty() && !pattern.is_empty() && !group.contains(['+', '#']) =>
                {
                    pattern
                }
                _ => return Err(FilterError::Share(text.into())),
            },
        };
        let mut levels = pattern.split('/').peekable();
        while let Some(level) = levels.next() {
            if level.contains('#') && (level != "#" || levels.peek().is_some()) {
                return Err(FilterError::Hash(text.into()));
            }
            if level.contains('+') && level != "+" {
                return Err(FilterError::Plus(text.into()));
            }
        }
        Ok(Self { text: text.into(), pattern_at: text.len() - pattern.len() })
    }

    /// The exact text, `$share/group/` included.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The pattern that topics are held against: the text behind `$share/group/`.
    pub fn pattern(&self) -> &str {
        self.text.get(self.pattern_at..).unwrap_or_default()
    }

    /// The group of a shared subscription (MQTT 5.0 section 4.8.2).
    pub fn share_group(&self) -> Option<&str> {
        if self.pattern_at == 0 {
            return None;
        }
        self.text.strip_prefix("$share/")?.split('/').next()
    }

    /// Whether it holds `+` or `#`.
    pub fn has_wildcards(&self) -> bool {
        self.pattern().contains(['+', '#'])
    }

    /// Whether a message on this topic is for this filter (MQTT 5.0 section 4.7).
    ///
    /// `sport/#` matches `sport` too; a filter that begins with a wildcard matches no `$` topic.
    pub fn matches(&self, topic: &str) -> bool {
        let pattern = self.pattern();
        if topic.starts_with('$') && pattern.starts_with(['+', '#']) {
            return false;
        }
        let mut levels = topic.split('/');
        for wanted in pattern.split('/') {
            if wanted == "#" {
                return true;
            }
            match levels.next() {
                Some(level) if wanted == "+" || wanted == level => {}
                Some(_) | None => return false,
            }
        }
        levels.next().is_none()
    }

    /// Whether every topic that `other` hears is heard by this filter as well.
    pub fn covers(&self, other: &Self) -> bool {
        let (mine, theirs) = (self.pattern(), other.pattern());
        if theirs.starts_with('$') && mine.starts_with(['+', '#']) {
            return false;
        }
        let mut levels = theirs.split('/').peekable();
        for wanted in mine.split('/') {
            if wanted == "#" {
                return true;
            }
            match levels.next() {
                None | Some("#") => return false,
                Some(level) if wanted == "+" || wanted == level => {}
                Some(_) => return false,
            }
        }
        levels.next().is_none()
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(text: &str) -> Filter {
        Filter::parse(text).unwrap()
    }

    /// MQTT 5.0 section 4.7.1 to 4.7.3, and every pattern of the seed's page.
    #[test]
    fn matching_follows_section_4_7() {
        for (pattern, topic, expected) in [
            ("home/+/temperature", "home/kitchen/temperature", true),
            ("home/+/temperature", "home/a/b/temperature", false),
            ("home/+/temperature", "home//temperature", true),
            ("sensors/#", "sensors/a/b/c", true),
            ("sensors/#", "sensors", true),
            ("sensors/#", "sensors/", true),
            ("sensors/#", "sensorsx", false),
            ("sensors/+/temperature", "sensors/7/temperature", true),
            ("sensors/+/humidity", "sensors/7/temperature", false),
            ("sport/tennis/player1/#", "sport/tennis/player1", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
            ("sport/+", "sport", false),
            ("sport/+", "sport/", true),
            ("+/+", "/finance", true),
            ("/+", "/finance", true),
            ("+", "/finance", false),
            ("#", "/finance", true),
            ("#", "$SYS/broker/uptime", false),
            ("+/monitor/Clients", "$SYS/monitor/Clients", false),
            ("$SYS/#", "$SYS/broker/uptime", true),
            ("$SYS/monitor/+", "$SYS/monitor/Clients", true),
            ("#", "$aws/things/x/shadow/update", false),
            ("$aws/things/x/shadow/update", "$aws/things/x/shadow/update", true),
            ("$aws/things/+/shadow/#", "$aws/things/x/shadow/update", true),
            ("/controls/#", "/controls/lighting", true),
            ("/controls/#", "controls/lighting", false),
            ("ACCOUNTS", "Accounts", false),
            ("a//b", "a//b", true),
            ("a//b", "a/b", false),
            ("é/#", "é/x", true),
            ("$share/group/sensors/#", "sensors/a", true),
            ("$share/group/#", "$SYS/a", false),
            ("$share/g//a", "/a", true),
        ] {
            assert_eq!(filter(pattern).matches(topic), expected, "{pattern} on {topic}");
        }
    }

    #[test]
    fn what_is_no_filter_is_told_why() {
        for (text, expected) in [
            ("", FilterError::Empty),
            ("a/#/b", FilterError::Hash("a/#/b".into())),
            ("a#", FilterError::Hash("a#".into())),
            ("a+/b", FilterError::Plus("a+/b".into())),
            ("a\0", FilterError::Null),
            ("$share/g", FilterError::Share("$share/g".into())),
            ("$share//a", FilterError::Share("$share//a".into())),
            ("$share/g+/a", FilterError::Share("$share/g+/a".into())),
        ] {
            assert_eq!(Filter::parse(text).unwrap_err(), expected);
        }
    }

    #[test]
    fn a_wider_filter_covers_a_narrower_one() {
        for (wide, narrow, expected) in [
            ("#", "a/b", true),
            ("#", "a/#", true),
            ("#", "$SYS/#", false),
            ("a/#", "a", true),
            ("a/+", "a/#", false),
            ("a/+", "a/b", true),
            ("+/b", "a/+", false),
            ("a/b", "a/b/c", false),
        ] {
            assert_eq!(filter(wide).covers(&filter(narrow)), expected, "{wide} over {narrow}");
        }
    }
}
