//! What a topic's own words say of its values. Owns the word lists; all of them are hints, none is proof.
use super::super::access::Access;

/// Words of things that are on or off, for topics that say no more than `0` and `1`.
const BOOL_WORDS: [&str; 37] = [
    "active",
    "alarm",
    "alive",
    "armed",
    "busy",
    "button",
    "closed",
    "connected",
    "contact",
    "detected",
    "door",
    "enable",
    "enabled",
    "leak",
    "lock",
    "locked",
    "motion",
    "moving",
    "mute",
    "muted",
    "occupancy",
    "occupied",
    "on",
    "online",
    "onoff",
    "open",
    "plugged",
    "presence",
    "present",
    "pressed",
    "relay",
    "running",
    "smoke",
    "switch",
    "tamper",
    "valid",
    "window",
];

/// Last levels under which a device is told something.
const SET_WORDS: [&str; 9] =
    ["set", "cmd", "cmnd", "command", "commands", "control", "desired", "get", "write"];

/// Last levels under which a device tells.
const GET_WORDS: [&str; 12] = [
    "state",
    "status",
    "stat",
    "reported",
    "availability",
    "available",
    "lwt",
    "result",
    "feedback",
    "telemetry",
    "heartbeat",
    "uptime",
];

/// Levels anywhere that name what can only be listened to.
const SENSOR_WORDS: [&str; 6] = ["sensor", "sensors", "tele", "telemetry", "binary_sensor", "stat"];

/// Words of settings between nothing and all.
const LEVEL_WORDS: [&str; 13] = [
    "amount",
    "bri",
    "brightness",
    "channel",
    "dim",
    "dimmer",
    "duty",
    "fader",
    "gain",
    "intensity",
    "level",
    "opacity",
    "volume",
];

/// Words of colours.
const COLOR_WORDS: [&str; 9] = ["color", "colour", "rgb", "rgba", "rgbw", "red", "green", "blue", "white"];

fn last_level(topic: &str) -> &str {
    topic.rsplit('/').find(|level| !level.is_empty()).unwrap_or_default()
}

fn is_one_of(level: &str, words: &[&str]) -> bool {
    words.iter().any(|word| level.eq_ignore_ascii_case(word))
}

/// Whether the last level, or a part of it between `_`, `-` and `.`, is one of these words.
fn speaks_of(topic: &str, words: &[&str]) -> bool {
    last_level(topic).split(['_', '-', '.']).any(|word| is_one_of(word, words))
}

/// Whether `0` and `1` on this topic are off and on.
pub fn is_bool_topic(topic: &str) -> bool {
    speaks_of(topic, &BOOL_WORDS)
}

/// Whether its numbers are a setting between nothing and all.
pub fn is_level_topic(topic: &str) -> bool {
    speaks_of(topic, &LEVEL_WORDS) || speaks_of(topic, &["red", "green", "blue", "white"])
}

/// Whether its values are colours.
pub fn is_color_topic(topic: &str) -> bool {
    speaks_of(topic, &COLOR_WORDS)
}

/// Which way a topic's values go, by its levels: `…/set`, `cmnd/…` and `…/command` are sent to, `stat/…`, `…/state`
/// and `sensors/…` are listened to; both where nothing says.
pub fn access(topic: &str) -> Access {
    let last = last_level(topic);
    let first = topic.split('/').find(|level| !level.is_empty()).unwrap_or_default();
    if first.eq_ignore_ascii_case("cmnd") || is_one_of(last, &SET_WORDS) {
        Access::Set
    } else if topic.starts_with('$')
        || is_one_of(last, &GET_WORDS)
        || topic.split('/').any(|level| is_one_of(level, &SENSOR_WORDS))
    {
        Access::Get
    } else {
        Access::Both
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_levels_of_a_topic_say_which_way_its_values_go() {
        for (topic, expected) in [
            ("home/lights/hall/set", Access::Set),
            ("zigbee2mqtt/lamp/get", Access::Set),
            ("cmnd/plug/POWER", Access::Set),
            ("shellies/plug/relay/0/command", Access::Set),
            ("stat/plug/POWER", Access::Get),
            ("tele/plug/SENSOR", Access::Get),
            ("home/hvac/state", Access::Get),
            ("sensors/3/humidity", Access::Get),
            ("/sensors/temperature", Access::Get),
            ("$SYS/broker/uptime", Access::Get),
            ("home/thermostat/target", Access::Both),
            ("home/setting", Access::Both),
            ("", Access::Both),
            ("/", Access::Both),
        ] {
            assert_eq!(access(topic), expected, "{topic}");
        }
    }

    #[test]
    fn words_of_on_and_off_are_found_as_whole_words_only() {
        for (topic, expected) in [
            ("plant/oven/door", true),
            ("plant/oven/door_open", true),
            ("shelly/Relay", true),
            ("plant/oven/indoor", false),
            ("door/count", false),
            ("plant/hall/state", false),
        ] {
            assert_eq!(is_bool_topic(topic), expected, "{topic}");
        }
        assert!(is_level_topic("home/livingroom/lights/brightness") && !is_level_topic("tank/temperature"));
        assert!(is_color_topic("stage/par1/rgb"));
    }
}
