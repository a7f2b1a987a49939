//! `[[filter]]` blocks: what is read, what is written, and what stays as it stood.
use super::*;
use crate::sift::named::{MAX_NAMED, Named, NamedFilters};
use proptest::prelude::*;

const HEAD: &str = "[connection]\nurl = \"mqtt://h\"\n";

/// A file as people keep it.
const KEPT: &str = r#"[connection]
url = "mqtt://h"

# what the night shift looks at
[[filter]]
name = "hot"   # ovens alone
filter = 'plant/# value:>200'
mine = 4

[[filter]]
name = "silent"
filter = "stale:"

# the door
[[node]]
topic = "plant/door"
"#;

fn named(name: &str, text: &str) -> Named {
    Named { name: name.to_owned(), text: text.to_owned() }
}

fn saved(device: &DeviceFile, filters: &[Named]) -> String {
    let content = Content { filters, ..device.content() };
    device.edited_all(&device.profile, content, PlainPassword::LeaveOut).unwrap()
}

#[test]
fn filters_are_read_and_written_and_what_is_not_changed_stays_as_it_stood() {
    let device = read(KEPT);
    assert_eq!(device.warnings.len(), 1, "{:?}", device.warnings);
    assert_eq!(device.filters, [named("hot", "plant/# value:>200"), named("silent", "stale:")]);
    assert_eq!(saved(&device, &device.filters), KEPT);
    let mut filters = NamedFilters::of_file(device.filters.clone());
    for (name, text) in [("hot", "value:>180"), ("old \"ones\"", "age:>1h")] {
        let change = filters.naming(name, text).unwrap();
        filters.change(&change);
    }
    let changed = saved(&device, filters.list());
    for line in [
        "# what the night shift looks at",
        "name = \"hot\"   # ovens alone",
        "filter = \"value:>180\"",
        "mine = 4",
        "# the door",
    ] {
        assert!(changed.contains(line), "{line}: {changed}");
    }
    let again = read(&changed);
    assert_eq!(again.filters, filters.list());
    assert_eq!(again.nodes, device.nodes);
    assert_eq!(saved(&again, filters.list()), changed);
    assert!(!saved(&again, &[]).contains("[[filter]]"));
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_what_helps() {
    for (blocks, expected) in [
        (
            "[[filter]]\nfilter = \"a\"\n",
            "plant.toml:3:1: this [[filter]] has no name; write name = \"ovens\"",
        ),
        ("[[filter]]\nname = \"a\"\n", "3:1: this [[filter]] lets all through; write filter = "),
        ("[[filter]]\nname = \"a\"\nfilter = \" \"\n", "3:1: this [[filter]] lets all through"),
        ("[[filter]]\nname = 1\nfilter = \"a\"\n", "4:8: name must be a text in quotes"),
        ("[[filter]]\nname = \" a\"\nfilter = \"a\"\n", "4:8: the name of a filter has 1 to 60 characters"),
        (
            "[[filter]]\nname = \"a\"\nfilter = \"x\"\n[[filter]]\nname = \"a\"\nfilter = \"y\"\n",
            "6:1: two [[filter]] blocks have the name \"a\"; give one another name",
        ),
        ("[filter]\nname = \"a\"\n", "filter must be tables, each headed [[filter]]"),
    ] {
        let told = faults(&format!("{HEAD}{blocks}"));
        assert!(told.contains(expected), "{blocks}: {told}");
    }
    let block = |n: usize| format!("[[filter]]\nname = \"{n}\"\nfilter = \"a\"\n");
    let many: String = (0..=MAX_NAMED).map(block).collect();
    let told = faults(&format!("{HEAD}{many}"));
    assert!(told.contains("100 [[filter]] blocks are the most, 101 are here"), "{told}");
    let long = "x".repeat(crate::sift::MAX_BYTES + 1);
    let told = faults(&format!("{HEAD}[[filter]]\nname = \"a\"\nfilter = \"{long}\"\n"));
    assert!(told.contains("8192 bytes at most"), "{told}");
}

#[test]
fn a_text_that_is_no_filter_keeps_nobody_from_a_broker_and_is_not_lost() {
    let text = format!("{HEAD}\n[[filter]]\nname = \"typo\"\nfilter = \"aeg:<5s\"\nnmae = 1\n");
    let device = read(&text);
    let told: Vec<String> = device.warnings.iter().map(ToString::to_string).collect();
    assert!(told[0].contains("f and alt-o bring it back to be mended"), "{told:?}");
    assert!(told[0].contains("plant.toml:6"), "{told:?}");
    assert!(told[1].contains("[[filter]] has no key \"nmae\"; did you mean \"name\"?"), "{told:?}");
    let more = [device.filters.as_slice(), &[named("good", "a")]].concat();
    assert_eq!(read(&saved(&device, &more)).filters, more);
}

proptest! {
    #[test]
    fn whatever_filters_are_called_they_are_read_as_they_were_written(
        names in prop::collection::btree_map("[^\\s\\p{C}]([^\\p{C}]{0,20}[^\\s\\p{C}])?", "[^\\s\\p{C}]([^\\p{C}]{0,20}[^\\s\\p{C}])?", 0..6),
    ) {
        let filters: Vec<Named> = names.iter().map(|(name, text)| named(name, text)).collect();
        let device = read(KEPT);
        let text = saved(&device, &filters);
        let again = read(&text);
        prop_assert_eq!(&again.filters, &filters);
        prop_assert_eq!(saved(&again, &filters), text);
    }
}
