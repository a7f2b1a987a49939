//! Settings as one line of text, the same in flags, prompts and forms. Owns their grammar; the texts of addresses
//! and proxies are `address`' and `url`'s.
use super::filter::{Filter, FilterError};
use super::profile::{RetainHandling, Subscription};
use super::secret::Secret;
use super::words::Qos;

/// Longest name of a device: leaves room for the endings within what file systems take.
pub const MAX_NAME_CHARS: usize = 60;

/// Whether a word can be a device's name: a file's stem that leads nowhere else.
pub fn is_device_name(word: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !word.is_empty()
        && !word.starts_with(['.', '-'])
        && word.chars().all(is_plain)
        && word.chars().count() <= MAX_NAME_CHARS
}

/// Words that the command line reads as its commands: a device of such a name could not be opened by it.
pub const COMMAND_WORDS: [&str; 7] = ["demo", "device", "doctor", "learn", "check", "jq-child", "help"];

/// Why a new device can't be called so; `None`: its name would open it.
pub fn command_word_flaw(name: &str) -> Option<String> {
    COMMAND_WORDS.contains(&name).then(|| {
        format!("{name:?} is a command of mqttscope, so \"mqttscope {name}\" would not open it; choose another name")
    })
}

/// A protocol's name as ALPN carries it.
pub fn parse_alpn(text: &str) -> Result<String, String> {
    match text.len() {
        1..=255 => Ok(text.to_owned()),
        _ => Err("a protocol's name has 1 to 255 bytes (RFC 7301 section 3.1)".into()),
    }
}

/// `Name: value`; no error repeats the value.
pub fn parse_header(text: &str) -> Result<(String, Secret), String> {
    let wrong = || "write it as 'Name: value', such as 'Authorization: Bearer …'".to_owned();
    let (name, value) = text.split_once(':').filter(|(name, _)| is_header_name(name)).ok_or_else(wrong)?;
    Ok((name.to_owned(), Secret::new(value.trim().as_bytes().to_vec())))
}

/// Whether it can be a header's name (RFC 9110 section 5.6.2).
pub fn is_header_name(name: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_token)
}

/// `filter [qos [options]]`, as in `sensors/# 1 no-local`. A filter may hold blanks, so what follows it is known
/// by its words: a QoS, and `no-local`, `no-rap`, `if-new`, `never` behind that.
pub fn parse_subscription(text: &str) -> Result<Subscription, FilterError> {
    let (mut rest, mut options) = (text, Vec::new());
    loop {
        let (before, word) = rest.rsplit_once(' ').unwrap_or(("", rest));
        let qos = match word {
            "0" => Some(Qos::AtMostOnce),
            "1" => Some(Qos::AtLeastOnce),
            "2" => Some(Qos::ExactlyOnce),
            _other => None,
        };
        match (qos, option_of(word)) {
            (Some(qos), _) if !before.is_empty() => {
                let mut subscription = Subscription::new(Filter::parse(before)?, qos);
                options.iter().rev().for_each(|option: &Choice| option(&mut subscription));
                return Ok(subscription);
            }
            (None, Some(option)) if !before.is_empty() => {
                options.push(option);
                rest = before;
            }
            // Without a QoS the words are the filter's own.
            (Some(_) | None, _) => return Ok(Subscription::new(Filter::parse(text)?, Qos::AtMostOnce)),
        }
    }
}

/// What an option does to a subscription.
type Choice = fn(&mut Subscription);

fn option_of(word: &str) -> Option<Choice> {
    Some(match word {
        "no-local" => |subscription| subscription.no_local = true,
        "rap" => |subscription| subscription.retain_as_published = true,
        "no-rap" => |subscription| subscription.retain_as_published = false,
        "always" | "rh=0" => |subscription| subscription.retain_handling = RetainHandling::Always,
        "if-new" | "rh=1" => |subscription| subscription.retain_handling = RetainHandling::IfNew,
        "never" | "rh=2" => |subscription| subscription.retain_handling = RetainHandling::Never,
        _other => return None,
    })
}

/// The text that [`parse_subscription`] turns into this subscription again; the QoS always stands in it.
pub fn subscription_text(subscription: &Subscription) -> String {
    let Subscription { filter, qos, no_local, retain_as_published, retain_handling } = subscription;
    let mut text = format!("{filter} {qos}");
    if *no_local {
        text.push_str(" no-local");
    }
    if !retain_as_published {
        text.push_str(" no-rap");
    }
    text.push_str(match retain_handling {
        RetainHandling::Always => "",
        RetainHandling::IfNew => " if-new",
        RetainHandling::Never => " never",
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscription_is_read_with_its_options_and_written_the_same() {
        for (text, expected) in [
            ("a/#", "a/# 0"),
            ("a/# 1", "a/# 1"),
            ("a b 2 no-local no-rap never", "a b 2 no-local no-rap never"),
            ("a 1 rap rh=1", "a 1 if-new"),
            ("a 1 0", "a 1 0"),
            ("a no-local", "a no-local 0"),
            ("1", "1 0"),
            (" 1", " 1 0"),
            ("a  1", "a  1"),
        ] {
            let read = parse_subscription(text).unwrap();
            assert_eq!(subscription_text(&read), expected, "{text:?}");
            assert_eq!(parse_subscription(expected).unwrap(), read, "{text:?}");
        }
        assert!(parse_subscription("a# 1").unwrap_err().to_string().contains("\"a#\""));
        assert_eq!(parse_subscription("").unwrap_err(), FilterError::Empty);
    }

    #[test]
    fn no_error_repeats_what_a_header_hides() {
        for text in ["Bearer hunter2", "Auth orization: hunter2", ": hunter2"] {
            let words = parse_header(text).unwrap_err();
            assert!(words.contains("Name: value") && !words.contains("hunter2"), "{words}");
        }
    }
}
