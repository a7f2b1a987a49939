//! What mqttscope does without a screen. Owns the doctor; asks no clock and prints nothing itself.
pub mod doctor;
