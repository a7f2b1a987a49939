//! Colours as a screen shows them. Owns which nodes are colours and the way from their components to red, green and
//! blue; draws nothing.
use super::kind::Kind;
use super::node::Node;
use super::value::Value;

/// Words in a name that tell a colour where no unit does.
const WORDS: [&str; 4] = ["color", "colour", "rgb", "rgba"];

/// What the components of a colour are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Space {
    /// Red, green, blue of so much, in these places.
    Rgb([usize; 3], u8),
    Hsv,
    Hsl,
}

impl Node {
    /// Whether its value is a colour: by its unit, else by its name.
    pub fn is_color(&self) -> bool {
        matches!(self.kind, Kind::Vec3 | Kind::Vec4) && (self.has_color_unit() || self.is_named_color())
    }

    /// A colour's red, green and blue; `None` where it is no colour, or one of a space that only devices know.
    pub fn rgb(&self, value: &Value) -> Option<[u8; 3]> {
        let space = self.space().filter(|_| self.is_color())?;
        let parts = value.numbers();
        let at = |place: usize| parts.get(place).copied();
        let parts = match space {
            Space::Rgb(places, most) => {
                let [red, green, blue] = places.map(|place| at(place).map(|part| part / f64::from(most)));
                [red?, green?, blue?]
            }
            Space::Hsv => {
                let (hue, saturation, brightness) = (at(0)?, at(1)?, at(2)?);
                [5.0, 3.0, 1.0].map(|n| {
                    let k = (n + hue * 6.0).rem_euclid(6.0);
                    brightness - brightness * saturation * k.min(4.0 - k).clamp(0.0, 1.0)
                })
            }
            Space::Hsl => {
                let (hue, saturation, lightness) = (at(0)?, at(1)?, at(2)?);
                let reach = saturation * lightness.min(1.0 - lightness);
                [0.0, 8.0, 4.0].map(|n| {
                    let k = (n + hue * 12.0).rem_euclid(12.0);
                    lightness - reach * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)
                })
            }
        };
        Some(parts.map(byte))
    }

    fn has_color_unit(&self) -> bool {
        self.color_unit().is_some()
    }

    fn color_unit(&self) -> Option<&'static str> {
        let known = self.unit.as_ref().and_then(super::Unit::known)?;
        known.ossia.filter(|name| name.starts_with("color."))
    }

    fn is_named_color(&self) -> bool {
        let last = self.topic.as_str().rsplit('/').find(|level| *level != "set").unwrap_or_default();
        let names = self.alias.iter().map(String::as_str).chain([last]);
        let mut names = names.chain(self.tags.iter().map(String::as_str));
        names.any(|name| {
            let name = name.to_ascii_lowercase();
            name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| WORDS.contains(&word))
        })
    }

    fn space(&self) -> Option<Space> {
        Some(match self.color_unit() {
            Some("color.rgb" | "color.rgba") => Space::Rgb([0, 1, 2], 1),
            Some("color.argb") => Space::Rgb([1, 2, 3], 1),
            Some("color.bgr") => Space::Rgb([2, 1, 0], 1),
            Some("color.rgba8") => Space::Rgb([0, 1, 2], u8::MAX),
            Some("color.argb8") => Space::Rgb([1, 2, 3], u8::MAX),
            Some("color.hsv") => Space::Hsv,
            Some("color.hsl") => Space::Hsl,
            Some(_) => return None,
            None if self.domain.max == Some(1.0) => Space::Rgb([0, 1, 2], 1),
            None => Space::Rgb([0, 1, 2], u8::MAX),
        })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte before")]
fn byte(part: f64) -> u8 {
    (part.clamp(0.0, 1.0) * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::{Domain, Unit};
    use crate::mqtt::Topic;

    #[test]
    fn components_become_red_green_and_blue_as_their_unit_says() {
        for (unit, parts, expected) in [
            ("color.rgb", vec![1.0, 0.5, 0.0], Some([255, 128, 0])),
            ("color.bgr", vec![1.0, 0.5, 0.0], Some([0, 128, 255])),
            ("color.rgba", vec![1.0, 0.0, 0.0, 0.1], Some([255, 0, 0])),
            ("color.argb8", vec![1.0, 255.0, 136.0, 0.0], Some([255, 136, 0])),
            ("color.hsv", vec![1.0 / 3.0, 1.0, 1.0], Some([0, 255, 0])),
            ("color.hsv", vec![0.0, 0.0, 0.5], Some([128, 128, 128])),
            ("color.hsl", vec![2.0 / 3.0, 1.0, 0.5], Some([0, 0, 255])),
            ("color.rgb", vec![7.0, -1.0, 0.0], Some([255, 0, 0])),
            ("color.cie_lab", vec![1.0, 0.5, 0.0], None),
            ("°C", vec![1.0, 0.5, 0.0], None),
        ] {
            let value = match *parts.as_slice() {
                [a, b, c] => Value::Vec3([a, b, c]),
                [a, b, c, d] => Value::Vec4([a, b, c, d]),
                _ => unreachable!("a colour has three or four components"),
            };
            let node =
                Node { unit: Some(Unit::new(unit)), ..Node::new(Topic::parse("a").unwrap(), value.kind()) };
            assert_eq!(node.rgb(&value), expected, "{unit} {parts:?}");
        }
    }

    #[test]
    fn a_name_tells_a_colour_where_no_unit_does() {
        for (topic, max, expected) in [
            ("lamp/color/set", None, Some([1, 2, 3])),
            ("lamp/rgb", Some(1.0), Some([255, 255, 255])),
            ("lamp/place", None, None),
        ] {
            let domain = Domain { max, ..Domain::default() };
            let node = Node { domain, ..Node::new(Topic::parse(topic).unwrap(), Kind::Vec3) };
            assert_eq!(node.rgb(&Value::Vec3([1.0, 2.0, 3.0])), expected, "{topic}");
        }
    }
}
