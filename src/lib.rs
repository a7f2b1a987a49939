//! mqttscope: a terminal device explorer for MQTT. The layers, lowest first; imports go only downward.

// Layer 0: the vocabulary.
pub mod mqtt;
pub mod random;
pub mod time;
pub mod warning;

// Layer 1: leaves; never each other.
pub mod command;
pub mod decode;
pub mod session;
pub mod store;
pub mod theme;
pub mod wire;

// Layer 2.
pub mod device;
pub mod keymap;
pub mod sift;

// Layer 3: the pure middle.
pub mod model;

// Layer 4: adapters; never each other.
pub mod broker;
pub mod config;
pub mod demo;
pub mod discover;
pub mod terminal;
pub mod view;

// Layer 5 and 6: the loop, and the way in.
pub mod cli;
pub mod headless;
pub mod runtime;
