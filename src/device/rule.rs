//! How the payloads of topics are read, as a device file says or a person chose. Owns which rule holds for a topic;
//! reading itself is `decode`'s.
use crate::decode::hint::Compiled;
use crate::decode::{Choice, Decoder, Hint, Reading};
use crate::mqtt::Filter;
use std::sync::Arc;

/// Rules one device may have: each row on the screen is held against all of them.
pub const MAX_RULES: usize = 1_000;

/// How payloads of the topics of a filter are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Whose payloads; `$` topics only where it says so, as MQTT has it (MQTT-4.7.2-1).
    pub filter: Filter,
    /// How.
    pub choice: Choice,
    /// What protobuf is read by.
    pub schema: Option<Source>,
    /// The jq program that values go through; an empty one says that none is to be.
    pub jq: Option<Arc<str>>,
}

impl Rule {
    /// Whether it says more than how payloads are read.
    fn says_more(&self) -> bool {
        self.schema.is_some() || self.jq.is_some()
    }
}

/// Where a schema comes from, as the device file spells it.
#[derive(Clone, Debug)]
pub struct Source {
    /// A `.proto` file, or a set of descriptors.
    pub file: String,
    /// The message that payloads are; empty where the file has but one.
    pub message: String,
    /// Directories that imports are looked for in, beside the file's own.
    pub include: Vec<String>,
    /// What was made of it, once it was tried.
    pub compiled: Option<Compiled>,
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        (&self.file, &self.message, &self.include) == (&other.file, &other.message, &other.include)
    }
}

impl Eq for Source {}

/// The rules of a device; the first that is for a topic holds.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    list: Vec<Rule>,
    saved: Vec<Rule>,
    revision: u64,
    is_changed: bool,
}

impl Rules {
    /// Those that were read from a file.
    pub fn of_file(list: Vec<Rule>) -> Self {
        Self { saved: list.clone(), list, ..Self::default() }
    }

    /// All of them, in their order.
    pub fn list(&self) -> &[Rule] {
        &self.list
    }

    /// The state: another one with each change.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether they are others than those that were saved last.
    pub const fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// These are on the disk.
    pub fn note_saved(&mut self, saved: &[Rule]) {
        saved.clone_into(&mut self.saved);
        self.is_changed = self.list != self.saved;
    }

    /// Takes those of a file in the place of these; what was chosen and not saved is let go.
    pub fn load(&mut self, list: Vec<Rule>) {
        *self = Self { revision: self.revision + 1, ..Self::of_file(list) };
    }

    /// How a topic is read.
    pub fn reading(&self, topic: &str) -> Reading<'_> {
        let (mut choice, mut schema, mut jq) = (None, None, None);
        for rule in self.list.iter().filter(|rule| rule.filter.matches(topic)) {
            choice = choice.or(Some(rule.choice));
            schema = schema.or(rule.schema.as_ref().and_then(|source| source.compiled.as_ref()));
            jq = jq.or(rule.jq.as_ref());
        }
        let hint = Hint { promised: Decoder::of_topic(topic), schema, told: None };
        let jq = jq.filter(|program| !program.is_empty());
        Reading { choice: choice.unwrap_or_default(), hint, jq }
    }

    /// How a topic would be read without what was chosen for it alone.
    pub fn otherwise(&self, topic: &str) -> Choice {
        let mut others =
            self.list.iter().filter(|rule| rule.filter.as_str() != topic && rule.filter.matches(topic));
        others.next().map(|rule| rule.choice).unwrap_or_default()
    }

    /// Reads one topic in another way. Says in words why that can't be.
    pub fn choose(&mut self, topic: &str, choice: Choice) -> Result<(), String> {
        let is_own = |rule: &Rule| rule.filter.as_str() == topic;
        let own = self.list.iter().position(is_own);
        let otherwise = self.otherwise(topic);
        let says_more = own.and_then(|own| self.list.get(own)).is_some_and(Rule::says_more);
        match own {
            // What the file says of a schema or a program is never lost for a look at the bytes.
            Some(own) if choice == otherwise && !says_more => drop(self.list.remove(own)),
            Some(own) => {
                if let Some(rule) = self.list.get_mut(own) {
                    rule.choice = choice;
                }
            }
            None if choice == otherwise => {}
            None => {
                self.check_room()?;
                let filter = Filter::parse(topic).map_err(|error| error.to_string())?;
                let schema = self.schema_for(topic).filter(|_| choice == Choice::By(Decoder::Protobuf));
                // In front of all that might be for it, too.
                self.list.insert(0, Rule { filter, choice, schema, jq: None });
            }
        }
        self.note_change();
        Ok(())
    }

    /// Has one topic's values go through a jq program; an empty one takes it away. Says in words why that can't be.
    pub fn filter_by(&mut self, topic: &str, program: &str) -> Result<(), String> {
        let is_own = |rule: &Rule| rule.filter.as_str() == topic;
        let mut others = self.list.iter().filter(|rule| !is_own(rule) && rule.filter.matches(topic));
        let otherwise = others.find_map(|rule| rule.jq.clone()).unwrap_or_default();
        let jq = (*otherwise != *program).then(|| program.into());
        let choice = self.otherwise(topic);
        match self.list.iter().position(is_own) {
            Some(own) => {
                let Some(rule) = self.list.get_mut(own) else { return Ok(()) };
                rule.jq = jq;
                if rule.choice == choice && !rule.says_more() {
                    self.list.remove(own);
                }
            }
            None if jq.is_none() => {}
            None => {
                self.check_room()?;
                let filter = Filter::parse(topic).map_err(|error| error.to_string())?;
                let schema = self.schema_for(topic).filter(|_| choice == Choice::By(Decoder::Protobuf));
                self.list.insert(0, Rule { filter, choice, schema, jq });
            }
        }
        self.note_change();
        Ok(())
    }

    /// The programs of all rules, each once.
    pub fn programs(&self) -> impl Iterator<Item = &Arc<str>> {
        let programs = || self.list.iter().filter_map(|rule| rule.jq.as_ref());
        programs().enumerate().filter_map(move |(place, program)| {
            let is_first = !programs().take(place).any(|before| before == program);
            (is_first && !program.is_empty()).then_some(program)
        })
    }

    /// What the first rule that names a schema has a topic's protobuf read by.
    fn schema_for(&self, topic: &str) -> Option<Source> {
        let mut rules = self.list.iter().filter(|rule| rule.filter.matches(topic));
        rules.find_map(|rule| rule.schema.clone())
    }

    fn check_room(&self) -> Result<(), String> {
        if self.list.len() < MAX_RULES {
            return Ok(());
        }
        Err(format!(
            "{MAX_RULES} decoders are chosen already; a filter with + or # in the device file covers many"
        ))
    }

    fn note_change(&mut self) {
        self.revision += 1;
        self.is_changed = self.list != self.saved;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(filter: &str, choice: Choice) -> Rule {
        Rule { filter: Filter::parse(filter).unwrap(), choice, schema: None, jq: None }
    }

    #[test]
    fn a_program_is_its_topics_own_and_gives_way_to_what_wider_filters_say() {
        let wide = Rule { jq: Some(".v".into()), ..rule("plant/#", Choice::By(Decoder::Cbor)) };
        let mut rules = Rules::of_file(vec![wide.clone()]);
        let program = |rules: &Rules, topic: &str| rules.reading(topic).jq.map(ToString::to_string);
        assert_eq!(program(&rules, "plant/a").as_deref(), Some(".v"));
        rules.filter_by("plant/a", ".w").unwrap();
        assert_eq!(program(&rules, "plant/a").as_deref(), Some(".w"));
        assert_eq!(
            rules.reading("plant/a").choice,
            Choice::By(Decoder::Cbor),
            "the decoder stays what it was"
        );
        rules.choose("plant/a", Choice::Raw).unwrap();
        rules.choose("plant/a", Choice::By(Decoder::Cbor)).unwrap();
        assert_eq!(
            program(&rules, "plant/a").as_deref(),
            Some(".w"),
            "a look at the bytes takes nothing away"
        );
        rules.filter_by("plant/a", "").unwrap();
        assert_eq!(program(&rules, "plant/a"), None);
        assert_eq!(program(&rules, "plant/b").as_deref(), Some(".v"));
        rules.filter_by("plant/a", ".v").unwrap();
        assert_eq!(rules.list(), [wide], "what others say needs no rule of its own");
        assert!(!rules.is_changed());
        rules.filter_by("x", "").unwrap();
        rules.filter_by("x", ".").unwrap();
        assert_eq!(rules.programs().map(AsRef::as_ref).collect::<Vec<&str>>(), [".", ".v"]);
    }

    #[test]
    fn the_first_rule_for_a_topic_holds_and_dollar_topics_want_to_be_named() {
        let rules = Rules::of_file(vec![rule("a/b", Choice::Raw), rule("#", Choice::By(Decoder::Cbor))]);
        for (topic, choice) in
            [("a/b", Choice::Raw), ("a/c", Choice::By(Decoder::Cbor)), ("$SYS/x", Choice::Auto)]
        {
            assert_eq!(rules.reading(topic).choice, choice, "{topic}");
        }
    }

    #[test]
    fn what_is_chosen_for_one_topic_stands_in_front_and_goes_when_it_says_nothing_new() {
        let mut rules = Rules::of_file(vec![rule("#", Choice::By(Decoder::Cbor))]);
        rules.choose("a", Choice::Raw).unwrap();
        assert_eq!(rules.list(), [rule("a", Choice::Raw), rule("#", Choice::By(Decoder::Cbor))]);
        assert!(rules.is_changed());
        rules.choose("a", Choice::By(Decoder::Cbor)).unwrap();
        assert_eq!(rules.list(), [rule("#", Choice::By(Decoder::Cbor))]);
        assert!(!rules.is_changed());
        for place in 1..MAX_RULES {
            rules.choose(&format!("t/{place}"), Choice::Raw).unwrap();
        }
        assert!(rules.choose("one/more", Choice::Raw).unwrap_err().contains("1000 decoders"));
        assert!(rules.choose("t/5", Choice::Auto).is_ok(), "what is there can be changed");
    }

    #[test]
    fn a_schema_is_not_lost_when_its_own_rule_is_turned_to_another_decoder() {
        let source =
            Source { file: "p.proto".into(), message: "P".into(), include: Vec::new(), compiled: None };
        let by_schema = Rule { schema: Some(source), ..rule("a", Choice::By(Decoder::Protobuf)) };
        let mut rules = Rules::of_file(vec![by_schema.clone()]);
        rules.choose("a", Choice::Auto).unwrap();
        assert_eq!(rules.list(), [Rule { choice: Choice::Auto, ..by_schema.clone() }]);
        rules.choose("a", Choice::By(Decoder::Protobuf)).unwrap();
        assert!(!rules.is_changed());
        let wide = Rule { filter: Filter::parse("+").unwrap(), ..by_schema.clone() };
        let mut rules = Rules::of_file(vec![rule("a", Choice::Raw), wide.clone()]);
        rules.choose("a", Choice::By(Decoder::Protobuf)).unwrap();
        assert_eq!(rules.list(), [wide]);
    }
}
