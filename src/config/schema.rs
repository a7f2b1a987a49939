//! Protobuf schemas that device files name: `.proto` files, or sets of descriptors. Owns where they are looked for and
//! their bounds; each is read anew when its device is opened. What is wrong with one is told in words and keeps nobody
//! from a broker.
#[cfg(feature = "protobuf")]
mod compile;
#[cfg(feature = "protobuf")]
mod convert;
#[cfg(test)]
#[cfg(feature = "protobuf")]
mod tests;

use super::device::path_from;
use crate::decode::hint::Compiled;
use crate::device::Rule;
use crate::device::rule::Source;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file larger than this is no schema.
#[cfg(feature = "protobuf")]
const MAX_FILE_BYTES: u64 = 4 << 20;

/// The thread that compiles. The libraries that do fail on some broken sets of descriptors rather than say so; whoever
/// hooks panics should not take one of this thread for the end of the program.
pub const COMPILER: &str = "schema compiler";

/// A schema as a rule names it, with paths that hold from anywhere.
#[cfg_attr(not(feature = "protobuf"), expect(dead_code, reason = "nothing is compiled"))]
struct Wanted {
    file: PathBuf,
    /// The file as the device file spells it.
    spelt: String,
    include: Vec<PathBuf>,
    message: String,
}

/// Compiles the schemas of a device file's rules, and tells what is wrong with them. A schema that several rules name
/// is compiled once.
pub fn compile_all(device_file: &Path, rules: &mut [Rule]) -> Vec<String> {
    let directory = device_file.parent().unwrap_or(Path::new("."));
    let mut warnings = Vec::new();
    let mut known: Vec<(Source, Compiled)> = Vec::new();
    for rule in rules {
        let Some(source) = &mut rule.schema else { continue };
        let found = known.iter().find(|(other, _)| other == source).map(|(_, compiled)| compiled.clone());
        let compiled = found.unwrap_or_else(|| {
            let compiled = compiled(directory, source);
            if let Err(words) = &compiled {
                let filter = rule.filter.as_str();
                warnings.push(format!("{}: the decoder of {filter:?}: {words}", device_file.display()));
            }
            known.push((source.clone(), compiled.clone()));
            compiled
        });
        source.compiled = Some(compiled);
    }
    warnings
}

fn compiled(directory: &Path, source: &Source) -> Compiled {
    let wanted = Wanted {
        file: path_from(directory, &source.file),
        spelt: source.file.clone(),
        include: source.include.iter().map(|text| path_from(directory, text)).collect(),
        message: source.message.clone(),
    };
    contained(&wanted).map(Arc::new).map_err(Arc::from)
}

/// What is compiled on a thread of its own: whatever breaks there is told as the schema's fault.
fn contained(wanted: &Wanted) -> Result<crate::decode::Schema, String> {
    let spelt = &wanted.spelt;
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().name(COMPILER.to_owned());
        let compiler = builder.spawn_scoped(scope, || schema_of(wanted));
        let compiler = compiler.map_err(|error| format!("{spelt} can't be compiled now: {error}"))?;
        let broken = |_| Err(format!("{spelt} is so broken that its compiler failed; check it by protoc"));
        compiler.join().unwrap_or_else(broken)
    })
}

#[cfg(feature = "protobuf")]
use compile::schema_of;

#[cfg(not(feature = "protobuf"))]
fn schema_of(_: &Wanted) -> Result<crate::decode::Schema, String> {
    Err("this mqttscope was built without protobuf schemas; build it with --features protobuf".to_owned())
}
