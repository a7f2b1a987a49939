//! From a profile to a device file's text. Owns the order of keys and the least possible change: what is the
//! same stays as it stood, comments and unknown keys included, and defaults aren't written.
use super::diff::Setting;
use super::preset::base_of;
use super::{PlainPassword, secret, will};
use crate::mqtt::profile::{DEFAULT_MAX_PACKET_BYTES, PasswordSource, RetainHandling, default_expiry_s};
use crate::mqtt::url::{proxy_of, proxy_shown, url_of};
use crate::mqtt::{Filter, Preset, Profile, Qos, Secret, Subscription, Version};
use std::path::Path;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value};

/// A key below `[connection]`, and its value where it differs from the default.
struct Entry {
    path: Vec<&'static str>,
    value: Option<Value>,
}

impl Entry {
    /// What is compared: values have places in a file, texts have none.
    fn text(&self) -> Option<String> {
        self.value.as_ref().map(|value| value.to_string().trim().to_owned())
    }
}

/// The text that says `new`, made from the text that says `old`; without one, a new file.
pub(super) fn edited(
    old: Option<(&str, &Profile)>,
    new: &Profile,
    plain: PlainPassword,
) -> Result<String, toml_edit::TomlError> {
    let mut document: DocumentMut = old.map_or("", |(text, _)| text).parse()?;
    let new = &match plain {
        PlainPassword::Save => new.clone(),
        PlainPassword::LeaveOut => with_headers_of(old.map(|(_, old)| old), new),
    };
    let whole = |profile| entries(profile, PlainPassword::Save);
    let before = old.map(|(_, profile)| whole(profile));
    let after = whole(new);
    let mut is_changed = false;
    let connection = document.entry("connection").or_insert(Item::Table(Table::new()));
    for (place, entry) in entries(new, plain).into_iter().enumerate() {
        let known = before.as_ref().and_then(|before| before.get(place)).and_then(Entry::text);
        let wanted = after.get(place).and_then(Entry::text);
        // A password that must not be written leaves the one that was there.
        let is_held_back = entry.value.is_none() && wanted.is_some();
        if known != wanted
            && !is_held_back
            && let Some(table) = connection.as_table_like_mut()
        {
            is_changed = true;
            put(table, &entry.path, entry.value);
        }
    }
    let meant = base_of(new).subscriptions;
    let was_meant = old.map_or_else(|| meant.clone(), |(_, profile)| base_of(profile).subscriptions);
    let heard = old.map_or_else(|| meant.clone(), |(_, profile)| profile.subscriptions.clone());
    if heard != new.subscriptions || meant != was_meant {
        is_changed = true;
        subscriptions(&mut document, &new.subscriptions, &meant);
    }
    Ok(match old {
        // Dotted keys that stand apart would come together.
        Some((text, _)) if !is_changed => text.to_owned(),
        Some(_) | None => document.to_string(),
    })
}

/// The profile with those plain header values alone that the old file holds already, as it holds them.
fn with_headers_of(old: Option<&Profile>, new: &Profile) -> Profile {
    let mut profile = new.clone();
    let known = old.map_or(&[][..], |old| &old.ws_headers);
    let is_named = |name: &str| new.ws_headers.iter().any(|(wanted, _)| wanted == name);
    profile.ws_headers = known.iter().filter(|(name, _)| is_named(name)).cloned().collect();
    profile
}

/// Whether two profiles are the same to a file that may not hold secrets in plain text.
pub(super) fn is_same(one: &Profile, other: &Profile) -> bool {
    let texts = |profile: &Profile| -> Vec<Option<String>> {
        let profile = Profile { ws_headers: Vec::new(), ..profile.clone() };
        entries(&profile, PlainPassword::LeaveOut).iter().map(Entry::text).collect()
    };
    texts(one) == texts(other) && one.subscriptions == other.subscriptions
}

/// The connection's keys with what a file would say, for comparing.
pub(super) fn settings(profile: &Profile) -> Vec<Setting> {
    let pairs =
        entries(profile, PlainPassword::Save).into_iter().zip(entries(profile, PlainPassword::LeaveOut));
    pairs
        .map(|(whole, shown)| {
            let key = whole.path.join(".");
            let value = whole.text();
            // A command may hold a password, a query a signature.
            let is_secret = match key.as_str() {
                "password" => {
                    matches!(profile.password_source, PasswordSource::Given | PasswordSource::Command(_))
                }
                "url" => profile.address.path.contains('?'),
                "ws.headers" | "will.payload" | "will.payload_hex" => true,
                _else => shown.text() != value,
            };
            Setting { key, is_secret: is_secret && value.is_some(), value }
        })
        .collect()
}

/// A subscription's, likewise.
pub(super) fn subscription_settings(subscription: &Subscription) -> Vec<Setting> {
    let text = |value: Value| value.to_string().trim().to_owned();
    let setting = |(key, value): (&str, Option<Value>)| Setting {
        key: key.to_owned(),
        value: value.map(text),
        is_secret: false,
    };
    values(subscription).map(setting).into()
}

fn entries(profile: &Profile, plain: PlainPassword) -> Vec<Entry> {
    let base = base_of(profile);
    let is_meant = (base.version_is_fixed, base.version) == (profile.version_is_fixed, profile.version);
    let version = match (profile.version_is_fixed, profile.version) {
        (false, _) => "auto",
        (true, Version::V3) => "3.1.1",
        (true, Version::V5) => "5",
    };
    let username = profile.username.as_deref().filter(|name| base.username.as_deref() != Some(*name));
    let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(Value::from);
    let file = |path: Option<&Path>| path.map(|path| Value::from(path.to_string_lossy().as_ref()));
    let number = |is_default: bool, number: u32| (!is_default).then(|| Value::from(i64::from(number)));
    let tls = &profile.tls;
    let expiry = profile.session_expiry_s;
    let max_bytes = profile.max_packet_bytes;
    let proxy = profile.proxy.as_ref().map(|proxy| {
        let has_password = proxy.credentials.as_ref().is_some_and(|(_, secret)| !secret.expose().is_empty());
        match plain {
            PlainPassword::LeaveOut if has_password => proxy_shown(proxy),
            PlainPassword::LeaveOut | PlainPassword::Save => proxy_of(proxy),
        }
    });
    let mut entries: Vec<Entry> = [
        (&["url"][..], Some(url_of(&profile.address, None).into())),
        (&["preset"], text(profile.preset.map(Preset::key))),
        (&["mqtt_version"], text((!is_meant).then_some(version))),
        (&["client_id"], text(Some(&profile.client_id))),
        (&["username"], text(username)),
        (&["password"], password(profile, plain)),
        (&["keep_alive_s"], number(profile.keep_alive_s == base.keep_alive_s, profile.keep_alive_s.into())),
        (&["clean_start"], (!profile.clean_start).then(|| false.into())),
        (&["session_expiry_s"], number(expiry == default_expiry_s(profile.clean_start), expiry)),
        (&["receive_maximum"], number(profile.receive_maximum == u16::MAX, profile.receive_maximum.into())),
        (&["max_packet_bytes"], number(max_bytes == DEFAULT_MAX_PACKET_BYTES, max_bytes)),
        (&["excludes"], excludes(&profile.excludes)),
        (&["proxy"], text(proxy.as_deref())),
        (&["proxy_password"], secret::written(&profile.proxy_password_source).map(Value::from)),
        (&["tls", "ca"], file(tls.ca_file.as_deref())),
        (&["tls", "cert"], file(tls.cert_file.as_deref())),
        (&["tls", "key"], file(tls.key_file.as_deref())),
        (&["tls", "alpn"], (tls.alpn != base.tls.alpn).then(|| tls.alpn.iter().collect::<Array>().into())),
        (&["tls", "server_name"], text(tls.server_name.as_deref())),
        (&["tls", "insecure"], tls.insecure.then(|| true.into())),
        (&["ws", "headers"], headers(profile)),
    ]
    .into_iter()
    .map(|(path, value)| Entry { path: path.to_vec(), value })
    .collect();
    let of_will = will::KEYS.iter().zip(will::values(profile.will.as_ref()));
    entries.extend(of_will.map(|(key, value)| Entry { path: vec!["will", key], value }));
    entries
}

fn password(profile: &Profile, plain: PlainPassword) -> Option<Value> {
    let in_plain = || match plain {
        PlainPassword::LeaveOut => None,
        PlainPassword::Save => Some(InlineTable::from_iter([("plain", exposed(profile.password.as_ref()?))])),
    };
    secret::written(&profile.password_source).or_else(in_plain).map(Value::from)
}

/// Those that stand there, then those that are made.
fn headers(profile: &Profile) -> Option<Value> {
    let mut table = InlineTable::new();
    for (name, value) in &profile.ws_headers {
        table.insert(name, exposed(value).into());
    }
    for (name, source) in &profile.ws_headers_made {
        if let Some(made) = secret::written(source) {
            table.insert(name, made.into());
        }
    }
    (!table.is_empty()).then(|| table.into())
}

/// For the file alone, which nobody else can read.
fn exposed(secret: &Secret) -> String {
    String::from_utf8_lossy(secret.expose()).into_owned()
}

/// Sets or removes one key, making the dotted tables above it (`tls.ca = …`) where they are missing.
pub(super) fn put(table: &mut dyn TableLike, path: &[&str], value: Option<Value>) {
    match (path, value) {
        ([], _) => {}
        ([key], None) => {
            table.remove(key);
        }
        ([key], Some(value)) => match table.get_mut(key).and_then(Item::as_value_mut) {
            Some(old) => {
                // The comment behind the old value stays.
                let decor = old.decor().clone();
                *old = value;
                *old.decor_mut() = decor;
            }
            None => {
                table.insert(key, Item::Value(value));
            }
        },
        ([key, rest @ ..], value) => {
            if !table.contains_key(key) {
                if value.is_none() {
                    return;
                }
                let mut dotted = Table::new();
                dotted.set_dotted(true);
                table.insert(key, Item::Table(dotted));
            }
            if let Some(inner) = table.get_mut(key).and_then(Item::as_table_like_mut) {
                put(inner, rest, value);
                if inner.is_empty() {
                    table.remove(key);
                }
            }
        }
    }
}

fn excludes(excludes: &[Filter]) -> Option<Value> {
    (!excludes.is_empty()).then(|| excludes.iter().map(Filter::as_str).collect::<Array>().into())
}

/// Puts the subscriptions in order, each with the block that it had; those meant anyhow need none.
fn subscriptions(document: &mut DocumentMut, new: &[Subscription], meant: &[Subscription]) {
    if new == meant {
        document.remove("subscription");
        return;
    }
    let old = document.remove("subscription").map(Item::into_array_of_tables);
    let old: Vec<Table> = match old {
        Some(Ok(tables)) => tables.into_iter().collect(),
        Some(Err(_)) | None => Vec::new(),
    };
    let filter_of = |table: &Table| table.get("filter").and_then(Item::as_str).map(str::to_owned);
    let mut tables = ArrayOfTables::new();
    for subscription in new {
        let known =
            old.iter().find(|table| filter_of(table).as_deref() == Some(subscription.filter.as_str()));
        let mut table = known.cloned().unwrap_or_default();
        for (key, value) in values(subscription) {
            let shown = |value: Option<&Value>| value.map(|value| value.to_string().trim().to_owned());
            let is_same = shown(table.get(key).and_then(Item::as_value)) == shown(value.as_ref());
            if !is_same {
                put(&mut table, &[key], value);
            }
        }
        tables.push(table);
    }
    document.insert("subscription", Item::ArrayOfTables(tables));
}

fn values(subscription: &Subscription) -> [(&'static str, Option<Value>); 5] {
    let Subscription { filter, qos, no_local, retain_as_published, retain_handling } = subscription;
    let handling = match retain_handling {
        RetainHandling::Always => None,
        RetainHandling::IfNew => Some("if-new"),
        RetainHandling::Never => Some("never"),
    };
    [
        ("filter", Some(filter.as_str().into())),
        ("qos", (*qos != Qos::AtMostOnce).then(|| i64::from(qos.bits()).into())),
        ("no_local", no_local.then(|| true.into())),
        ("retain_as_published", (!retain_as_published).then(|| false.into())),
        ("retain_handling", handling.map(Value::from)),
    ]
}
