//! `excludes`: read, written, bounded, and left as they stood.
use super::*;
use crate::mqtt::profile::MAX_EXCLUDES;

fn texts(device: &DeviceFile) -> Vec<&str> {
    device.profile.excludes.iter().map(Filter::as_str).collect()
}

fn file(excludes: &str) -> String {
    format!("[connection]\nurl = \"mqtt://h\"\nexcludes = {excludes}  # noise\n")
}

#[test]
fn excludes_are_read_written_and_left_as_they_stood() {
    let text = file("[\"plant/debug/#\", '!odd', \"a b/+\"]");
    let device = read(&text);
    assert_eq!(device.warnings, []);
    assert_eq!(texts(&device), ["plant/debug/#", "!odd", "a b/+"]);
    let mut profile = device.profile.clone();
    profile.keep_alive_s = 30;
    let edited = device.edited(&profile, PlainPassword::LeaveOut).unwrap();
    assert!(edited.contains("excludes = [\"plant/debug/#\", '!odd', \"a b/+\"]  # noise"), "{edited}");
    profile.excludes.retain(|filter| filter.as_str() != "!odd");
    profile.excludes.push(Filter::parse("$SYS/#").unwrap());
    let edited = device.edited(&profile, PlainPassword::LeaveOut).unwrap();
    assert_eq!(texts(&read(&edited)), ["plant/debug/#", "a b/+", "$SYS/#"]);
    assert!(edited.contains("# noise"), "{edited}");
    profile.excludes.clear();
    assert!(!device.edited(&profile, PlainPassword::LeaveOut).unwrap().contains("excludes"));
}

#[test]
fn more_than_there_may_be_and_what_is_no_filter_are_told_with_their_place() {
    let many = |n: usize| format!("[{}]", (0..n).map(|n| format!("\"t{n}\"")).collect::<Vec<_>>().join(", "));
    assert_eq!(read(&file(&many(MAX_EXCLUDES))).profile.excludes.len(), MAX_EXCLUDES);
    for (excludes, expected) in [
        (
            many(MAX_EXCLUDES + 1),
            "plant.toml:3:12: 64 excludes are the most, 65 are here; a filter with + or #",
        ),
        ("[\"a/#/b\"]".into(), "3:13: in \"a/#/b\" the # must stand alone"),
        ("[1]".into(), "3:13: excludes must be a text in quotes"),
        ("\"a\"".into(), "3:12: excludes must be a list of filters such as"),
    ] {
        let told = faults(&file(&excludes));
        assert!(told.contains(expected), "{told}");
    }
    let twice = read(&file("[\"a\", \"a\"]"));
    assert!(twice.warnings[0].to_string().contains("excludes has \"a\" twice"), "{:?}", twice.warnings);
    assert_eq!(texts(&twice), ["a"]);
}
