//! Laws of everything drawn from the wire, for any bytes: nothing raw, no panic, no wider than said.
use proptest::prelude::*;
use unicode_width::UnicodeWidthChar;

use super::escape::{ELLIPSIS, Glyphs, MAX_MARKS, is_hidden, level};
use super::*;

/// Bytes that are likely to be trouble: text with marks, controls, joiners and malformed pieces between.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let nasty = prop::sample::select(vec![
        "\u{1b}[2J",
        "\u{9b}31m",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "\u{200d}",
        "\u{fe0f}",
        "\u{feff}",
        "\u{e0041}",
        "\u{2028}",
        "\u{0}",
        "\u{7f}",
        "\n",
        "\t",
        "\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
        "\u{ad}",
        "\u{ffff}",
        "\u{1f468}\u{200d}\u{1f469}",
        "\u{1f1e6}",
        "\u{1161}",
        "\u{ff9e}",
        "温",
        "é",
        "a",
        "/",
        "{",
        "\"",
        "[1,",
        "}",
        "0.5",
        "\u{903}",
        "\u{600}",
        "ل",
        "ا",
    ]);
    let piece = prop_oneof![
        4 => nasty.prop_map(|text| text.as_bytes().to_vec()),
        1 => any::<char>().prop_map(|c| c.to_string().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Fails when a text holds anything that must not reach a terminal.
fn check(text: &str) -> Result<(), TestCaseError> {
    let mut marks = None;
    for c in text.chars() {
        prop_assert!(!is_hidden(c) && !c.is_control(), "{:?} in {:?}", c, text);
        if c.width() == Some(0) {
            let before: usize = marks.unwrap_or(MAX_MARKS);
            prop_assert!(before < MAX_MARKS, "a stack of marks, or one without a letter, in {:?}", text);
            marks = Some(before + 1);
        } else {
            marks = Some(0);
        }
    }
    Ok(())
}

/// The columns that ratatui fills when it draws a line.
fn drawn_cols(line: &Line) -> usize {
    use ratatui::{buffer::Buffer, layout::Rect, style::Style};
    let mut buffer = Buffer::empty(Rect::new(0, 0, 2000, 1));
    let mut x = 0;
    for span in &line.spans {
        (x, _) = buffer.set_stringn(x, 0, &span.text, 2000, Style::new());
    }
    x.into()
}

fn check_line(line: &Line, max_cols: usize) -> Result<(), TestCaseError> {
    prop_assert!(line.cols <= max_cols, "{} > {} in {:?}", line.cols, max_cols, line);
    prop_assert_eq!(line.cols, line.spans.iter().map(|span| cols(&span.text)).sum::<usize>());
    prop_assert_eq!(line.cols, drawn_cols(line));
    for span in &line.spans {
        check(&span.text)?;
    }
    Ok(())
}

proptest! {
    #[test]
    fn nothing_raw_passes_and_no_text_is_wider_than_asked(bytes in hostile(), max_cols in 0..90_usize) {
        let text = sanitize(&bytes, max_cols);
        check(&text)?;
        prop_assert!(cols(&text) <= max_cols);
        let whole = sanitize(&bytes, usize::MAX);
        check(&whole)?;
        prop_assert!(max_cols == 0 || text == whole || text.ends_with(ELLIPSIS));
    }

    #[test]
    fn a_preview_fits_its_room(bytes in hostile(), max_cols in 0..90_usize) {
        check_line(&preview(&bytes, max_cols).line, max_cols)?;
    }

    #[test]
    fn a_level_fits_its_room(text in any::<String>(), max_cols in 0..90_usize) {
        check_line(&level(&text, Glyphs::Unicode, max_cols), max_cols)?;
        check_line(&level(&text, Glyphs::Ascii, max_cols), max_cols)?;
    }

    #[test]
    fn wrapped_text_fits_and_loses_nothing(bytes in hostile(), max_cols in 12..90_usize) {
        let wrapped = text::Wrapped::new(&bytes, max_cols);
        let lines = wrapped.lines(&bytes, 0, usize::MAX);
        prop_assert_eq!(lines.len(), wrapped.n_lines());
        for line in &lines {
            check_line(line, max_cols)?;
        }
        for (from, line) in lines.iter().enumerate() {
            prop_assert_eq!(&wrapped.lines(&bytes, from, 1)[0], line);
        }
        if !bytes.contains(&b'\n') {
            let joined: String = lines.iter().map(Line::text).collect();
            prop_assert_eq!(joined, sanitize(&bytes, usize::MAX));
        }
    }

    #[test]
    fn a_dump_fits(bytes in hostile(), max_cols in 40..120_usize, from in 0..20_usize) {
        for line in hex::lines(&bytes, hex::bytes_per_line(max_cols), from, 5) {
            check_line(&line, max_cols)?;
        }
    }

    #[test]
    fn json_is_laid_out_whole_and_means_the_same(json in json(4), max_cols in 1..90_usize) {
        let payload = json.as_bytes();
        let pretty = json::Pretty::new(payload).expect("it is JSON");
        for line in pretty.lines(payload, 0, usize::MAX, max_cols) {
            check_line(&line, max_cols)?;
        }
        let whole: String = pretty.lines(payload, 0, usize::MAX, 100_000).iter().map(Line::text).collect();
        let meaning = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
        prop_assert_eq!(meaning(&whole), meaning(&json));
    }

    #[test]
    fn bytes_that_are_no_json_never_panic_the_layout(bytes in hostile()) {
        if let Some(pretty) = json::Pretty::new(&bytes) {
            prop_assert_eq!(pretty.lines(&bytes, 0, usize::MAX, 80).len(), pretty.n_lines());
        }
    }

    #[test]
    fn fitting_never_makes_a_text_wider(text in any::<String>(), max_cols in 0..40_usize) {
        let sane = sanitize(text.as_bytes(), usize::MAX);
        prop_assert!(cols(&fit(&sane, max_cols, ELLIPSIS)) <= max_cols);
    }
}

/// JSON texts so many levels deep.
fn json(depth: u32) -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|b| b.to_string()),
        any::<i64>().prop_map(|n| n.to_string()),
        "[a-z,:\\[\\]{} ]{0,8}".prop_map(|text| format!("{text:?}")),
        Just("\"\\\\\\\"\"".to_owned()),
    ];
    leaf.prop_recursive(depth, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|all| format!("[ {} ]", all.join(" , "))),
            prop::collection::vec(inner, 0..5).prop_map(|all| {
                let members: Vec<String> =
                    all.iter().enumerate().map(|(n, v)| format!("\"k{n}\":{v}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}
