//! JSON spelled with more blanks or with fewer. Owns where blanks and line ends go; order, numbers and texts stay
//! as they are spelled, since nothing is parsed into numbers or maps.
use super::json::{self, INDENT, MAX_INDENTED};

/// With a line for each member; why not, when it is no JSON.
pub fn pretty(text: &str) -> Result<String, String> {
    json::check(text)?;
    let bytes = text.as_bytes();
    let mut spelled = String::with_capacity(text.len() * 2);
    let (mut depth, mut at) = (0_usize, json::skip_space(bytes, 0));
    let line = |spelled: &mut String, depth: usize| {
        spelled.push('\n');
        // A text of brackets must not become a text of blanks.
        spelled.extend(std::iter::repeat_n(' ', INDENT * depth.min(MAX_INDENTED)));
    };
    while let Some(token) = token(text, at) {
        let after = json::skip_space(bytes, at + token.len());
        match token {
            "{" | "[" => {
                spelled.push_str(token);
                if let Some(closing @ (b'}' | b']')) = bytes.get(after) {
                    spelled.push(char::from(*closing));
                    at = json::skip_space(bytes, after + 1);
                    continue;
                }
                depth += 1;
                line(&mut spelled, depth);
            }
            "}" | "]" => {
                depth = depth.saturating_sub(1);
                line(&mut spelled, depth);
                spelled.push_str(token);
            }
            "," => {
                spelled.push_str(token);
                line(&mut spelled, depth);
            }
            ":" => spelled.push_str(": "),
            _ => spelled.push_str(token),
        }
        at = after;
    }
    Ok(spelled)
}

/// Without any blank that says nothing; why not, when it is no JSON.
pub fn minify(text: &str) -> Result<String, String> {
    json::check(text)?;
    let bytes = text.as_bytes();
    let mut spelled = String::with_capacity(text.len());
    let mut at = json::skip_space(bytes, 0);
    while let Some(token) = token(text, at) {
        spelled.push_str(token);
        at = json::skip_space(bytes, at + token.len());
    }
    Ok(spelled)
}

/// The token that starts at a place of a text known to be JSON; none at its end.
fn token(text: &str, at: usize) -> Option<&str> {
    text.get(at..json::token_end(text.as_bytes(), at)).filter(|token| !token.is_empty())
}

/// JSON without the blanks between its tokens, so much of it.
pub(super) fn compacted(payload: &[u8], max_bytes: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(max_bytes.min(payload.len()));
    let (mut in_text, mut is_escaped) = (false, false);
    for byte in payload {
        if out.len() >= max_bytes {
            break;
        }
        if !in_text && byte.is_ascii_whitespace() {
            continue;
        }
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_text,
            b'"' => in_text = !in_text,
            _ => {}
        }
        out.push(*byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const BIG: &str =
        r#" {"z":1.50,"a":[ ],"big":123456789012345678901234567890, "m":{"é\n":true,"x":{}},"z":[1,{}]} "#;

    #[test]
    fn order_numbers_and_texts_stay_as_they_are_spelled() {
        let expected = r#"{
  "z": 1.50,
  "a": [],
  "big": 123456789012345678901234567890,
  "m": {
    "é\n": true,
    "x": {}
  },
  "z": [
    1,
    {}
  ]
}"#;
        assert_eq!(pretty(BIG).as_deref(), Ok(expected));
        let short =
            r#"{"z":1.50,"a":[],"big":123456789012345678901234567890,"m":{"é\n":true,"x":{}},"z":[1,{}]}"#;
        assert_eq!(minify(expected).as_deref(), Ok(short));
        assert_eq!(pretty("12").as_deref(), Ok("12"));
        assert_eq!(minify(" \"a b\" ").as_deref(), Ok("\"a b\""));
        assert!(pretty("{").is_err() && minify("[1,]").is_err());
    }

    #[test]
    fn no_depth_fills_the_memory_with_blanks() {
        let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
        assert!(pretty(&deep).unwrap().len() < 40_000 * (INDENT * MAX_INDENTED + 2));
        assert_eq!(minify(&pretty(&deep).unwrap()).unwrap(), deep);
    }
}
