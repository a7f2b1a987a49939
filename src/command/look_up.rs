//! Commands by their names, and where a key may mean one. Owns no command.
use super::{Command, Context};

impl Command {
    /// The command of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|command| command.name() == name)
    }

    /// Whether a key of this context may mean it.
    pub fn has_meaning_in(self, context: Context) -> bool {
        context.heard().any(|context| self.contexts().contains(&context))
    }
}
