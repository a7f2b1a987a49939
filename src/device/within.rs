//! What a node's value becomes before it goes: clipped into its domain, moved onto its steps. Owns the words for how.
use super::domain::Clip;
use super::node::Node;
use super::value::Value;

impl Node {
    /// The value that lies within the node's domain and on its steps, and how it came there.
    pub fn within(&self, asked: &Value) -> Result<(Value, &'static str), String> {
        let domain = &self.domain;
        let clip = |value: &Value| {
            domain.clip(self.clip, value).map(|clipped| clipped.value).map_err(|words| match self.clip {
                Clip::None => format!("{words}, and its clip mode is none"),
                Clip::Clip | Clip::Low | Clip::High | Clip::Wrap | Clip::Fold => words,
            })
        };
        let clipped = clip(asked)?;
        if clipped != *asked {
            let how = match self.clip {
                Clip::Wrap => "wrapped",
                Clip::Fold => "folded",
                Clip::Clip if !domain.values.is_empty() => "the nearest of its values",
                Clip::None | Clip::Clip | Clip::Low | Clip::High => "clipped",
            };
            let snapped = if domain.values.is_empty() { clip(&domain.snap(&clipped))? } else { clipped };
            return Ok((snapped, how));
        }
        if !domain.values.is_empty() {
            return Ok((clipped, ""));
        }
        // A step may lead onto the upper bound, which is the lower one where it wraps.
        let snapped = clip(&domain.snap(&clipped))?;
        let how = if snapped == clipped { "" } else { "to its step" };
        Ok((snapped, how))
    }
}
