//! From a device file's text to a profile. Owns the keys of `[connection]` and `[[subscription]]`, what they
//! mean and what is wrong with their values; opens no file.
use super::node::Nodes;
use super::raw::{Is, of_toml};
use super::secret::{self, Said};
use super::table::{Reader, Value};
use super::{decoder, filter, preset};
use crate::device::Rule;
use crate::mqtt::address::parse_url;
use crate::mqtt::profile::{
    LEAST_MAX_PACKET_BYTES, MAX_EXCLUDES, PROTOCOL_MAX_PACKET_BYTES, PasswordSource, RetainHandling,
    TlsSettings, default_expiry_s, too_many_excludes,
};
use crate::mqtt::url::parse_proxy;
use crate::mqtt::{Address, Filter, Profile, Qos, Subscription, Version};
use crate::sift::named::Named;
use toml::de::DeTable;

pub(super) const TOP: &[&str] = &["connection", "subscription", "decoder", "filter", "publication", "node"];
pub(super) const CONNECTION: &[&str] = &[
    "url",
    "preset",
    "mqtt_version",
    "client_id",
    "username",
    "password",
    "keep_alive_s",
    "clean_start",
    "session_expiry_s",
    "receive_maximum",
    "max_packet_bytes",
    "excludes",
    "proxy",
    "proxy_password",
    "tls",
    "ws",
    "will",
];
pub(super) const TLS: &[&str] = &["ca", "cert", "key", "alpn", "server_name", "insecure"];
pub(super) const WS: &[&str] = &["headers"];
pub(super) const SUBSCRIPTION: &[&str] =
    &["filter", "qos", "no_local", "retain_as_published", "retain_handling"];

/// What a device file says beside its profile and its nodes.
#[derive(Debug, Default)]
pub(super) struct Besides {
    pub rules: Vec<Rule>,
    pub filters: Vec<Named>,
}

/// Reads a device file. The profile is whole only when the reader has no faults; its client id is empty where
/// the file gives none.
pub(super) fn read(reader: &mut Reader<'_>, name: &str, nodes: &mut Nodes, besides: &mut Besides) -> Profile {
    let mut profile = Profile::new(name, Address::tcp(String::new(), 0), String::new());
    profile.version_is_fixed = false;
    let mut has_connection = false;
    for (key, value) in reader.top() {
        match key.get_ref().as_ref() {
            "connection" => {
                has_connection = true;
                if let Some(table) = reader.table("connection", value) {
                    connection(reader, table, &mut profile);
                }
            }
            "subscription" => {
                for value in reader.array("subscription", value, "tables, each headed [[subscription]]") {
                    profile.subscriptions.extend(subscription(reader, value));
                }
            }
            "decoder" => besides.rules = decoder::read(reader, value),
            "filter" => besides.filters = filter::read(reader, value),
            // Read when they are asked for: a broken one must not keep anybody from a broker.
            "publication" => {}
            // Those in blocks of their own are read apart from the rest.
            "node" => {
                nodes.is_any = true;
                for value in reader.array("node", value, "tables, each headed [[node]]") {
                    let raw = of_toml(value, 0);
                    match raw.is {
                        Is::Table(entries) => nodes.add(reader, raw.at, &entries),
                        Is::Text(_) | Is::Int(_) | Is::Float(_) | Is::Flag(_) | Is::List(_) | Is::Date => {
                            reader.fault(raw.at, "a node must be a table, headed [[node]]");
                        }
                    }
                }
            }
            _unknown => reader.unknown(&key, "a device file", TOP),
        }
    }
    if !has_connection && reader.faults.is_empty() {
        reader.fault(0, "there is no [connection]; give it one with url = \"mqtt://host\"");
    }
    if profile.subscriptions.is_empty() {
        profile.subscriptions = preset::base_of(&profile).subscriptions;
    }
    profile
}

/// What is heard when a file names nothing: everything, at QoS 0.
pub(in crate::config) fn default_subscriptions() -> Vec<Subscription> {
    Filter::parse("#").map(|all| Subscription::new(all, Qos::AtMostOnce)).into_iter().collect()
}

fn connection(reader: &mut Reader<'_>, table: DeTable<'_>, profile: &mut Profile) {
    let mut expiry = None;
    let (mut url_user, mut has_url, mut kept_at) = (None, false, None);
    let (mut url_password, mut of_proxy, mut preset_at) = (None, None, 0);
    preset::begin(reader, &table, profile);
    for (key, value) in table {
        let (name, at) = (key.get_ref().as_ref(), value.span().start);
        match name {
            "url" => {
                has_url = true;
                let parsed = reader.text(name, &value).map(|text| parse_url(&text));
                match parsed {
                    Some(Ok(parsed)) => {
                        profile.address = parsed.address;
                        (url_user, url_password) = (parsed.username, parsed.password);
                        if url_password.is_some() {
                            reader.warn(
                                at,
                                "the url holds a password in plain text; password = { env = \"…\" } keeps it out",
                            );
                        }
                    }
                    Some(Err(error)) => reader.fault(at, error.to_string()),
                    None => reader.fault(at, "the url is empty; write \"mqtt://host\""),
                }
            }
            // Read already.
            "preset" => preset_at = at,
            "mqtt_version" => version(reader, &value, profile),
            "client_id" => profile.client_id = reader.text(name, &value).unwrap_or_default(),
            "username" => profile.username = reader.text(name, &value),
            "password" => match secret::password(reader, name, value) {
                Some(Said::Plain(password)) => profile.password = Some(password),
                Some(Said::From(source)) => profile.password_source = source,
                None => {}
            },
            "excludes" => profile.excludes = excludes(reader, name, value),
            "keep_alive_s" => set(&mut profile.keep_alive_s, reader.small(name, &value, 0)),
            "clean_start" => {
                set(&mut profile.clean_start, reader.flag(name, &value));
                kept_at = (!profile.clean_start).then_some(at);
            }
            "session_expiry_s" => expiry = reader.number(name, &value, 0, u32::MAX),
            "receive_maximum" => set(&mut profile.receive_maximum, reader.small(name, &value, 1)),
            "max_packet_bytes" => {
                let bytes = reader.number(name, &value, LEAST_MAX_PACKET_BYTES, PROTOCOL_MAX_PACKET_BYTES);
                set(&mut profile.max_packet_bytes, bytes);
            }
            "proxy" => {
                if let Some(text) = reader.text(name, &value) {
                    match parse_proxy(&text) {
                        Ok(proxy) => profile.proxy = Some(proxy),
                        Err(words) => reader.fault(at, words),
                    }
                }
            }
            "proxy_password" => {
                of_proxy = secret::password(reader, name, value).map(|said| (at, said));
            }
            "tls" => {
                if let Some(table) = reader.table(name, value) {
                    profile.tls = tls(reader, table, std::mem::take(&mut profile.tls));
                }
            }
            "ws" => {
                if let Some(table) = reader.table(name, value) {
                    ws(reader, table, profile);
                }
            }
            "will" => {
                if let Some(table) = reader.table(name, value) {
                    profile.will = super::will::read(reader, at, table);
                }
            }
            _unknown => reader.unknown(&key, "[connection]", CONNECTION),
        }
    }
    if !has_url {
        reader.fault(0, "[connection] has no url; write url = \"mqtt://host\"");
    }
    if let Some((at, said)) = of_proxy {
        proxy_password(reader, at, said, profile);
    }
    profile.username = profile.username.take().or(url_user).or_else(|| preset::base_of(profile).username);
    if profile.password_source == PasswordSource::Given && profile.password.is_none() {
        profile.password = url_password;
    }
    if let (Some(at), true) = (kept_at, profile.client_id.is_empty()) {
        reader
            .fault(at, "clean_start = false needs a client_id: the broker keeps the session under that name");
    }
    profile.session_expiry_s = expiry.unwrap_or(default_expiry_s(profile.clean_start));
    preset::check(reader, preset_at, profile);
}

/// Takes what was read; what was wrong leaves the default, and a fault behind.
fn set<T>(place: &mut T, read: Option<T>) {
    if let Some(value) = read {
        *place = value;
    }
}

fn version(reader: &mut Reader<'_>, value: &Value<'_>, profile: &mut Profile) {
    (profile.version, profile.version_is_fixed) = match value.get_ref().as_str() {
        Some("auto") => (Version::V5, false),
        Some("5" | "5.0") => (Version::V5, true),
        Some("3" | "3.1.1") => (Version::V3, true),
        Some(_) | None => {
            reader.fault(value.span().start, "mqtt_version must be \"auto\", \"5\" or \"3.1.1\"");
            return;
        }
    };
}

/// Filters of what is dropped before anything sees it.
fn excludes(reader: &mut Reader<'_>, name: &str, value: Value<'_>) -> Vec<Filter> {
    let (mut excludes, at) = (Vec::new(), value.span().start);
    for value in reader.array(name, value, "a list of filters such as [\"plant/debug/#\"]") {
        let at = value.span().start;
        match reader.text(name, &value).map(|text| Filter::parse(&text)) {
            Some(Ok(filter)) if excludes.contains(&filter) => {
                reader.warn(at, format!("{name} has {:?} twice; one will do", filter.as_str()));
            }
            Some(Ok(filter)) => excludes.push(filter),
            Some(Err(error)) => reader.fault(at, error.to_string()),
            None => {}
        }
    }
    if excludes.len() > MAX_EXCLUDES {
        reader.fault(at, too_many_excludes(excludes.len()));
    }
    excludes
}

fn tls(reader: &mut Reader<'_>, table: DeTable<'_>, mut tls: TlsSettings) -> TlsSettings {
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        match name {
            "ca" => tls.ca_file = reader.path(name, &value),
            "cert" => tls.cert_file = reader.path(name, &value),
            "key" => tls.key_file = reader.path(name, &value),
            "alpn" => {
                let protocols = reader.array(name, value, "a list such as [\"mqtt\"]");
                tls.alpn = protocols.iter().filter_map(|value| reader.text(name, value)).collect();
            }
            "server_name" => tls.server_name = reader.text(name, &value),
            "insecure" => tls.insecure = reader.flag(name, &value).unwrap_or_default(),
            _unknown => reader.unknown(&key, "tls", TLS),
        }
    }
    tls
}

fn ws(reader: &mut Reader<'_>, table: DeTable<'_>, profile: &mut Profile) {
    for (key, value) in table {
        if key.get_ref().as_ref() != "headers" {
            reader.unknown(&key, "ws", WS);
            continue;
        }
        for (name, value) in reader.table("ws.headers", value).unwrap_or_default() {
            let name = name.into_inner().into_owned();
            match secret::header(reader, &name, value) {
                Some(Said::Plain(value)) => profile.ws_headers.push((name, value)),
                Some(Said::From(source)) => profile.ws_headers_made.push((name, source)),
                None => {}
            }
        }
    }
}

/// The proxy's password goes with the user name of its URL.
fn proxy_password(reader: &mut Reader<'_>, at: usize, said: Said, profile: &mut Profile) {
    let credentials = profile.proxy.as_mut().and_then(|proxy| proxy.credentials.as_mut());
    let Some((_, given)) = credentials else {
        return reader
            .fault(at, "proxy_password needs a proxy with a user name: proxy = \"http://user@host:port\"");
    };
    if !given.expose().is_empty() {
        return reader.fault(at, "the proxy's URL holds a password already; take one of the two out");
    }
    match said {
        Said::Plain(password) => *given = password,
        Said::From(source) => profile.proxy_password_source = source,
    }
}

fn subscription(reader: &mut Reader<'_>, value: Value<'_>) -> Option<Subscription> {
    let at = value.span().start;
    let table = reader.table("subscription", value)?;
    let mut read = None;
    let all = Filter::parse("#").ok()?;
    let mut subscription = Subscription::new(all, Qos::AtMostOnce);
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        match name {
            "filter" => match value.get_ref().as_str().map(Filter::parse) {
                Some(Ok(filter)) => read = Some(filter),
                Some(Err(error)) => {
                    reader.fault(value.span().start, error.to_string());
                    return None;
                }
                None => {
                    reader.text(name, &value);
                    return None;
                }
            },
            "qos" => set(&mut subscription.qos, qos(reader, name, &value)),
            "no_local" => set(&mut subscription.no_local, reader.flag(name, &value)),
            "retain_as_published" => {
                set(&mut subscription.retain_as_published, reader.flag(name, &value));
            }
            "retain_handling" => match value.get_ref().as_str() {
                Some("always") => subscription.retain_handling = RetainHandling::Always,
                Some("if-new") => subscription.retain_handling = RetainHandling::IfNew,
                Some("never") => subscription.retain_handling = RetainHandling::Never,
                Some(_) | None => reader
                    .fault(value.span().start, "retain_handling must be \"always\", \"if-new\" or \"never\""),
            },
            _unknown => reader.unknown(&key, "[[subscription]]", SUBSCRIPTION),
        }
    }
    let Some(filter) = read else {
        reader.fault(at, "this [[subscription]] has no filter; write filter = \"sensors/#\"");
        return None;
    };
    subscription.filter = filter;
    Some(subscription)
}

pub(super) fn qos(reader: &mut Reader<'_>, key: &str, value: &Value<'_>) -> Option<Qos> {
    let bits = reader.number(key, value, 0, 2)?;
    u8::try_from(bits).ok().and_then(Qos::from_bits)
}
