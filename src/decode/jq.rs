//! jq programs over decoded payloads. Owns which of jq is offered, what is wrong with a program and where, and the
//! bounds of what comes out. What a program costs in time and memory only a process of its own can bound: [`run`] is
//! for that process, [`check`] for anybody.
//!
//! A program sees its message and nothing else: no environment, no clock, no files, no further input.
use std::fmt;
use std::thread;

use jaq_core::load::parse::Def;
use jaq_core::load::{self, Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Filter, Vars, data, unwrap_valr};
use jaq_json::{Val, read};
use serde::{Deserialize, Serialize};

use super::bounds::{Bounds, MAX_OUT_BYTES};
use super::jot::Jot;

pub mod request;
#[cfg(test)]
mod tests;
mod words;
mod write;

/// Longest program: it is read by recursion, and a person has to read it, too.
pub const MAX_PROGRAM_BYTES: usize = 2_000;

/// Most outputs that are kept.
pub const MAX_VALUES: usize = 10_000;

/// Outputs that are counted, kept or not: one that never ends has to end somewhere.
const MAX_COUNTED: usize = 10 * MAX_VALUES;

/// Deepest nesting of an output.
const MAX_DEPTH: usize = 5_000;

/// Characters of an error: it may quote a whole payload.
const MAX_ERROR_CHARS: usize = 300;

/// Stack for what recurses as deep as a program or a payload is nested.
pub const STACK_BYTES: usize = 64 << 20;

/// The thread that reads programs. Its library may fail on one rather than say what is wrong; whoever hooks panics
/// should not take that for the end of the program.
pub const READER: &str = "jq";

/// What jq has and a message has no use for, or must not get at: the world around the program.
const WITHHELD: [&str; 17] = [
    "env",
    "$ENV",
    "input",
    "inputs",
    "input_filename",
    "input_line_number",
    "now",
    "localtime",
    "strflocaltime",
    "halt",
    "halt_error",
    "debug",
    "debug_empty",
    "stderr",
    "stderr_empty",
    "get_search_list",
    "$__prog_args",
];

/// What is wrong with a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The character that it begins at, from 1; none where it is the program as a whole.
    pub column: Option<usize>,
    /// What is wrong there.
    pub words: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "column {column}: {}", self.words),
            None => f.write_str(&self.words),
        }
    }
}

impl Fault {
    fn whole(words: impl Into<String>) -> Self {
        Self { column: None, words: words.into() }
    }
}

/// What a program is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// A JSON value.
    Json(&'a [u8]),
    /// Text, which jq has as a string.
    Text(&'a [u8]),
}

/// What a program made of its input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The outputs that are kept, as JSON, each on a line.
    #[serde(skip)]
    pub values: Vec<u8>,
    /// How many they are.
    pub n_values: usize,
    /// How many there were beside them.
    pub n_left_out: usize,
    /// Whether there were more still, which nobody counted.
    pub has_more: bool,
    /// What ended it early, in words.
    pub error: Option<String>,
}

impl Outcome {
    /// The outputs as one JSON document: the only one as it is, several as a list, like JSON Lines; none of none.
    pub fn document(&self) -> Option<Vec<u8>> {
        let values = self.values.strip_suffix(b"\n").unwrap_or(&self.values);
        match self.n_values {
            0 => None,
            1 => Some(values.to_vec()),
            _ => {
                let mut list = Vec::with_capacity(values.len() + 2);
                list.push(b'[');
                // A line end within a text is written as an escape.
                list.extend(values.iter().map(|byte| if *byte == b'\n' { b',' } else { *byte }));
                list.push(b']');
                Some(list)
            }
        }
    }
}

/// What a run may use up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most outputs that are kept.
    pub max_values: usize,
    /// Most bytes of them.
    pub max_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_values: MAX_VALUES, max_bytes: MAX_OUT_BYTES }
    }
}

/// Whether a program is one that can be run; else what is wrong with it, and where.
pub fn check(program: &str) -> Result<(), Fault> {
    if program.len() > MAX_PROGRAM_BYTES {
        let words =
            format!("{} bytes are too long; a program has at most {MAX_PROGRAM_BYTES}", program.len());
        return Err(Fault::whole(words));
    }
    // However it is nested: reading it recurses, and who asks may have little stack left.
    thread::scope(|scope| {
        let checked = thread::Builder::new()
            .name(READER.to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || compile(program).map(drop));
        match checked.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(checked)) => checked,
            Ok(Err(_panic)) => Err(Fault::whole("jq can't read this program")),
            Err(error) => Err(Fault::whole(format!("the system refused a thread: {error}"))),
        }
    })
}

type Data = data::JustLut<Val>;

fn compile(program: &str) -> Result<Filter<Data>, Fault> {
    let is_offered = |name: &str| !WITHHELD.contains(&name);
    let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let defs = defs.filter(|def: &Def<&'static str>| is_offered(def.name));
    let funs = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let funs = funs.filter(|(name, ..)| is_offered(name));
    let arena = Arena::default();
    let modules = Loader::new(defs)
        .load(&arena, File { code: program, path: () })
        .map_err(|errors| words::of_load(program, &errors))?;
    load::import(&modules, |_import| Err(String::new()))
        .map_err(|errors| words::of_load(program, &errors))?;
    Compiler::default().with_funs(funs).compile(modules).map_err(|errors| words::of_compile(program, &errors))
}

/// Runs a program. It may never end and take all memory there is: for a process with limits, on a thread with
/// [`STACK_BYTES`].
pub fn run(program: &str, input: Input<'_>, limits: Limits) -> Outcome {
    let failed = |words: String| Outcome { error: Some(words), ..Outcome::default() };
    let filter = match compile(program) {
        Ok(filter) => filter,
        Err(fault) => return failed(fault.to_string()),
    };
    let value = match input {
        Input::Json(bytes) => match read::parse_single(bytes) {
            Ok(value) => value,
            Err(error) => return failed(format!("jq can't read the value: {error}")),
        },
        Input::Text(bytes) => Val::utf8_str(bytes.to_vec()),
    };
    let context = Ctx::<Data>::new(&filter.lut, Vars::new([]));
    let mut outcome = Outcome::default();
    for value in filter.id.run((context, value)).map(unwrap_valr) {
        match value {
            Ok(value) => keep(&mut outcome, &value, limits),
            Err(error) => {
                outcome.error = Some(cut(error.to_string()));
                break;
            }
        }
        if outcome.n_values + outcome.n_left_out >= MAX_COUNTED {
            outcome.has_more = true;
            break;
        }
    }
    outcome
}

fn keep(outcome: &mut Outcome, value: &Val, limits: Limits) {
    let room = limits.max_bytes.saturating_sub(outcome.values.len() + 1);
    let bounds = Bounds { max_out_bytes: room, max_depth: MAX_DEPTH, ..Bounds::default() };
    let mut jot = Jot::new(&bounds);
    // Those behind one that was left out are left out as well: what is shown is the beginning.
    let is_room = outcome.n_left_out == 0 && outcome.n_values < limits.max_values;
    if is_room && write::value(&mut jot, value).is_ok() {
        outcome.values.extend(jot.finish());
        outcome.values.push(b'\n');
        outcome.n_values += 1;
    } else {
        outcome.n_left_out += 1;
    }
}

fn cut(mut words: String) -> String {
    if let Some((end, _)) = words.char_indices().nth(MAX_ERROR_CHARS) {
        words.truncate(end);
        words.push('…');
    }
    words
}
