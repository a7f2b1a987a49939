//! A device file's text as a whole: read in parts, edited, and held against what it shall say. Owns which part is
//! read how; opens no file.
use super::node::Nodes;
use super::read::Besides;
use super::table::Reader;
use super::{Content, DeviceError, DeviceFile, PlainPassword};
use super::{blocks, decoder, filter, nodes, raw, read, write};
use crate::device::Node;
use crate::mqtt::Profile;
use crate::warning::Warning;
use std::path::Path;

/// Reads a text as the device file that would lie at `path`.
pub fn parse(name: &str, path: &Path, text: String) -> Result<DeviceFile, DeviceError> {
    let label = path.display().to_string();
    let directory = path.parent().unwrap_or(Path::new("."));
    let read =
        in_parts(&text, &label, directory, name).unwrap_or_else(|| whole(&text, &label, directory, name));
    let (profile, nodes, besides, warnings) =
        read.map_err(|faults| DeviceError::Broken { file: label, faults })?;
    let Besides { rules, filters } = besides;
    let (name, path) = (name.to_owned(), path.to_owned());
    Ok(DeviceFile { name, path, profile, nodes, rules, filters, warnings, text })
}

type Read = Result<(Profile, Vec<Node>, Besides, Vec<Warning>), Vec<super::Fault>>;

/// Each node's block by itself, which is many times as fast. `None` for a file where that may not be the same.
fn in_parts(text: &str, label: &str, directory: &Path, name: &str) -> Option<Read> {
    let blocks = blocks::find(text);
    let mut reader = Reader::new(text, &blocks.rest, label, directory);
    let (mut nodes, mut of_rest, mut besides) = (Nodes::default(), Nodes::default(), Besides::default());
    let profile = read::read(&mut reader, name, &mut of_rest, &mut besides);
    if reader.is_broken || of_rest.is_any {
        return None;
    }
    for block in &blocks.nodes {
        let entries = raw::block(text.get(block.core.clone())?, block.core.start)?;
        nodes.add(&mut reader, block.core.start, &entries);
    }
    Some(told(reader, profile, nodes, besides))
}

fn whole(text: &str, label: &str, directory: &Path, name: &str) -> Read {
    let mut reader = Reader::new(text, text, label, directory);
    let (mut nodes, mut besides) = (Nodes::default(), Besides::default());
    let profile = read::read(&mut reader, name, &mut nodes, &mut besides);
    told(reader, profile, nodes, besides)
}

fn told(reader: Reader<'_>, profile: Profile, nodes: Nodes, besides: Besides) -> Read {
    let (faults, warnings) = reader.told();
    if faults.is_empty() { Ok((profile, nodes.read, besides, warnings)) } else { Err(faults) }
}

impl DeviceFile {
    /// The file's text with the profile in the place of what it says now.
    pub fn edited(&self, profile: &Profile, plain: PlainPassword) -> Result<String, DeviceError> {
        self.edited_with(profile, &self.nodes, plain)
    }

    /// The file's text with profile and nodes in the place of what it says now; only what differs is written anew.
    pub fn edited_with(
        &self,
        profile: &Profile,
        new: &[Node],
        plain: PlainPassword,
    ) -> Result<String, DeviceError> {
        self.edited_all(profile, Content { nodes: new, ..self.content() }, plain)
    }

    /// Likewise, and with all else that it says.
    pub fn edited_all(
        &self,
        profile: &Profile,
        new: Content<'_>,
        plain: PlainPassword,
    ) -> Result<String, DeviceError> {
        let unchangeable = || DeviceError::Unchangeable(self.path.display().to_string());
        let of_profile = with_profile(&self.text, &self.profile, profile, plain).ok_or_else(unchangeable)?;
        let text = decoder::KIND.edited(&of_profile, &self.rules, new.rules).ok_or_else(unchangeable)?;
        let text = filter::KIND.edited(&text, &self.filters, new.filters).ok_or_else(unchangeable)?;
        let text = if nodes::are_same(&self.nodes, new.nodes) {
            text
        } else {
            nodes::edited(&text, &self.nodes, new.nodes).ok_or_else(unchangeable)?
        };
        if text == self.text { Ok(text) } else { checked(&self.name, &self.path, text, profile, new) }
    }
}

/// The text of a new file.
pub(super) fn new(
    name: &str,
    path: &Path,
    profile: &Profile,
    content: Content<'_>,
    plain: PlainPassword,
) -> Result<String, DeviceError> {
    let unchangeable = || DeviceError::Unchangeable(path.display().to_string());
    let text = write::edited(None, profile, plain).map_err(|_not_toml| unchangeable())?;
    let text = decoder::KIND.edited(&text, &[], content.rules).ok_or_else(unchangeable)?;
    let text = filter::KIND.edited(&text, &[], content.filters).ok_or_else(unchangeable)?;
    let text = nodes::edited(&text, &[], content.nodes).ok_or_else(unchangeable)?;
    checked(name, path, text, profile, content)
}

/// Edits what stands before the nodes alone where that will do: the TOML editor takes its time over many blocks.
fn with_profile(text: &str, old: &Profile, new: &Profile, plain: PlainPassword) -> Option<String> {
    let blocks = blocks::find(text);
    match blocks.nodes.first() {
        Some(first) if blocks.are_last => {
            let (before, nodes) = text.split_at_checked(first.span.start)?;
            let before = write::edited(Some((before, old)), new, plain).ok()?;
            Some(before + nodes)
        }
        Some(_) | None => write::edited(Some((text, old)), new, plain).ok(),
    }
}

/// Holds a text against what it shall say, so that no spoilt file is ever written.
fn checked(
    name: &str,
    path: &Path,
    text: String,
    profile: &Profile,
    content: Content<'_>,
) -> Result<String, DeviceError> {
    let read = parse(name, path, text)?;
    let Content { nodes, rules, filters } = content;
    let is_same = nodes::are_same(&read.nodes, nodes) && read.rules == rules && read.filters == filters;
    if write::is_same(&read.profile, profile) && is_same {
        Ok(read.text)
    } else {
        Err(DeviceError::Unchangeable(path.display().to_string()))
    }
}
