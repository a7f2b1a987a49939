//! Holds the house's order: layers, homes of outside crates, file lengths, first lines. Owns no behaviour.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Lines a file may have; the aim is 250.
const MAX_LINES: usize = 400;

/// A module may import from lower layers only, and from its own layer where `FRIENDS` says so.
const LAYERS: [(&str, u8); 24] = [
    ("mqtt", 0),
    ("random", 0),
    ("time", 0),
    ("warning", 0),
    ("command", 1),
    ("decode", 1),
    ("session", 1),
    ("store", 1),
    ("theme", 1),
    ("wire", 1),
    ("keymap", 2),
    ("device", 2),
    ("sift", 2),
    ("model", 3),
    ("broker", 4),
    ("config", 4),
    ("demo", 4),
    ("discover", 4),
    ("terminal", 4),
    ("view", 4),
    ("runtime", 5),
    ("headless", 5),
    ("cli", 6),
    ("main", 6),
];

/// Layer 0 is one vocabulary; `main` is nothing but the call into `cli`; the explorer runs the doctor; the view
/// filter's braces are those of kept nodes.
const FRIENDS: [(&str, &str); 4] =
    [("mqtt", "time"), ("main", "cli"), ("runtime", "headless"), ("sift", "device")];

/// Where an outside crate may be named.
const HOMES: [(&str, &[&str]); 38] = [
    ("regex", &["sift"]),
    ("jaq_core", &["decode"]),
    ("jaq_std", &["decode"]),
    ("jaq_json", &["decode"]),
    ("jiff", &["runtime"]),
    ("mdns_sd", &["discover"]),
    ("if_addrs", &["discover"]),
    ("rumqttc", &["wire"]),
    ("rustls", &["broker"]),
    ("tokio_rustls", &["broker"]),
    ("rustls_native_certs", &["broker"]),
    ("tokio_tungstenite", &["broker"]),
    ("tungstenite", &["broker"]),
    ("x509_parser", &["broker"]),
    ("csv", &["config"]),
    // The form of `model` reads and writes payloads in base64, `config`'s batch files do; `decode` undoes it.
    ("data_encoding", &["broker", "config", "model", "decode"]),
    ("flate2", &["decode"]),
    ("ruzstd", &["decode"]),
    ("lz4_flex", &["decode"]),
    ("snap", &["decode"]),
    ("quick_xml", &["decode"]),
    ("rpassword", &["cli"]),
    ("crossterm", &["terminal"]),
    ("ratatui", &["view", "theme", "terminal"]),
    ("tui_tree_widget", &["view"]),
    // `terminal` waits for the rest of a split escape sequence.
    ("tokio", &["broker", "runtime", "headless", "demo", "discover", "main", "cli", "terminal"]),
    // `config` writes lists and maps of nodes, and reads ossia's `.device` files.
    ("serde_json", &["decode", "device", "headless", "config"]),
    ("toml", &["config", "theme", "keymap"]),
    ("toml_edit", &["config"]),
    ("prost_reflect", &["config"]),
    ("protox", &["config"]),
    // `model` writes a publication as a line for a shell.
    ("shell_words", &["cli", "model", "runtime"]),
    ("tempfile", &["runtime"]),
    // MPL-2.0, which asks only that changes to its own files are given: used as it is.
    ("nucleo_matcher", &["store"]),
    ("similar", &["decode"]),
    ("clap", &["cli", "main"]),
    ("etcetera", &["config"]),
    // `broker` ends a password command with all that it started.
    ("rustix", &["terminal", "runtime", "broker"]),
];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(directory: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 50, "the sources are looked for in the wrong place");
    found
}

/// `src/store/walk.rs` belongs to `store`.
fn module_of(path: &Path) -> String {
    let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The code without comments and without its tests: those may build upon anything.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    text.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

fn is_test(path: &Path) -> bool {
    let parts: Vec<_> = path.iter().filter_map(|part| part.to_str()).collect();
    parts.iter().any(|part| matches!(*part, "tests" | "tests.rs" | "laws" | "laws.rs"))
}

#[test]
fn imports_go_only_downward() {
    let layers: BTreeMap<_, _> = LAYERS.into_iter().collect();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let module = module_of(&path);
        if module == "lib" || is_test(&path) {
            continue;
        }
        let layer = layers.get(module.as_str()).unwrap_or_else(|| panic!("{module} has no layer"));
        let code = code(&text).replace("mqttscope::", "crate::");
        for imported in code.split("crate::").skip(1) {
            let name: String = imported.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let Some(other) = layers.get(name.as_str()) else { continue };
            let is_friend = FRIENDS.contains(&(module.as_str(), name.as_str()));
            if name != module && other >= layer && !is_friend {
                wrong.push(format!("{} imports {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_outside_crate_stays_at_home() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let module = module_of(&path);
        if is_test(&path) {
            continue;
        }
        for (name, homes) in HOMES {
            let is_named = code(&text).match_indices(&format!("{name}::")).any(|(at, _)| {
                let before = code(&text).get(..at).and_then(|before| before.chars().next_back());
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
            });
            if is_named && !homes.contains(&module.as_str()) {
                wrong.push(format!("{} names {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_fits_its_purpose_and_says_it_first() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if !text.starts_with("//! ") {
            wrong.push(format!("{} does not begin with its purpose", path.display()));
        }
        let n_lines = text.lines().count();
        if n_lines > MAX_LINES {
            wrong.push(format!("{} has {n_lines} lines, over {MAX_LINES}", path.display()));
        }
        if path.ends_with("mod.rs") {
            wrong.push(format!("{} should be named after its module", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_clock_asks_for_the_time_and_only_themes_know_colours() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let code = code(&text);
        if code.contains("Instant::now") && !path.ends_with("runtime/clock.rs") {
            wrong.push(format!("{} asks the machine for the time", path.display()));
        }
        if code.contains("Color::") && module_of(&path) != "theme" {
            wrong.push(format!("{} names a colour instead of a role", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_top_level_holds_what_was_agreed() {
    let agreed = [
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "README.md",
        "screenshots",
        "src",
        "target",
        "tests",
        "themes",
    ];
    for entry in fs::read_dir(env!("CARGO_MANIFEST_DIR")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name.starts_with('.') || agreed.contains(&name.as_str()), "{name} has no place at the top");
    }
}
