//! Writing what is published: lines, formats, what is wrong with them. Owns the stories of the form's fields.
use super::story::{Story, story};

fn payloads(story: &mut Story) -> Vec<String> {
    let published = story.published();
    published.iter().map(|one| String::from_utf8_lossy(&one.payload.0).into_owned()).collect()
}

#[test]
fn a_payload_of_several_lines_is_pasted_written_and_sent_whole() {
    let mut story = story().online().receives("a", "1").types("jp").pastes("{\n  \"on\": true\n}\n");
    // Enter goes on in lines now; the arrows stay in the text.
    story = story.types("<enter>x<up><home>  <ctrl-x>");
    assert_eq!(payloads(&mut story), ["{\n  \"on\": true\n  }\nx"]);
    // From one line to several, and by undoing back again.
    let mut story = story.types("<esc>p<ctrl-home>").types("<alt-u><alt-u><alt-u><ctrl-x>");
    assert_eq!(payloads(&mut story), ["{\n  \"on\": true\n}"]);
    let mut story =
        self::story().online().receives("a", "1").types("jpone<ctrl-j>two<alt-enter>three<ctrl-x>");
    assert_eq!(payloads(&mut story), ["one\ntwo\nthree"]);
}

#[test]
fn json_is_checked_while_it_is_typed_and_laid_out_by_key() {
    let mut story = story().online().receives("a", "1").types("jp<ctrl-f>{\"b\":1.50,\"a\":[}");
    story = story.sees("as JSON").sees("not JSON: line 1 column 16: expected value").types("<ctrl-x>");
    assert!(story.published().is_empty());
    story = story.types("<backspace>12345678901234567890]}<ctrl-t><ctrl-x>");
    assert_eq!(payloads(&mut story), ["{\n  \"b\": 1.50,\n  \"a\": [\n    12345678901234567890\n  ]\n}"]);
    story = story.types("<ctrl-t><enter>");
    assert_eq!(payloads(&mut story), ["{\"b\":1.50,\"a\":[12345678901234567890]}"]);
}

#[test]
fn hex_and_base64_become_bytes_or_words() {
    let mut story =
        story().online().receives("a", "1").types("jp<tab><tab><tab><space><space>").sees("as hex");
    story = story
        .types("<tab><tab>de ag")
        .sees("'g' at line 1 column 5 is no hexadecimal digit")
        .types("<enter>");
    assert!(story.published().is_empty());
    story = story.types("<backspace><enter>").sees("an odd number of hexadecimal digits");
    assert!(story.published().is_empty());
    story = story.types("d<enter>");
    assert_eq!(&*story.published()[0].payload.0, [0xde, 0xad]);
    // Two spellings of the same bytes.
    story = story.types("<ctrl-f>").sees("as base64").sees("3q0=").types("<enter>");
    assert_eq!(&*story.published()[0].payload.0, [0xde, 0xad]);
    story = story.types("!").sees("is not of base64").types("<enter>");
    assert!(story.published().is_empty());
}
