//! The form as it is drawn: what is seen, what never is, and where the cursor stands.
use super::*;
use crate::keymap::Keymap;
use crate::model::{Model, Settings};
use crate::mqtt::preset::Preset;
use crate::theme::Theme;
use crate::time::Timestamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// The screen's text, and the text left of the cursor in its row.
fn drawn(form: &DeviceForm, cols: u16, rows: u16) -> (String, String) {
    let model = Model::new(Vec::new(), Keymap::default(), Settings::default());
    let theme = Theme::default();
    let now = Timestamp::from_millis(0);
    let scene = Scene { model: &model, theme: &theme, now, seen_at: now, layout: model.layout() };
    let mut terminal = Terminal::new(TestBackend::new(cols, rows)).unwrap();
    terminal.draw(|frame| draw(&scene, form, frame.area(), frame)).unwrap();
    let cursor = terminal.get_cursor_position().unwrap();
    let buffer = terminal.backend().buffer();
    let row = |y: u16| (0..cols).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    let lines: Vec<String> = (0..rows).map(row).collect();
    let left = lines[usize::from(cursor.y)].chars().take(usize::from(cursor.x)).collect();
    (lines.join("\n"), left)
}

fn filled(field: Field, text: &str) -> DeviceForm {
    let mut form = DeviceForm::new(Some(Preset::HiveMqCloud));
    form.go(field);
    form.paste(text);
    form
}

const SIZES: [(u16, u16); 4] = [(60, 15), (80, 24), (120, 40), (200, 60)];

#[test]
fn the_field_under_the_hand_is_in_sight_with_its_remark_and_cursor() {
    for (cols, rows) in SIZES {
        let mut form = filled(Field::Host, "h.example");
        for _ in 0..40 {
            form.key("x".parse().unwrap());
            let (text, left) = drawn(&form, cols, rows);
            assert!(left.contains(form.focus.label()), "{:?} in {cols}x{rows}:\n{text}", form.focus);
            if let Some(remark) = form.remark(form.focus) {
                let words = remark.words.split(' ').take(3).collect::<Vec<_>>().join(" ");
                assert!(text.contains(&words), "{words:?} in {cols}x{rows}:\n{text}");
            }
            form.command(crate::command::Command::NextField);
        }
    }
}

#[test]
fn no_secret_is_seen_nor_how_long_it_is() {
    let mut seen = Vec::new();
    for password in ["hunter2", "a hunter2 of some length"] {
        let mut form = filled(Field::Password, password);
        let (text, left) = drawn(&form, 80, 24);
        assert!(left.ends_with(&format!(" {DOTS}")), "{left:?}");
        assert!(!text.contains("hunter2"), "{text}");
        form.key("left".parse().unwrap());
        assert_eq!(drawn(&form, 80, 24), (text.clone(), left), "the cursor tells nothing");
        seen.push(text);
    }
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn headers_proxies_queries_and_urls_hide_what_is_secret() {
    let mut form = DeviceForm::new(None);
    form.go(Field::Host);
    form.paste("wss://me:hunter2@h.example/ws?sig=hunter2");
    form.go(Field::Header(0));
    form.paste("Authorization: Bearer hunter2");
    form.go(Field::Proxy);
    form.paste("http://me:hunter2@proxy:3128");
    let (text, left) = drawn(&form, 120, 60);
    assert!(!text.contains("hunter2"), "{text}");
    for expected in ["/ws?••••••••", "Authorization:••••••••", "http://me:••••••••@proxy:3128"]
    {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(left.ends_with("@proxy:3128"), "{left:?}");
    // A whole URL on its way into the host, letter by letter.
    let mut form = DeviceForm::new(None);
    form.go(Field::Host);
    for letter in "mqtt://me:hunter2@h".chars() {
        form.key(letter.to_string().parse().unwrap());
        let (text, _) = drawn(&form, 80, 24);
        assert!(!text.contains("hu"), "{text}");
    }
}

#[test]
fn what_is_drawn_from_a_file_is_escaped() {
    let mut profile =
        crate::mqtt::Profile::new("x", crate::mqtt::Address::tcp("h\u{1b}[2J", 1), "\u{202e}id");
    profile.username = Some("a\tb".into());
    let (text, _) = drawn(&DeviceForm::of("x", &profile), 120, 60);
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\t']), "{text}");
}

#[test]
fn the_preset_says_what_it_limits() {
    for (cols, rows) in SIZES {
        let mut form = DeviceForm::new(Some(Preset::AwsIotCore));
        form.go(Field::Preset);
        let (text, _) = drawn(&form, cols, rows);
        assert!(text.contains("TLS with a client certificate"), "{cols}x{rows}:\n{text}");
        form.go(Field::Host);
        let (text, _) = drawn(&form, cols, rows);
        assert!(
            text.contains("QoS up to 1") || text.contains("QoS 0 and 1") || rows < 24,
            "{cols}x{rows}:\n{text}"
        );
    }
}

#[test]
fn no_size_makes_it_panic() {
    let form = filled(Field::Host, "h.example");
    for (cols, rows) in [(1, 1), (3, 3), (10, 5), (30, 8), (60, 15), (109, 23), (300, 100)] {
        drawn(&form, cols, rows);
    }
}
