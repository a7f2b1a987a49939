//! Where the `[[node]]` blocks of a device file lie. Owns the walk over a file's statements; reads no value.
use std::borrow::Cow;
use std::ops::Range;

/// What a file's text is made of.
#[derive(Debug)]
pub(super) struct Blocks<'a> {
    /// The text with nothing but blanks in the place of nodes, as far as it goes: every place in it is the same
    /// place in the file.
    pub rest: Cow<'a, str>,
    /// The nodes' blocks with the comments right above and what stands between them and the next block.
    pub nodes: Vec<Block>,
    /// Whether nothing but nodes comes after the first of them.
    pub are_last: bool,
}

/// One node's block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// All of it.
    pub span: Range<usize>,
    /// Its header and its statements, without comments above and what comes behind.
    pub core: Range<usize>,
}

/// A header, `[…]` or `[[…]]`.
struct Header {
    /// Where the comments right above it begin, or itself.
    from: usize,
    at: usize,
    /// Where the last statement before the next header ends, its line included.
    until: usize,
    /// Whether it begins a node.
    is_node: bool,
    /// Whether it is a table within a node.
    is_in_node: bool,
}

/// Finds the blocks. Of a text that is no TOML it finds something, and the TOML reader the fault.
pub(super) fn find(text: &str) -> Blocks<'_> {
    let mut nodes: Vec<Block> = Vec::new();
    let (mut is_in_node, mut are_last, mut open) = (false, true, None::<Block>);
    for header in headers(text) {
        if header.is_in_node && is_in_node {
            if let Some(block) = &mut open {
                block.core.end = header.until;
            }
            continue;
        }
        if let Some(mut block) = open.take() {
            block.span.end = header.from;
            nodes.push(block);
        }
        if header.is_node {
            open = Some(Block { span: header.from..text.len(), core: header.at..header.until });
        } else if !nodes.is_empty() {
            are_last = false;
        }
        is_in_node = header.is_node;
    }
    nodes.extend(open);
    let rest = match nodes.first() {
        None => Cow::Borrowed(text),
        Some(first) if are_last => Cow::Borrowed(text.get(..first.span.start).unwrap_or_default()),
        Some(_) => Cow::Owned(blanked(text, &nodes)),
    };
    Blocks { rest, nodes, are_last }
}

fn blanked(text: &str, nodes: &[Block]) -> String {
    let (mut rest, mut at) = (String::with_capacity(text.len()), 0);
    for block in nodes {
        rest.push_str(text.get(at..block.span.start).unwrap_or_default());
        let hidden = text.get(block.span.clone()).unwrap_or_default();
        rest.extend(hidden.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        at = block.span.end;
    }
    rest.push_str(text.get(at..).unwrap_or_default());
    rest
}

fn headers(text: &str) -> Vec<Header> {
    let bytes = text.as_bytes();
    let mut headers: Vec<Header> = Vec::new();
    let (mut at, mut comments_from) = (0, None);
    while at < bytes.len() {
        let line_at = at;
        let begins = at + bytes.iter().skip(at).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        match bytes.get(begins) {
            Some(b'#') => {
                comments_from.get_or_insert(line_at);
                at = line_end(bytes, begins);
            }
            Some(b'\n') | None => {
                comments_from = None;
                at = begins + 1;
            }
            Some(b'\r') if bytes.get(begins + 1) == Some(&b'\n') => {
                comments_from = None;
                at = begins + 2;
            }
            Some(b'[') => {
                at = line_end(bytes, begins);
                let line = text.get(begins..at).unwrap_or_default();
                headers.push(Header {
                    from: comments_from.take().unwrap_or(line_at),
                    at: begins,
                    until: at,
                    is_node: is_node(line, "[["),
                    is_in_node: is_node(line, "[") && !is_node(line, "[["),
                });
            }
            Some(_) => {
                comments_from = None;
                at = statement_end(bytes, begins);
                if let Some(header) = headers.last_mut() {
                    header.until = at;
                }
            }
        }
    }
    headers
}

/// Whether a header's first key is `node`; with `[[`, whether that is all of it.
fn is_node(line: &str, opens: &str) -> bool {
    let Some(name) = line.strip_prefix(opens) else { return false };
    let name = name.trim_start_matches([' ', '\t', '[']);
    let behind = ["node", "\"node\"", "'node'"].iter().find_map(|node| name.strip_prefix(node));
    let behind = behind.map(|behind| behind.trim_start_matches([' ', '\t']));
    behind.is_some_and(|behind| behind.starts_with(']') || (opens == "[" && behind.starts_with('.')))
}

/// Where the next line begins.
fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..).and_then(|rest| memchr::memchr(b'\n', rest)).map_or(bytes.len(), |length| at + length + 1)
}

/// Where the line behind a statement begins: strings, lists and tables may hold line ends of their own.
fn statement_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\n' if depth == 0 => return at + 1,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'#' => {
                at = line_end(bytes, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'"' | b'\'' => {
                at = string_end(bytes, at, *byte);
                continue;
            }
            _plain => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Where a string that begins at `at` is over.
fn string_end(bytes: &[u8], at: usize, quote: u8) -> usize {
    let is_triple = |at: usize| bytes.get(at..at + 3) == Some(&[quote; 3]);
    let is_long = is_triple(at);
    let mut at = if is_long { at + 3 } else { at + 1 };
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if quote == b'"' => at += 1,
            b'\n' if !is_long => return at,
            _ if is_long && is_triple(at) => {
                // Up to two quotes may stand right before the closing three.
                let more = bytes.iter().skip(at + 3).take(2).take_while(|byte| **byte == quote).count();
                return at + 3 + more;
            }
            _ if !is_long && byte == quote => return at + 1,
            _inside => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_where_toml_has_them() {
        let text = "# top\n[connection]\nurl = \"\"\"\n[[node]]\n\"\"\"\nx = [\n  [1],\n] # [[node]]\n\n# of a\n[[node]]\n\
            topic = '[[node]]' # here\n[node.codec]\nsuffix = \"#\"\n\n# free\n\n [[ \"node\" ]]\n[[nodes]]\n[noded]\n";
        let blocks = find(text);
        let shown: Vec<&str> =
            blocks.nodes.iter().map(|block| text.get(block.span.clone()).unwrap()).collect();
        assert_eq!(
            shown,
            [
                "# of a\n[[node]]\ntopic = '[[node]]' # here\n[node.codec]\nsuffix = \"#\"\n\n# free\n\n",
                " [[ \"node\" ]]\n"
            ]
        );
        let core = text.get(blocks.nodes[0].core.clone()).unwrap();
        assert!(core.starts_with("[[node]]") && core.ends_with("suffix = \"#\"\n"), "{core}");
        assert!(!blocks.are_last);
        assert_eq!(blocks.rest.len(), text.len());
        assert!(blocks.rest.ends_with("[[nodes]]\n[noded]\n") && !blocks.rest.contains("# of a"));
    }
}
