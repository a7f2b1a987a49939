//! What a colour can mean: the closed list of roles. Owns their names; knows no colour.

/// Writes the enum and its look-ups from one list.
macro_rules! roles {
    ($($(#[doc = $help:literal])+ $variant:ident = $name:literal;)+) => {
        /// The meaning of a style. A role that a theme does not name falls back along its dots:
        /// `topic.retained` to `topic`, then to `text`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Role {
            $($(#[doc = $help])+ $variant,)+
        }

        impl Role {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in a theme file.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What it is for, in one line.
            pub const fn help(self) -> &'static str {
                match self { $(Self::$variant => concat!($($help),+).trim_ascii()),+ }
            }
        }
    };
}

roles! {
    /// Anything without a role of its own.
    Text = "text";
    /// What may be overlooked: counts, ages, explanations.
    TextFaint = "text.faint";
    /// What must be seen first: the big value, the name in a sentence.
    TextStrong = "text.strong";

    /// The frame of a pane.
    Border = "border";
    /// The frame of the pane that hears the keys.
    BorderFocused = "border.focused";
    /// The title in a frame.
    Title = "title";
    /// The title of the pane that hears the keys.
    TitleFocused = "title.focused";

    /// The last level of a topic with a message.
    Topic = "topic";
    /// A level with topics below it.
    TopicBranch = "topic.branch";
    /// A device's row, the root of its tree.
    TopicDevice = "topic.device";
    /// A topic whose last message was retained.
    TopicRetained = "topic.retained";
    /// A topic that has fallen silent.
    TopicStale = "topic.stale";
    /// A topic of the broker's own, such as $SYS.
    TopicDollar = "topic.dollar";

    /// A value of no special kind.
    Value = "value";
    /// A number, with or without a unit.
    ValueNumber = "value.number";
    /// Words.
    ValueText = "value.text";
    /// On or off, true or false, open or closed, null.
    ValueBool = "value.bool";
    /// A JSON object or array, and its brackets.
    ValueJson = "value.json";
    /// The name of a JSON member.
    ValueKey = "value.key";
    /// Bytes that are no text.
    ValueBytes = "value.bytes";
    /// A value that changed just now.
    ValueChanged = "value.changed";
    /// A payload that does not fit.
    ValueError = "value.error";
    /// A control character or malformed byte, drawn visibly.
    Escape = "escape";

    /// The row under the cursor, over the row's own styles.
    Cursor = "cursor";
    /// That row while another pane hears the keys.
    CursorUnfocused = "cursor.unfocused";
    /// The little chart of the last numbers.
    Sparkline = "sparkline";
    /// The marks R, pinned, kept.
    Mark = "mark";
    /// What a search found.
    Match = "match";
    /// The match under the cursor.
    MatchCurrent = "match.current";

    /// A connection's state.
    Status = "status";
    /// Connected.
    StatusOnline = "status.online";
    /// On the way to be connected.
    StatusConnecting = "status.connecting";
    /// Lost, and tried again.
    StatusLost = "status.lost";
    /// Not connected, as wished.
    StatusOff = "status.off";
    /// The line on top.
    Header = "header";
    /// The device's name in it.
    HeaderName = "header.name";
    /// A connection without protection where one was asked for.
    Insecure = "insecure";
    /// Something was discarded, and counted.
    Dropped = "dropped";

    /// The line at the bottom.
    Footer = "footer";
    /// A key in it.
    FooterKey = "footer.key";
    /// A heading of the help screen.
    HelpTitle = "help.title";
    /// A key of the help screen.
    HelpKey = "help.key";

    /// A passing word about what happened.
    Toast = "toast";
    /// It went as wished.
    ToastInfo = "toast.info";
    /// It went otherwise.
    ToastWarn = "toast.warn";
    /// It failed.
    ToastError = "toast.error";
    /// A question that waits for an answer.
    Question = "question";
    /// A key that answers it.
    QuestionKey = "question.key";

    /// What was typed into a field.
    Field = "field";
    /// The field that hears the keys.
    FieldFocused = "field.focused";
    /// The name of a field.
    FieldLabel = "field.label";
    /// What would be refused if sent.
    FieldError = "field.error";
    /// The first series of a chart.
    Chart1 = "chart.1";
    /// The second.
    Chart2 = "chart.2";
    /// The third.
    Chart3 = "chart.3";
    /// The fourth.
    Chart4 = "chart.4";
    /// The fifth.
    Chart5 = "chart.5";
    /// The sixth.
    Chart6 = "chart.6";
    /// The seventh.
    Chart7 = "chart.7";
    /// The eighth.
    Chart8 = "chart.8";
    /// A tab that is not shown.
    Tab = "tab";
    /// The tab that is shown.
    TabActive = "tab.active";

    /// A publication's life: queued, sent.
    Publication = "publication";
    /// Acknowledged, echoed.
    PublicationDone = "publication.done";
    /// Refused, lost, without an echo.
    PublicationFailed = "publication.failed";
}

impl Role {
    /// The role of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == name)
    }

    /// The names that may give it its style, the nearest first.
    pub fn fallbacks(self) -> impl Iterator<Item = &'static str> {
        let name = self.name();
        let prefixes = name.rmatch_indices('.').filter_map(|(dot, _)| name.get(..dot));
        std::iter::once(name).chain(prefixes).chain(["text"])
    }
}
