//! Schemas from files, as people have them: with imports, and with mistakes.
use super::*;
use crate::decode::{Choice, Decoder, Hint, chain::decode_on};
use crate::device::Rules;
use crate::mqtt::Filter;
use prost_reflect::prost::Message as _;
use std::fmt::Write;
use std::fs;

const PLANT: &str = "\
syntax = \"proto3\";
package plant;
import \"parts/unit.proto\";
import \"google/protobuf/timestamp.proto\";
// What a machine says.
message Reading {
  google.protobuf.Timestamp at = 1;
  double value = 2;
  parts.Unit unit = 3;
  map<string, int64> counts = 4;
  oneof who { string name = 5; uint32 number = 6; }
}
";
const UNIT: &str = "syntax = \"proto3\"; package parts; enum Unit { NONE = 0; CELSIUS = 1; }";

struct Bench {
    directory: tempfile::TempDir,
}

impl Bench {
    fn new(files: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self { directory }
    }

    /// The rules of a device file beside the schemas, and the warning, if there is one.
    fn compile(&self, file: &str, message: &str, include: &[&str]) -> (Rules, String) {
        let source = Source {
            file: file.into(),
            message: message.into(),
            include: include.iter().map(|&text| text.to_owned()).collect(),
            compiled: None,
        };
        let filter = Filter::parse("plant/#").unwrap();
        let mut rules =
            [Rule { filter, choice: Choice::By(Decoder::Protobuf), schema: Some(source), jq: None }];
        let warnings = compile_all(&self.directory.path().join("plant.toml"), &mut rules);
        (Rules::of_file(rules.to_vec()), warnings.join("\n"))
    }

    /// What is wrong with a schema, behind the name of the device file.
    fn fault(&self, file: &str, message: &str) -> String {
        let (_, warning) = self.compile(file, message, &[]);
        let at = format!("{}/plant.toml: the decoder of \"plant/#\": ", self.directory.path().display());
        warning
            .strip_prefix(&at)
            .unwrap_or_else(|| panic!("no warning, or not of it: {warning:?}"))
            .to_owned()
    }
}

fn read(rules: &Rules, payload: &[u8]) -> String {
    let reading = rules.reading("plant/1");
    let decoded = decode_on(reading.hint, payload, reading.choice, &crate::decode::bounds::Bounds::default());
    let mut shown = format!("{}: {}", decoded.names(" "), String::from_utf8_lossy(&decoded.bytes));
    for failure in &decoded.failures {
        let _ = write!(shown, " ({failure})");
    }
    shown
}

const PAYLOAD: &[u8] =
    b"\x0a\x06\x08\x80\xd3\xd8\xca\x06\x11\0\0\0\0\0\x80\x35\x40\x18\x01\x22\x05\x0a\x01a\x10\x07\x30\x05";

const READ: &str = "protobuf: {\"at\":\"2026-01-01T08:00:00Z\",\"value\":21.5,\"unit\":\"CELSIUS\",\"counts\":{\"a\":7},\
                    \"number\":5}";

#[test]
fn a_schema_with_imports_reads_payloads_and_so_does_its_set_of_descriptors() {
    let bench = Bench::new(&[("plant.proto", PLANT), ("parts/unit.proto", UNIT)]);
    for (message, include) in
        [("plant.Reading", &[][..]), ("", &[]), (".plant.Reading", &["."]), ("Reading", &[])]
    {
        let (rules, warning) = bench.compile("plant.proto", message, include);
        assert_eq!(warning, "", "{message}");
        assert_eq!(read(&rules, PAYLOAD), READ, "{message}");
    }
    let mut compiler = protox::Compiler::new([bench.directory.path()]).unwrap();
    compiler.include_imports(true).open_file("plant.proto").unwrap();
    fs::write(bench.directory.path().join("plant.desc"), compiler.file_descriptor_set().encode_to_vec())
        .unwrap();
    let (rules, warning) = bench.compile("plant.desc", "plant.Reading", &[]);
    assert_eq!((read(&rules, PAYLOAD).as_str(), warning.as_str()), (READ, ""));
}

#[test]
fn imports_are_found_in_directories_that_are_included() {
    let bench = Bench::new(&[("proto/plant.proto", PLANT), ("lib/parts/unit.proto", UNIT)]);
    let (_, warning) = bench.compile("proto/plant.proto", "", &[]);
    let words =
        "plant.proto:3:1: import 'parts/unit.proto' not found; name its directory in include = [\"…\"]";
    assert!(warning.ends_with(words), "{warning}");
    let (rules, warning) = bench.compile("proto/plant.proto", "", &["lib"]);
    assert_eq!((read(&rules, PAYLOAD).as_str(), warning.as_str()), (READ, ""));
    // A file below an included directory is what others import it as.
    let bench = Bench::new(&[
        ("p/a/one.proto", "syntax = \"proto3\"; import \"a/two.proto\"; message One { Two two = 1; }"),
        ("p/a/two.proto", "syntax = \"proto3\"; message Two { int32 n = 1; }"),
    ]);
    let (rules, warning) = bench.compile("p/a/one.proto", "One", &["p"]);
    assert_eq!(
        (read(&rules, b"\x0a\x02\x08\x07").as_str(), warning.as_str()),
        ("protobuf: {\"two\":{\"n\":7}}", "")
    );
}

#[test]
fn what_is_wrong_with_a_schema_is_told_with_file_line_and_remedy() {
    let deep = "message A {".repeat(100_000);
    let head = "syntax = \"proto3\";\n";
    let bench = Bench::new(&[
        ("plant.proto", PLANT),
        ("parts/unit.proto", UNIT),
        ("bad.proto", "syntax = \"proto3\";\n\nmessage A {\n  int32 = 1;\n}\n"),
        ("type.proto", "syntax = \"proto3\";\nmessage A {\n  Missing m = 1;\n}\n"),
        ("loop.proto", "syntax = \"proto3\"; import \"pool.proto\"; message A {}"),
        ("pool.proto", "syntax = \"proto3\"; import \"loop.proto\"; message B {}"),
        ("two.proto", &format!("{head}message A {{}} message B {{}}")),
        ("none.proto", head),
        ("deep.proto", &deep),
        ("up.proto", &format!("{head}import \"../x.proto\"; message A {{}}")),
        ("noise.desc", "noise"),
    ]);
    fs::write(bench.directory.path().join("latin.proto"), b"// caf\xe9\n").unwrap();
    fs::create_dir(bench.directory.path().join("dir.proto")).unwrap();
    for (file, message, expected) in [
        ("bad.proto", "A", "bad.proto:4:9: expected an identifier, but found '='"),
        ("type.proto", "A", "type.proto:3:3: name 'Missing' is not defined"),
        (
            "loop.proto",
            "A",
            "import cycle detected: loop.proto -> pool.proto -> loop.proto; take one of the imports out",
        ),
        ("missing.proto", "A", "missing.proto can't be read: No such file or directory (os error 2)"),
        ("dir.proto", "A", "dir.proto"),
        (
            "plant.proto",
            "plant.Raeding",
            "plant.proto has no message \"plant.Raeding\"; did you mean \"plant.Reading\"?",
        ),
        (
            "plant.proto",
            "Elephant",
            "plant.proto has no message \"Elephant\"; it has google.protobuf.Timestamp, plant.Reading",
        ),
        ("two.proto", "", "which message of two.proto? message = \"…\" says it: A, B"),
        ("none.proto", "", "none.proto has no message"),
        ("deep.proto", "A", "deep.proto: brackets in line 1 are nested deeper than 64 levels"),
        ("latin.proto", "A", "latin.proto: a byte in line 1 is no UTF-8; save the file as UTF-8"),
        ("up.proto", "A", "up.proto:2:8: "),
        ("noise.desc", "A", "noise.desc is no set of descriptors"),
    ] {
        let fault = bench.fault(file, message);
        assert!(fault.contains(expected), "{file}: {fault}");
        assert!(!fault.contains('\n'), "{file}: {fault}");
    }
}

#[test]
fn a_payload_that_does_not_fit_says_where_and_is_read_without_the_schema() {
    let bench = Bench::new(&[("plant.proto", PLANT), ("parts/unit.proto", UNIT)]);
    let (rules, _) = bench.compile("plant.proto", "", &[]);
    for (payload, expected) in [
        (
            &b"\x10\x07\x08\x01"[..],
            "protobuf fields: {\"2\":7,\"1\":1} (protobuf fails at byte 0: field 2 \"value\" should be eight bytes, it \
             is a whole number)",
        ),
        (b"{\"a\":1}", "JSON: {\"a\":1} (protobuf fails at byte 3: 97 bytes should follow, 4 are left)"),
        (b"\x18\x07", "protobuf: {\"unit\":7}"),
    ] {
        let shown = read(&rules, payload);
        assert!(shown.starts_with(expected), "{shown}");
    }
}

#[test]
fn a_schema_that_is_none_is_told_with_each_payload() {
    let bench = Bench::new(&[]);
    let (rules, _) = bench.compile("x.proto", "A", &[]);
    let shown = read(&rules, b"\x08\x01");
    assert!(
        shown.starts_with("protobuf fields: {\"1\":1} (protobuf has nothing to read by: x.proto can't be"),
        "{shown}"
    );
    assert!(rules.reading("other").hint.schema.is_none());
    assert_eq!(Hint::default().stamp(), 0);
}

#[test]
fn a_set_in_a_syntax_that_cannot_be_read_is_told_and_no_broken_one_breaks_the_reader() {
    use prost_reflect::prost_types::{FileDescriptorProto, FileDescriptorSet};
    let file = |syntax: &str| FileDescriptorProto {
        name: Some("a.proto".into()),
        syntax: Some(syntax.into()),
        ..FileDescriptorProto::default()
    };
    let bench = Bench::new(&[]);
    let write = |set: FileDescriptorSet| {
        fs::write(bench.directory.path().join("set.bin"), set.encode_to_vec()).unwrap();
        bench.fault("set.bin", "M")
    };
    let words = write(FileDescriptorSet { file: vec![file("editions")] });
    assert_eq!(words, "set.bin: \"a.proto\" is written in \"editions\"; only proto2 and proto3 can be read");
    // Two files of one name: whatever the libraries make of it, it is told.
    let words = write(FileDescriptorSet { file: vec![file("proto3"), file("proto3")] });
    assert!(words.starts_with("set.bin "), "{words}");
}
