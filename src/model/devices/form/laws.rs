//! A profile survives the form: what goes in comes out the same.
use super::*;
use crate::mqtt::preset::Preset;
use crate::mqtt::profile::{PasswordSource, Proxy, RetainHandling, TlsSettings, Will};
use crate::mqtt::{Filter, Payload, PublishProperties, Qos, Secret, Subscription, Topic, Version};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn secret(pattern: &'static str) -> impl Strategy<Value = Secret> {
    pattern.prop_map(|text| Secret::new(text.into_bytes()))
}

fn address() -> impl Strategy<Value = Address> {
    let host = prop_oneof!["[a-z][a-z0-9.-]{0,20}", Just("::1".to_owned()), Just("192.0.2.1".to_owned())];
    (0..Transport::ALL.len(), host, 1_u16.., "/[a-z0-9/?=]{1,20}").prop_map(|(place, host, port, path)| {
        let transport = Transport::ALL[place];
        match transport {
            Transport::Unix => Address { transport, host: String::new(), port: 0, path },
            Transport::Tcp | Transport::Tls => Address { transport, host, port, path: String::new() },
            Transport::WebSocket | Transport::SecureWebSocket => Address { transport, host, port, path },
        }
    })
}

fn password() -> impl Strategy<Value = (PasswordSource, Option<Secret>)> {
    prop_oneof![
        Just((PasswordSource::Given, None)),
        secret("\\PC{1,20}").prop_map(|secret| (PasswordSource::Given, Some(secret))),
        "[A-Z_]{1,10}".prop_map(|name| (PasswordSource::Variable(name), None)),
        "[a-z /]{0,10}x".prop_map(|path| (PasswordSource::File(path.into()), None)),
        "[a-z |-]{0,10}x".prop_map(|line| (PasswordSource::Command(line), None)),
    ]
}

fn tls() -> impl Strategy<Value = TlsSettings> {
    let path = || option::of("[a-z/. ]{1,12}".prop_map(Into::into));
    let alpn = vec("[a-z0-9/.-]{1,10}", 0..3);
    (path(), path(), path(), alpn, option::of("[a-z.]{1,10}"), any::<bool>()).prop_map(
        |(ca_file, cert_file, key_file, alpn, server_name, insecure)| TlsSettings {
            ca_file: ca_file.filter(|_| !insecure),
            key_file: key_file.filter(|_| cert_file.is_some()),
            cert_file,
            alpn,
            server_name,
            insecure,
        },
    )
}

fn will() -> impl Strategy<Value = Will> {
    (
        "[a-z/ ]{1,10}",
        vec(any::<u8>(), 0..8),
        0..3_usize,
        any::<bool>(),
        any::<u32>(),
        option::of(any::<u32>()),
    )
        .prop_map(|(topic, payload, qos, retain, delay_s, message_expiry_s)| Will {
            topic: Topic::parse(&topic).unwrap(),
            payload: Payload::from(payload),
            qos: Qos::ALL[qos],
            retain,
            delay_s,
            properties: PublishProperties { message_expiry_s, ..PublishProperties::default() },
        })
}

fn subscription() -> impl Strategy<Value = Subscription> {
    let handling =
        prop_oneof![Just(RetainHandling::Always), Just(RetainHandling::IfNew), Just(RetainHandling::Never)];
    let filter = "[a-z0-2 ]{1,3}(/[a-z0-2 ]{0,3}|/\\+){0,3}(/#)?";
    (filter, 0..3_usize, any::<bool>(), any::<bool>(), handling)
        .prop_filter("a row is more than blanks", |(filter, ..)| !filter.trim().is_empty())
        .prop_map(|(filter, qos, no_local, retain_as_published, retain_handling)| Subscription {
            filter: Filter::parse(&filter).unwrap(),
            qos: Qos::ALL[qos],
            no_local,
            retain_as_published,
            retain_handling,
        })
}

fn subscriptions() -> impl Strategy<Value = Vec<Subscription>> {
    vec(subscription(), 1..4).prop_map(|mut all| {
        let mut seen = std::collections::HashSet::new();
        all.retain(|one| seen.insert(one.filter.clone()));
        all
    })
}

fn headers() -> impl Strategy<Value = Vec<(String, Secret)>> {
    let value = secret("([!-~]([ -~]{0,10}[!-~])?)?");
    proptest::collection::btree_map("[A-Za-z-]{1,8}", value, 0..3).prop_map(|map| map.into_iter().collect())
}

fn proxy() -> impl Strategy<Value = Proxy> {
    let credentials = option::of(("[a-z@:/%]{1,6}", secret("\\PC{0,6}")));
    ("[a-z][a-z.]{0,8}", 1_u16.., credentials).prop_map(|(host, port, credentials)| Proxy {
        host,
        port,
        credentials,
    })
}

fn excludes() -> impl Strategy<Value = Vec<Filter>> {
    let filters = proptest::collection::btree_set("[!a-z+](/[a-z ]{1,4}|/\\+){0,2}(/#)?", 0..3);
    filters.prop_map(|all| all.iter().filter_map(|text| Filter::parse(text).ok()).collect())
}

prop_compose! {
    fn profile()(
        address in address(),
        (version, version_is_fixed) in (prop_oneof![Just(Version::V3), Just(Version::V5)], any::<bool>()),
        client_id in "\\PC{0,12}",
        username in "\\PC{1,12}",
        (password_source, password) in password(),
        (tls, ws_headers, proxy) in (tls(), headers(), option::of(proxy())),
        numbers in (any::<u16>(), any::<u32>(), 1_u16.., 1_000_u32..=268_435_460),
        clean_start in any::<bool>(),
        will in option::of(will()),
        (subscriptions, excludes) in (subscriptions(), excludes()),
    ) -> Profile {
        let proxy = proxy.filter(|_| address.transport != Transport::Unix);
        Profile {
            name: "plant".into(),
            preset: None,
            version,
            version_is_fixed,
            clean_start: clean_start || client_id.is_empty(),
            client_id,
            username: Some(username),
            password,
            password_source,
            tls,
            ws_headers,
            ws_headers_made: vec![("X-Made".into(), PasswordSource::Variable("TOKEN".into()))],
            proxy_password_source: PasswordSource::Command("pass proxy".into()),
            proxy,
            keep_alive_s: numbers.0,
            session_expiry_s: numbers.1,
            receive_maximum: numbers.2,
            max_packet_bytes: numbers.3,
            will,
            subscriptions,
            excludes,
            address,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_profile_goes_through_the_form_unchanged(profile in profile()) {
        let form = DeviceForm::of("plant", &profile);
        prop_assert!(!form.changed());
        let saved = form.profile();
        prop_assert_eq!(saved.map(|saved| saved.profile), Ok(profile));
    }

    #[test]
    fn walking_through_every_field_changes_nothing(profile in profile()) {
        let mut form = DeviceForm::of("plant", &profile);
        for _ in 0..45 {
            form.command(Command::NextField);
            prop_assert!(form.fields(form.focus.section()).contains(&form.focus));
        }
        prop_assert!(!form.changed());
    }

    #[test]
    fn no_text_makes_the_form_panic(texts in vec((0..40_usize, "\\PC{0,20}"), 0..8), preset in 0..Preset::ALL.len()) {
        let mut form = DeviceForm::new(Some(Preset::ALL[preset]));
        for (steps, text) in texts {
            for _ in 0..steps {
                form.command(Command::NextField);
            }
            form.command(Command::ToggleChoice);
            form.paste(&text);
            if let Ok(saved) = form.profile() {
                let again = DeviceForm::of(&saved.name, &saved.profile).profile();
                prop_assert_eq!(again.map(|again| again.profile), Ok(saved.profile));
            }
        }
    }
}
