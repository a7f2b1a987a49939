//! What does not go together, though each field is fine by itself, and what the preset's broker does not take.
//! Owns those rules' words; reads no text.
use super::field::{Field, Section};
use super::read::Reading;
use super::state::{NO_PASSWORD, State};
use crate::mqtt::entry::parse_subscription;
use crate::mqtt::preset::Limits;
use crate::mqtt::profile::default_expiry_s;
use crate::mqtt::{Profile, Qos};

/// Keep-alives that notice a loss in time and cost nothing, in seconds.
const WISE_KEEP_ALIVE_S: std::ops::RangeInclusive<u16> = 60..=300;

/// Looks at the profile that the fields make.
pub fn check(reading: &mut Reading<'_>, profile: &Profile, taken: &[String]) {
    if taken.contains(&profile.name) {
        let name = &profile.name;
        reading.fault(Field::Name, format!("there is a device {name:?} already; choose another name"));
    }
    session(reading, profile);
    credentials(reading, profile);
    tls(reading, profile);
    if let Some(preset) = profile.preset {
        limits(reading, profile, &preset.limits());
    }
    asked(reading);
}

fn session(reading: &mut Reading<'_>, profile: &Profile) {
    if !profile.clean_start && profile.client_id.is_empty() {
        let words = "clean start is off, so the broker keeps the session by the client id; type one";
        reading.fault(Field::ClientId, words);
    }
    if reading.state.is_v3() && profile.session_expiry_s != default_expiry_s(profile.clean_start) {
        let words = "MQTT 3.1.1 knows no session expiry, the broker decides; MQTT 5 has one";
        reading.advise(Field::SessionExpiry, words);
    } else if !reading.state.is_v3() && !profile.clean_start && profile.session_expiry_s == 0 {
        let words = "0 s: the broker forgets the session when the connection ends; 3600 keeps it for an hour";
        reading.advise(Field::SessionExpiry, words);
    }
    match profile.keep_alive_s {
        0 => reading.advise(Field::KeepAlive, "0: a link that has gone silent is not noticed"),
        seconds if !WISE_KEEP_ALIVE_S.contains(&seconds) => {
            let words =
                if seconds < *WISE_KEEP_ALIVE_S.start() { "costs traffic" } else { "notices a loss late" };
            reading.advise(Field::KeepAlive, format!("{seconds} s {words}; 60 to 300 s suits most"));
        }
        _wise => {}
    }
}

fn credentials(reading: &mut Reading<'_>, profile: &Profile) {
    let has_password = reading.state.pick(Field::PasswordSource) != NO_PASSWORD;
    if reading.state.is_v3() && has_password && profile.username.is_none() {
        let words = "MQTT 3.1.1 sends no password without a user name; type one";
        reading.fault(Field::Username, words);
    }
    if reading.state.is_yes(Field::Saving) {
        reading.advise(Field::Saving, "whoever can read the device file can read the password");
    }
}

fn tls(reading: &mut Reading<'_>, profile: &Profile) {
    let tls = &profile.tls;
    match (&tls.cert_file, &tls.key_file) {
        (Some(_), None) => {
            reading
                .advise(Field::KeyFile, "without a key file the certificate's file must hold the key, too");
        }
        (None, Some(_)) => {
            reading.fault(
                Field::CertFile,
                "there is a key without its certificate; type the certificate's file",
            );
        }
        (None, None) | (Some(_), Some(_)) => {}
    }
    if tls.insecure {
        let words = "certificates are not checked: whoever is on the way can read and change everything";
        reading.advise(Field::Insecure, words);
        if tls.ca_file.is_some() {
            reading.fault(Field::CaFile, "a CA file has no use while insecure is on; switch insecure off");
        }
    }
}

/// What the preset's broker does not take.
fn limits(reading: &mut Reading<'_>, profile: &Profile, limits: &Limits) {
    let Some(preset) = limits.preset else { return };
    let name = preset.name();
    if !preset.transports().contains(&profile.address.transport) {
        let usual: Vec<&str> = preset.transports().iter().map(|transport| transport.scheme()).collect();
        let words = format!(
            "{name} does not take {}; choose {}",
            profile.address.transport.scheme(),
            usual.join(" or ")
        );
        reading.fault(Field::Transport, words);
    }
    if let Some(version) = limits.version
        && (profile.version != version || !profile.version_is_fixed)
    {
        reading.fault(Field::Version, format!("{name} speaks {version} alone; choose that"));
    }
    if let Some(range) = limits.keep_alive_s.as_ref().filter(|range| !range.contains(&profile.keep_alive_s)) {
        let (least, most, seconds) = (range.start(), range.end(), profile.keep_alive_s);
        let words = format!("{name} takes a keep-alive of {least} to {most} s; {seconds} is outside");
        reading.fault(Field::KeepAlive, words);
    }
    if let Some(will) = &profile.will {
        let most = limits.max_qos.unwrap_or(Qos::ExactlyOnce);
        if !limits.will {
            reading.fault(Field::WillTopic, format!("{name} takes no last will; empty its topic"));
        } else if will.qos > most {
            let words = format!("{name} takes QoS {most} at most; QoS {} would end the connection", will.qos);
            reading.fault(Field::WillQos, words);
        } else if will.retain && !limits.retain {
            reading.fault(Field::WillRetain, format!("{name} keeps no retained messages; choose no"));
        } else if let Err(words) = limits.check_will(profile) {
            reading.fault(Field::WillTopic, words);
        }
    }
    let rows: Vec<Field> = reading.state.rows(Section::Subscriptions).collect();
    for row in rows {
        let Ok(subscription) = parse_subscription(reading.state.text(row)) else { continue };
        if subscription.filter.as_str() == "#" && !limits.all_topics {
            let words = format!("{name} has fixed topics and takes no \"#\"; type one of them");
            reading.fault(row, words);
        } else if let Err(words) = limits.check_subscription(&subscription) {
            reading.fault(row, words);
        } else if let (lower, true) = limits.lower(subscription) {
            reading.advise(row, format!("{name} takes QoS {0} at most; {0} is asked for instead", lower.qos));
        }
    }
}

/// What the preset's broker wants and nobody typed yet.
fn asked(reading: &mut Reading<'_>) {
    let Some(preset) = reading.state.preset() else { return };
    for field in missing(reading.state) {
        let is_told = reading.remarks.iter().any(|remark| remark.field == field);
        if !is_told {
            reading.advise(field, format!("{} asks for this", preset.name()));
        }
    }
}

/// The fields that the preset asks for and that are empty, in the order of the form.
pub fn missing(state: &State) -> Vec<Field> {
    let Some(preset) = state.preset() else { return Vec::new() };
    let asked: Vec<Field> = preset.asks().iter().map(|ask| Field::of_ask(*ask)).collect();
    let is_missing = |field: &Field| {
        let is_asked =
            asked.contains(field) || *field == Field::PasswordCommand && asked.contains(&Field::Password);
        is_asked && state.applies(*field) && state.word(*field).is_empty()
    };
    state.shown().into_iter().filter(is_missing).collect()
}
