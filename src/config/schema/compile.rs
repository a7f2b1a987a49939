//! From files to a schema: reads, compiles, finds the message. Owns the bounds of what is read, and words that name
//! file, line and remedy.
use super::convert::converted;
use super::{MAX_FILE_BYTES, Wanted};
use crate::decode::Schema;
use crate::warning::did_you_mean;
use prost_reflect::prost::Message;
use prost_reflect::prost_types::{FileDescriptorProto, FileDescriptorSet};
use prost_reflect::{DescriptorPool, MessageDescriptor};
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};
use std::cell::Cell;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Files that one schema may import: the largest public ones have hundreds.
const MAX_FILES: usize = 1_000;

/// Bytes of all of them.
const MAX_BYTES: u64 = 32 << 20;

/// Brackets inside each other: the compiler goes down into each of them.
const MAX_NESTING: usize = 64;

/// Names told of a schema that has no message of the name.
const MAX_NAMED: usize = 5;

/// The schema that is wanted, or why there is none.
pub(super) fn schema_of(wanted: &Wanted) -> Result<Schema, String> {
    let Wanted { file, spelt, .. } = wanted;
    let is_source = file.extension().is_some_and(|ending| ending == "proto");
    let (pool, name) = if is_source { of_source(wanted)? } else { (of_descriptors(file, spelt)?, None) };
    let message = message(&pool, name.as_deref(), wanted)?;
    converted(&pool, &message).map_err(|words| format!("{spelt}: {words}"))
}

fn of_descriptors(file: &Path, spelt: &str) -> Result<DescriptorPool, String> {
    let bytes = read(file).map_err(|error| format!("{spelt} can't be read: {error}"))?;
    let of_none = |error: &dyn std::fmt::Display| {
        let remedy = "write it by protoc --include_imports --descriptor_set_out, or name a .proto file";
        format!("{spelt} is no set of descriptors: {error}; {remedy}")
    };
    let set = FileDescriptorSet::decode(bytes.as_slice()).map_err(|error| of_none(&error))?;
    let is_spoken = |file: &&FileDescriptorProto| matches!(file.syntax(), "" | "proto2" | "proto3");
    if let Some(other) = set.file.iter().find(|file| !is_spoken(file)) {
        let (name, syntax) = (other.name(), other.syntax());
        return Err(format!(
            "{spelt}: {name:?} is written in {syntax:?}; only proto2 and proto3 can be read"
        ));
    }
    DescriptorPool::decode(bytes.as_slice()).map_err(|error| of_none(&error))
}

fn of_source(wanted: &Wanted) -> Result<(DescriptorPool, Option<String>), String> {
    let Wanted { file, spelt, include, .. } = wanted;
    // A missing file has words of the system's; what the compiler says of it is about imports.
    fs::metadata(file).map_err(|error| format!("{spelt} can't be read: {error}"))?;
    let directory = file.parent().unwrap_or(Path::new("."));
    // A file below an include directory is known by its path there: other files import it so.
    let of_include = |include: &PathBuf| Some((include.clone(), file.strip_prefix(include).ok()?.to_owned()));
    let in_own = || Some((directory.to_owned(), PathBuf::from(file.file_name()?)));
    let found = include.iter().find_map(of_include).or_else(in_own);
    let Some((base, name)) = found else { return Err(format!("{spelt} is no file")) };
    let directories = [vec![base], include.clone(), vec![directory.to_owned()]].concat();
    let mut resolver = ChainFileResolver::new();
    resolver.add(Directories { paths: directories, n_files: Cell::new(0), n_bytes: Cell::new(0) });
    resolver.add(GoogleFileResolver::new());
    let mut compiler = protox::Compiler::with_file_resolver(resolver);
    compiler.include_imports(true);
    // Of a path that can't be told from an import's the compiler makes words of its own.
    let name = name.to_string_lossy().replace('\\', "/");
    match compiler.open_file(&name) {
        Ok(_) => Ok((compiler.descriptor_pool(), Some(name))),
        Err(error) => Err(words_of(&error, spelt)),
    }
}

/// The compiler's words, which name file, line and column as far as it knows them.
fn words_of(error: &protox::Error, spelt: &str) -> String {
    let words = format!("{error:?}").lines().collect::<Vec<_>>().join(" ");
    let remedy = if error.is_file_not_found() {
        "; name its directory in include = [\"…\"]"
    } else if words.contains("import cycle") {
        "; take one of the imports out"
    } else {
        ""
    };
    // A file that is not the one named says so itself.
    let of = if error.file().is_some_and(|file| words.contains(file)) {
        String::new()
    } else {
        format!("{spelt}: ")
    };
    format!("{of}{words}{remedy}")
}

/// The message that payloads are: by its full name, by its own where only one has it, or the only one there is.
fn message(pool: &DescriptorPool, file: Option<&str>, wanted: &Wanted) -> Result<MessageDescriptor, String> {
    let Wanted { message, spelt, .. } = wanted;
    let all = || pool.all_messages().filter(|message| !message.is_map_entry());
    let in_file = |message: &MessageDescriptor| file.is_none_or(|file| message.parent_file().name() == file);
    let name = message.strip_prefix('.').unwrap_or(message);
    if name.is_empty() {
        let tops: Vec<_> = all().filter(|top| in_file(top) && top.parent_message().is_none()).collect();
        return match tops.as_slice() {
            [only] => Ok(only.clone()),
            [] => Err(format!("{spelt} has no message")),
            many => {
                let names: Vec<&str> =
                    many.iter().take(MAX_NAMED).map(MessageDescriptor::full_name).collect();
                let more = if many.len() > MAX_NAMED { ", …" } else { "" };
                Err(format!("which message of {spelt}? message = \"…\" says it: {}{more}", names.join(", ")))
            }
        };
    }
    if let Some(found) = pool.get_message_by_name(name) {
        return Ok(found);
    }
    let named: Vec<_> = all().filter(|message| message.name() == name).take(2).collect();
    if let [only] = named.as_slice() {
        return Ok(only.clone());
    }
    let every: Vec<String> = all().map(|message| message.full_name().to_owned()).collect();
    let mut hint = did_you_mean(name, every.iter().map(String::as_str));
    if hint.is_empty() {
        let some: Vec<&str> = first(&every);
        hint = format!("; it has {}{}", some.join(", "), if every.len() > MAX_NAMED { ", …" } else { "" });
    }
    Err(format!("{spelt} has no message {name:?}{hint}"))
}

fn first(names: &[String]) -> Vec<&str> {
    names.iter().take(MAX_NAMED).map(String::as_str).collect()
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        // A pipe would be waited for without end.
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "it is no file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let words = "it is larger than 4 MiB, so it is no schema";
        return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, words));
    }
    Ok(bytes)
}

/// Where imports are looked for, in this order.
struct Directories {
    paths: Vec<PathBuf>,
    n_files: Cell<usize>,
    n_bytes: Cell<u64>,
}

impl FileResolver for Directories {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        let is_inside = |part: std::path::Component<'_>| matches!(part, std::path::Component::Normal(_));
        let is_plain = Path::new(name).components().all(is_inside);
        let found = self.paths.iter().map(|directory| directory.join(name)).find(|path| path.is_file());
        let Some(path) = found.filter(|_| is_plain) else { return Err(protox::Error::file_not_found(name)) };
        let failed = |words: String| protox::Error::new(std::io::Error::other(format!("{name}: {words}")));
        self.n_files.set(self.n_files.get() + 1);
        if self.n_files.get() > MAX_FILES {
            return Err(failed(format!("more than {MAX_FILES} files are imported")));
        }
        let bytes = read(&path).map_err(|error| failed(error.to_string()))?;
        self.n_bytes.set(self.n_bytes.get() + bytes.len() as u64);
        if self.n_bytes.get() > MAX_BYTES {
            return Err(failed("all imported files are larger than 32 MiB".to_owned()));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let line = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
            let line = line.filter(|byte| **byte == b'\n').count() + 1;
            failed(format!("a byte in line {line} is no UTF-8; save the file as UTF-8"))
        })?;
        if let Some(line) = nested_line(&text) {
            return Err(failed(format!(
                "brackets in line {line} are nested deeper than {MAX_NESTING} levels"
            )));
        }
        File::from_source(name, &text)
    }
}

/// The line where brackets are nested too deep. Those in texts and comments are counted as well: nobody has so many
/// of them open.
fn nested_line(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (line, text) in text.lines().enumerate() {
        for byte in text.bytes() {
            match byte {
                b'{' | b'[' | b'<' | b'(' => depth += 1,
                b'}' | b']' | b'>' | b')' => depth = depth.saturating_sub(1),
                _other => {}
            }
            if depth > MAX_NESTING {
                return Some(line + 1);
            }
        }
    }
    None
}
