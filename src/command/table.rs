//! The macro that writes the commands and their look-ups from one list. Owns no command.

/// Writes the enum and its look-ups from one list; the doc line of a command is its help.
macro_rules! commands {
    ($($(#[doc = $help:literal])+ $variant:ident = $name:literal in [$($context:ident),+];)+) => {
        /// What a person can mean by a key.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Command {
            $($(#[doc = $help])+ $variant,)+
        }

        impl Command {
            /// All of them, in the order of the help screen.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in a keymap file.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What it does, in one line.
            pub const fn help(self) -> &'static str {
                match self { $(Self::$variant => concat!($($help),+).trim_ascii()),+ }
            }

            /// Where it has a meaning; what has one everywhere may be bound in any context.
            pub const fn contexts(self) -> &'static [Context] {
                match self { $(Self::$variant => &[$(Context::$context),+]),+ }
            }
        }
    };
}
