//! What mqttscope does without a screen. Owns the doctor, learning and checking; asks no clock and prints nothing
//! itself.
pub mod check;
pub mod doctor;
pub mod learn;
pub mod lines;
pub mod listen;

use crate::mqtt::Profile;

/// Makes a profile one that does not disturb the device it is of: the session that the device keeps on its broker
/// is not touched, and nothing announces its death.
fn step_aside(profile: &mut Profile, suffix: &str) {
    // Were we to fall, the broker would announce the death of a device that lives.
    profile.will = None;
    if !profile.clean_start {
        profile.client_id.push_str(suffix);
        (profile.clean_start, profile.session_expiry_s) = (true, 0);
    }
}
