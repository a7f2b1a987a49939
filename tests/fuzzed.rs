//! The bodies of the fuzz targets on their seeds and on a few thousand changes of them, the same in each run. Owns the
//! chance; `tests/fuzz` has the targets for `cargo fuzz`.
#[path = "fuzz/bodies.rs"]
mod bodies;

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use mqttscope::random::Random;

/// Changed inputs for a target.
const N_CHANGED: usize = 5_000;

/// Likewise, where each goes through every decoder there is.
const N_CHANGED_OFTEN: usize = 400;

/// Longest input that chance makes.
const MAX_BYTES: usize = 4_096;

/// Bytes that matter to one format or another.
const TELLING: [u8; 24] = [
    0, 1, 0x7f, 0x80, 0xff, 0xfe, b'{', b'}', b'[', b']', b'"', b'\\', b'$', b'.', b'/', b'+', b'#', b'<',
    b'>', 0x1f, 0x8b, 0x78, 0x9c, 0x12,
];

/// The seeds of a target, in the order of their names.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a seed").path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("a seed")).collect()
}

fn place(random: &mut Random, n: usize) -> usize {
    usize::try_from(random.below(n as u64)).expect("less than n")
}

/// A seed with a few changes: a byte, a bit, a piece gone, doubled or from another seed.
fn changed(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[place(random, seeds.len())].clone();
    for _ in 0..=random.below(5) {
        let at = place(random, bytes.len() + 1);
        let n = place(random, 9).min(bytes.len() - at);
        match random.below(7) {
            0 => bytes.insert(at, TELLING[place(random, TELLING.len())]),
            1 => bytes.insert(at, random.bits().to_le_bytes()[0]),
            2 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            3 => drop(bytes.drain(at..at + n)),
            4 => {
                let piece = bytes[at..at + n].to_vec();
                let times = 1 + place(random, 40);
                bytes.splice(at..at, piece.repeat(times));
            }
            5 => {
                let other = &seeds[place(random, seeds.len())];
                let from = place(random, other.len() + 1);
                let until = (from + place(random, 33)).min(other.len());
                bytes.splice(at..at, other[from..until].to_vec());
            }
            _ => bytes.truncate(at.max(1)),
        }
    }
    bytes.truncate(MAX_BYTES);
    bytes
}

fn check(target: &str, n_changed: usize) {
    let (_, body) = bodies::ALL.into_iter().find(|(name, _)| *name == target).expect("a target");
    let seeds = seeds(target);
    assert!(!seeds.is_empty(), "{target} has no seeds");
    let mut random = Random::new(0x5EED_0006);
    let changed = std::iter::repeat_with(|| changed(&mut random, &seeds)).take(n_changed);
    for bytes in seeds.iter().cloned().chain(changed) {
        assert!(catch_unwind(|| body(&bytes)).is_ok(), "{target} breaks on {bytes:02x?}");
    }
}

#[test]
fn every_target_has_a_file_and_every_file_a_body() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    let mut files: Vec<String> = fs::read_dir(folder.join("fuzz_targets"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let mut names: Vec<&str> = bodies::ALL.iter().map(|(name, _)| *name).collect();
    files.sort();
    names.sort_unstable();
    assert_eq!(files, names);
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    for name in names {
        assert!(
            manifest.contains(&format!("name = \"{name}\"")),
            "{name} is no target of tests/fuzz/Cargo.toml"
        );
    }
}

#[test]
fn no_payload_breaks_a_decoder() {
    check("chain", N_CHANGED_OFTEN);
    check("topic", N_CHANGED);
}

#[test]
fn no_message_of_sparkplug_breaks_it_whatever_was_born_before() {
    check("sparkplug", N_CHANGED);
}

#[test]
fn no_text_breaks_the_languages_of_paths_and_filters() {
    check("json_path", N_CHANGED);
    check("filter", N_CHANGED);
    check("sift", N_CHANGED);
}

#[test]
fn no_schema_breaks_on_a_payload_nor_a_payload_on_it() {
    check("schema", N_CHANGED_OFTEN);
}

#[test]
fn no_document_breaks_its_outline() {
    check("outline", N_CHANGED);
}

#[test]
fn no_two_payloads_break_their_comparison() {
    check("diff", N_CHANGED);
}

#[test]
fn no_bytes_from_the_network_break_the_reader() {
    check("wire", N_CHANGED);
}
