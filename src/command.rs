//! The one table of commands: name, help, where each has a meaning. Owns no keys; `keymap` does.

mod context;
mod look_up;
#[macro_use]
mod table;
#[cfg(test)]
mod tests;

pub use context::Context;

commands! {
    /// Show or hide the keys
    Help = "help" in [Everywhere];
    /// Go to the next pane
    NextPane = "next-pane" in [Everywhere];
    /// Go to the pane before
    PreviousPane = "previous-pane" in [Everywhere];
    /// Leave a pane, a line or a question; never the program
    Leave = "leave" in [Everywhere];
    /// Quit; asks while anything is unacknowledged or unsaved
    Quit = "quit" in [Everywhere];
    /// Quit; asks the first time, never the second
    Interrupt = "interrupt" in [Everywhere];
    /// Suspend to the shell
    Suspend = "suspend" in [Everywhere];
    /// Undo
    Undo = "undo" in [Everywhere];
    /// Redo what was undone
    Redo = "redo" in [Everywhere];
    /// Ping the broker now
    PingNow = "ping-now" in [Everywhere];
    /// Go to the devices, or back
    Devices = "devices" in [Everywhere];
    /// Monitor the device's link, or go back
    Monitor = "monitor" in [Everywhere];
    /// See what runs and what was published, or go back
    Publications = "publications" in [Everywhere];
    /// Stop everything that publishes by itself
    StopRuns = "stop-runs" in [Everywhere];
    /// Freeze or thaw the picture; messages go on being received
    ToggleFreeze = "toggle-freeze" in [Everywhere];
    /// Give the pane the whole screen, or its place again
    Maximise = "maximise" in [Everywhere];

    /// Move down
    CursorDown = "cursor-down" in [Topics, Range, Inspector, Learn, Devices, Monitor, Publications, Saved, Filters, Parts, Exam, Menu, Bulk, HelpScreen];
    /// Move up
    CursorUp = "cursor-up" in [Topics, Range, Inspector, Learn, Devices, Monitor, Publications, Saved, Filters, Parts, Exam, Menu, Bulk, HelpScreen];
    /// Move down a page
    PageDown = "page-down" in [Topics, Range, Inspector, Learn, Devices, Monitor, Publications, Saved, Filters, Parts, Exam, Menu, Bulk, HelpScreen];
    /// Move up a page
    PageUp = "page-up" in [Topics, Range, Inspector, Learn, Devices, Monitor, Publications, Saved, Filters, Parts, Exam, Menu, Bulk, HelpScreen];
    /// Go to the first row
    First = "first" in [Topics, Range, Inspector, Learn, Devices, Monitor, Publications, Saved, Filters, Parts, Exam, Menu, Bulk, HelpScreen];
    /// Go to the last row
    Last = "last" in [Topics, Range, Inspector, Learn, Devices, Monitor, Publications, Saved, Filters, Parts, Exam, Menu, Bulk, HelpScreen];
    /// Expand the branch, or go to its first child
    Expand = "expand" in [Topics, Range, Structure];
    /// Collapse the branch, or go to its parent
    Collapse = "collapse" in [Topics, Range, Structure];
    /// Expand or collapse the branch
    Toggle = "toggle" in [Topics, Range, Structure];
    /// Expand everything below
    ExpandAll = "expand-all" in [Topics, Structure];
    /// Collapse everything below
    CollapseAll = "collapse-all" in [Topics, Structure];
    /// Go back to the topic visited before
    VisitedBack = "visited-back" in [Topics, Inspector];
    /// Go forward again through visited topics
    VisitedForward = "visited-forward" in [Topics, Inspector];
    /// Search within the value: names and values
    SearchInside = "search-inside" in [Structure];
    /// Copy the path of what is under the cursor
    CopyPath = "copy-path" in [Structure];
    /// Show all topics of the branch as a table, or the tree again
    ToggleTable = "toggle-table" in [Topics, Table];
    /// Order the table by its next column
    NextOrder = "next-order" in [Table];
    /// Order the table the other way round
    ReverseOrder = "reverse-order" in [Table];
    /// Search the topics
    Search = "search" in [Topics, Inspector];
    /// Go to the next match
    NextMatch = "next-match" in [Topics, Inspector];
    /// Go to the match before
    PreviousMatch = "previous-match" in [Topics, Inspector];
    /// Go to a topic by its name
    GoTo = "go-to" in [Topics, Inspector];
    /// Keep a topic below this row, or with no text the row itself
    AddChild = "add-child" in [Topics];
    /// Keep what is typed beside this row
    AddSibling = "add-sibling" in [Topics];
    /// Give the kept node another name on screen
    Alias = "alias" in [Topics, Inspector];
    /// Keep the node, or all below the branch, no longer
    RemoveNode = "remove-node" in [Topics];
    /// Select a range of rows, or end it
    SelectRange = "select-range" in [Topics, Range];
    /// Keep all topics of the range; asks for hidden ones
    KeepRange = "keep-range" in [Range];
    /// Keep the nodes of the range no longer; asks
    RemoveRange = "remove-range" in [Range];
    /// Edit an attribute of all kept nodes of the range
    EditRange = "edit-range" in [Range];
    /// Narrow the tree to what a filter lets through
    ViewFilter = "view-filter" in [Topics];
    /// Save the filter that is typed under a name
    SaveFilter = "save-filter" in [Line];
    /// Pick a saved filter
    OpenFilters = "open-filters" in [Topics, Line];
    /// Delete the saved filter
    DeleteFilter = "delete-filter" in [Filters];
    /// Show only kept nodes, or all topics again
    ToggleKeptOnly = "toggle-kept-only" in [Topics, Inspector];
    /// Pin or unpin the topic: its history is kept longest
    Pin = "pin" in [Topics, Inspector];
    /// Learn what lies below this row, or end learning
    ToggleLearn = "toggle-learn" in [Topics, Inspector, Learn];
    /// Publish to this topic
    Publish = "publish" in [Topics, Inspector];
    /// Edit the kept node's value by its type
    EditValue = "edit-value" in [Topics, Inspector];
    /// Clear the retained message, or all of a branch; asks
    ClearRetained = "clear-retained" in [Topics, Range, Inspector];
    /// Publish the defaults of kept nodes here and below; asks
    PublishDefaults = "publish-defaults" in [Topics, Range];
    /// Publish what a file holds: JSON Lines or CSV; asks
    PublishFile = "publish-file" in [Topics, Publications];
    /// Show what failed of the last batch, to publish it again
    ShowFailed = "show-failed" in [Topics, Publications];
    /// Ask a Sparkplug edge node for its births again
    AskBirths = "ask-births" in [Topics, Inspector];
    /// Ask the broker whether it keeps a message of the topic
    ProbeRetained = "probe-retained" in [Topics, Inspector];
    /// Subscribe to a further filter
    SubscribeTo = "subscribe-to" in [Topics, Inspector, Monitor];
    /// Connect or disconnect; may ask
    ToggleConnection = "toggle-connection" in [Topics, Inspector, Devices, Monitor];
    /// Copy the topic
    CopyTopic = "copy-topic" in [Topics, Inspector];
    /// Copy the payload
    CopyPayload = "copy-payload" in [Topics, Inspector, Publications];
    /// Copy: topic, payload, value, branch as JSON and more
    CopyMenu = "copy-menu" in [Topics, Range, Inspector];
    /// Export values, histories or the payload to a file
    ExportMenu = "export-menu" in [Topics, Range, Inspector];

    /// Inspect the value
    TabValue = "tab-value" in [Topics, Inspector];
    /// Inspect the history
    TabHistory = "tab-history" in [Topics, Inspector];
    /// Chart the numbers over time
    TabChart = "tab-chart" in [Topics, Inspector];
    /// Inspect the message as it came
    TabMessage = "tab-message" in [Topics, Inspector];
    /// See what is known of the kept node; again to edit it
    TabNode = "tab-node" in [Topics, Inspector];
    /// Edit the attribute of the kept node
    EditAttribute = "edit-attribute" in [Inspector];
    /// Keep the topic or parts of its JSON payload as nodes
    KeepPart = "keep-part" in [Inspector];
    /// Keep the ticked parts, or the one under the cursor
    KeepTicked = "keep-ticked" in [Parts];
    /// Read the payload by the next decoder that suits it
    NextDecoder = "next-decoder" in [Topics, Inspector];
    /// Read the payload by the decoder before
    PreviousDecoder = "previous-decoder" in [Topics, Inspector];
    /// Show the payload as it came; again to decode it
    ToggleRaw = "toggle-raw" in [Topics, Inspector];
    /// Have the value go through a jq program, or no longer
    Jq = "jq" in [Topics, Inspector];
    /// Show the past message in Value and Message; esc goes back
    OpenPast = "open-past" in [History];
    /// Mark the message to compare another with it
    MarkMessage = "mark-message" in [History];
    /// Compare with the marked message, or with the one before
    CompareMessages = "compare-messages" in [Inspector];
    /// List only messages that hold a text; >20 qos:1 r:yes
    FilterHistory = "filter-history" in [History];
    /// Hold the messages still, or follow the newest
    HoldHistory = "hold-history" in [History];
    /// Delete the message from our history
    ForgetMessage = "forget-message" in [History];
    /// Delete all past messages of the topic from it; asks
    ForgetHistory = "forget-history" in [History];
    /// Show times as local or as UTC
    ToggleUtc = "toggle-utc" in [History];
    /// Go to the inspector's next tab
    NextTab = "next-tab" in [Inspector];
    /// Go to the inspector's tab before
    PreviousTab = "previous-tab" in [Inspector];

    /// Zoom in: less time, more of it
    ZoomIn = "zoom-in" in [Chart];
    /// Zoom out
    ZoomOut = "zoom-out" in [Chart];
    /// Go back in time; the cursor, where there is one
    Earlier = "earlier" in [Chart];
    /// Go on in time, up to the present
    Later = "later" in [Chart];
    /// Show all there is, up to the present
    WholeChart = "whole-chart" in [Chart];
    /// Pause the chart, or go on to the present
    HoldChart = "hold-chart" in [Chart];
    /// Read the chart out at a cursor, or no longer
    ChartCursor = "chart-cursor" in [Chart];
    /// Measure all lines by one scale, or each by its own
    ToggleAxes = "toggle-axes" in [Chart];
    /// Have the series stay while the cursor moves on, or not
    ToggleSeries = "toggle-series" in [Chart];
    /// Chart with pinned and added series, or alone
    ToggleTogether = "toggle-together" in [Chart];
    /// Chart the payload's next number
    NextNumber = "next-number" in [Chart];

    /// Send, except from a payload of several lines
    SendLine = "send-line" in [Publish];
    /// Send from any field
    Send = "send" in [Publish, Editor, Saved];
    /// Go to the next field
    NextField = "next-field" in [Publish, Editor, DeviceForm, Repeat];
    /// Go to the field before
    PreviousField = "previous-field" in [Publish, Editor, DeviceForm, Repeat];
    /// Change the choice
    ToggleChoice = "toggle-choice" in [Publish, Editor, DeviceForm, Repeat];
    /// Change the choice back
    PreviousChoice = "previous-choice" in [Publish, Editor, DeviceForm, Repeat];
    /// Begin a new line of the payload; Enter goes on in lines
    NewLine = "new-line" in [Publish];
    /// Take the payload as text, JSON, hex or base64
    NextFormat = "next-format" in [Publish];
    /// Show or fold away MQTT 5 properties and what is rarely set
    ToggleFold = "toggle-fold" in [Publish];
    /// Edit the payload in $VISUAL or $EDITOR
    EditText = "edit-text" in [Publish];
    /// Fill the payload in from a file
    ReadFile = "read-file" in [Publish];
    /// Fill in the value received last on the topic
    FillReceived = "fill-received" in [Publish];
    /// Compare the payload with the value received last
    Compare = "compare" in [Publish];
    /// Lay the JSON out over lines, or put it into one
    Respell = "respell" in [Publish];
    /// Fill in what was sent before
    PreviousSent = "previous-sent" in [Publish, Editor];
    /// Fill in what was sent after
    NextSent = "next-sent" in [Publish, Editor];

    /// Step the number up, or go up a list
    StepUp = "step-up" in [Editor];
    /// Step the number down, or go down a list
    StepDown = "step-down" in [Editor];
    /// Go up ten steps
    LeapUp = "leap-up" in [Editor];
    /// Go down ten steps
    LeapDown = "leap-down" in [Editor];
    /// Go to the domain's least
    ToMin = "to-min" in [Editor];
    /// Go to the domain's greatest
    ToMax = "to-max" in [Editor];
    /// Send each step at once, or only by key again
    ToggleLive = "toggle-live" in [Editor];

    /// Tick the row, or take its tick away
    Tick = "tick" in [Learn, Parts];
    /// Keep the ticked rows, else the row under the cursor
    Keep = "keep" in [Learn];
    /// Keep all; asks, and says how many they are
    KeepAll = "keep-all" in [Learn];
    /// Edit the attributes before keeping
    EditCandidate = "edit-candidate" in [Learn];
    /// Choose parts of the JSON to keep
    ChooseParts = "choose-parts" in [Learn];
    /// Discard; asks. In the list of discarded: bring back
    Discard = "discard" in [Learn];
    /// Hold the rows still, or follow the activity
    HoldStill = "hold-still" in [Learn];
    /// Go to the next list: new, kept, discarded
    NextList = "next-list" in [Learn];
    /// Go to the list before
    PreviousList = "previous-list" in [Learn];
    /// Edit what is learnt: filters, excludes, cap, time
    LearnScope = "learn-scope" in [Learn];

    /// Open the device, or go to it
    OpenDevice = "open-device" in [Devices];
    /// Add a device, by a form
    AddDevice = "add-device" in [Devices];
    /// Edit the device's settings
    EditDevice = "edit-device" in [Devices];
    /// Close the device; asks while publications are in flight
    CloseDevice = "close-device" in [Devices];
    /// Save the device with its kept nodes
    SaveDevice = "save-device" in [Topics, Inspector, Learn, Devices];
    /// Copy the device under another name
    CopyDevice = "copy-device" in [Devices];
    /// Delete the device's file; asks, and keeps the old one
    DeleteDevice = "delete-device" in [Devices];
    /// Examine the connection step by step
    ExamineDevice = "examine-device" in [Devices];
    /// Examine once more
    ExamineAgain = "examine-again" in [Exam];
    /// Show only devices that hold a text
    NarrowDevices = "narrow-devices" in [Devices];
    /// Drop the subscription
    DropSubscription = "drop-subscription" in [Monitor];
    /// Ask for the subscription with another QoS or options
    EditSubscription = "edit-subscription" in [Monitor];
    /// Pause the subscription, or ask for it again
    PauseSubscription = "pause-subscription" in [Monitor];
    /// Show only lines of the log that hold a text
    NarrowLog = "narrow-log" in [Monitor];
    /// Copy the line of the log, or what the panel says
    CopyLines = "copy-lines" in [Monitor];
    /// Send it as a request, and wait for the answer
    Request = "request" in [Publish];
    /// Save what stands in the form, in the device's file
    SavePublication = "save-publication" in [Publish];
    /// Save what stands in the form, for all devices
    SaveForAll = "save-publication-for-all" in [Publish];
    /// Pick a saved publication
    OpenSaved = "open-saved" in [Topics, Inspector, Publish];
    /// Send placeholders as written, or replace them again
    TogglePlaceholders = "toggle-placeholders" in [Publish];
    /// Show only saved publications that hold a text
    NarrowSaved = "narrow-saved" in [Saved];
    /// Delete the saved publication
    DeleteSaved = "delete-saved" in [Saved];
    /// Put the publication into the form
    FillForm = "fill-form" in [Publications, Saved];
    /// Send the publication again, as a new one
    SendAgain = "send-again" in [Publications];
    /// Copy the publication as a line for a shell
    CopyLine = "copy-line" in [Publications];
    /// Save the lines of the log to a file
    SaveLog = "save-log" in [Monitor];
    /// Ping more or less often while the Monitor is open
    PingOften = "ping-often" in [Monitor];
    /// Go on to what is still asked for, or the next field
    AcceptField = "accept-field" in [DeviceForm];
    /// Go to the next group of fields
    NextSection = "next-section" in [DeviceForm];
    /// Go to the group of fields before
    PreviousSection = "previous-section" in [DeviceForm];
    /// Save the device from any field
    SaveForm = "save-form" in [DeviceForm];
    /// Test each step to the broker
    TestDevice = "test-device" in [DeviceForm];

    /// Go on: publish these, or type the count and clear them
    GoOn = "go-on" in [Bulk];
    /// Leave the retained message alone, or clear it after all
    Exclude = "exclude" in [Bulk];
    /// Leave the whole branch of the row alone, or clear it
    ExcludeBranch = "exclude-branch" in [Bulk];
    /// Clear only topics that hold a text
    NarrowSweep = "narrow-sweep" in [Bulk];
    /// Go faster
    Faster = "faster" in [Bulk];
    /// Go slower
    Slower = "slower" in [Bulk];
    /// Publish again and again: set rate, shape and end
    Repeat = "repeat" in [Topics, Inspector, Publish, Editor];
    /// Start to publish again and again
    StartRun = "start-run" in [Repeat];
    /// Stop the run under the hand
    StopRun = "stop-run" in [Publications];
    /// Take a run that ended off the list
    ForgetRun = "forget-run" in [Publications];
    /// Search with letters left out, best first, or in full again
    ToggleFuzzy = "toggle-fuzzy" in [Line];
    /// Search values as well, or topics alone
    ToggleValues = "toggle-values" in [Line];
    /// Go to the next result, or to a later filter
    NextResult = "next-result" in [Line];
    /// Go to the result before, or to an earlier filter
    PreviousResult = "previous-result" in [Line];
    /// Complete a level of the topic to go to
    CompleteLevel = "complete-level" in [Line];
    /// Take what is under the hand; its letter takes it at once
    Choose = "choose" in [Menu, Filters];
    /// Take what was typed
    Accept = "accept" in [Line];
    /// Yes, do it
    Yes = "yes" in [Question];
    /// No, leave it
    No = "no" in [Question];
    /// Save what is not saved, and then quit
    SaveFirst = "save-first" in [Question];
}
