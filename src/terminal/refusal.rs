//! Which terminals are known to take no text for a clipboard. Owns the list; others are sent OSC 52 and never answer.

/// The terminal that refuses, by what the environment says; `None`: it may take texts.
pub fn no_clipboard(variable: impl Fn(&str) -> Option<String>) -> Option<&'static str> {
    let is = |name: &str, value: &str| variable(name).is_some_and(|known| known == value);
    if is("TERM", "linux") {
        Some("the Linux console")
    } else if is("TERM_PROGRAM", "Apple_Terminal") {
        Some("Terminal.app")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_without_a_clipboard_are_known_and_all_others_are_tried() {
        for (variables, expected) in [
            (vec![("TERM", "linux")], Some("the Linux console")),
            (vec![("TERM", "xterm-256color"), ("TERM_PROGRAM", "Apple_Terminal")], Some("Terminal.app")),
            // Within tmux it is tmux that is asked.
            (vec![("TERM", "tmux-256color"), ("TERM_PROGRAM", "tmux")], None),
            (vec![("TERM", "xterm-kitty")], None),
            (vec![], None),
        ] {
            let variable = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(no_clipboard(variable), expected, "{variables:?}");
        }
    }
}
