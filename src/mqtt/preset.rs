//! Brokers that many people use, by name. Owns what each takes, what is filled in for it and what is left to ask;
//! saves nothing and connects to nobody.
//!
//! The figures are the vendors' own, each with the title of the page that gives it. What a vendor grants on request
//! or by contract is taken at its default.
mod limits;

pub use limits::Limits;

use super::address::{Address, Transport};
use super::filter::Filter;
use super::profile::{Profile, Subscription, Version};
use super::words::Qos;

/// What AWS wants to hear by ALPN from a client with a certificate on port 443 ("Device communication protocols").
pub const AWS_ALPN: &str = "x-amzn-mqtt-ca";
/// The port that AWS and others share with HTTPS.
const HTTPS_PORT: u16 = 443;
/// Where Azure IoT Hub speaks WebSocket ("Communicate with an IoT hub using the MQTT protocol").
const AZURE_PATH: &str = "/$iothub/websocket";
/// The version of Azure IoT Hub's interface, which its user names end with.
const AZURE_API: &str = "2021-04-12";

/// A broker that many people use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Preset {
    /// A broker on this machine.
    Local,
    /// The Mosquitto add-on of Home Assistant.
    HomeAssistant,
    /// AWS IoT Core.
    AwsIotCore,
    /// Azure IoT Hub.
    AzureIotHub,
    /// HiveMQ Cloud.
    HiveMqCloud,
    /// EMQX Cloud.
    EmqxCloud,
    /// Google Cloud IoT Core, for the brokers that took over its scheme.
    GoogleIotCore,
}

/// What a preset can't know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// The broker's name or address.
    Host,
    /// The client id, which the broker knows already.
    ClientId,
    /// The user name.
    Username,
    /// The password, or the command that makes one.
    Password,
    /// The file of our certificate.
    Certificate,
    /// The file of its key.
    Key,
}

impl Ask {
    /// The word for it on screen.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::ClientId => "client id",
            Self::Username => "user name",
            Self::Password => "password",
            Self::Certificate => "certificate",
            Self::Key => "key",
        }
    }

    /// Whether a profile lacks it.
    pub fn is_missing(self, profile: &Profile) -> bool {
        let is_command = profile.password_source != super::profile::PasswordSource::Given;
        match self {
            Self::Host => profile.address.host.is_empty(),
            Self::ClientId => profile.client_id.is_empty(),
            Self::Username => profile.username.is_none(),
            Self::Password => profile.password.is_none() && !is_command,
            Self::Certificate => profile.tls.cert_file.is_none(),
            // A certificate's file may hold its key as well.
            Self::Key => profile.tls.key_file.is_none() && profile.tls.cert_file.is_none(),
        }
    }
}

impl Preset {
    /// All of them, in the order of a list on screen.
    pub const ALL: [Self; 7] = [
        Self::Local,
        Self::HomeAssistant,
        Self::AwsIotCore,
        Self::AzureIotHub,
        Self::HiveMqCloud,
        Self::EmqxCloud,
        Self::GoogleIotCore,
    ];

    /// How files and flags call it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::HomeAssistant => "home-assistant",
            Self::AwsIotCore => "aws-iot-core",
            Self::AzureIotHub => "azure-iot-hub",
            Self::HiveMqCloud => "hivemq-cloud",
            Self::EmqxCloud => "emqx-cloud",
            Self::GoogleIotCore => "google-iot-core",
        }
    }

    /// The preset of a key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.key() == key)
    }

    /// The broker that a host's name tells, for those who name no preset: its limits hold all the same.
    pub fn of_host(host: &str) -> Option<Self> {
        const ENDINGS: [(&str, Preset); 7] = [
            (".amazonaws.com", Preset::AwsIotCore),
            (".amazonaws.com.cn", Preset::AwsIotCore),
            (".azure-devices.net", Preset::AzureIotHub),
            (".azure-devices.cn", Preset::AzureIotHub),
            (".hivemq.cloud", Preset::HiveMqCloud),
            (".emqxsl.com", Preset::EmqxCloud),
            (".emqxcloud.com", Preset::EmqxCloud),
        ];
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        ENDINGS.into_iter().find(|(ending, _)| host.ends_with(ending)).map(|(_, preset)| preset)
    }

    /// How a sentence calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Local => "a broker on this machine",
            Self::HomeAssistant => "Home Assistant",
            Self::AwsIotCore => "AWS IoT Core",
            Self::AzureIotHub => "Azure IoT Hub",
            Self::HiveMqCloud => "HiveMQ Cloud",
            Self::EmqxCloud => "EMQX Cloud",
            Self::GoogleIotCore => "Google Cloud IoT Core",
        }
    }

    /// How a list calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Local => "Local broker",
            Self::HomeAssistant
            | Self::AwsIotCore
            | Self::AzureIotHub
            | Self::HiveMqCloud
            | Self::EmqxCloud => self.name(),
            Self::GoogleIotCore => "Google Cloud IoT Core (retired by Google on 2023-08-16)",
        }
    }

    /// What it limits, and what to have ready.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Local => "Plain MQTT on port 1883 of this machine. It limits nothing and asks for nothing.",
            Self::HomeAssistant => {
                "The Mosquitto add-on, on port 1883. Have ready: the host, and the name and password of a user of \
                 Home Assistant."
            }
            Self::AwsIotCore => {
                "TLS with a client certificate on port 8883, or on 443 with ALPN x-amzn-mqtt-ca. QoS 0 and 1 alone, \
                 packets up to 128 KiB, 8 filters in a SUBSCRIBE, 7 slashes in a topic, keep-alive 30 to 1,200 s. \
                 Have ready: the account's endpoint (…-ats.iot.REGION.amazonaws.com), the certificate and its key. \
                 The certificate's policy must allow the client id and the topics."
            }
            Self::AzureIotHub => {
                "TLS on port 8883, MQTT 3.1.1 alone. QoS 0 and 1 alone, no retained messages, packets up to 256 KiB, \
                 keep-alive 1 to 1,177 s; fixed topics: a device publishes to devices/ID/messages/events/ and hears \
                 devices/ID/messages/devicebound/#, never #. Have ready: the hub's host \
                 (HUB.azure-devices.net), the device's id as client id, and a command that prints a SAS token as \
                 password."
            }
            Self::HiveMqCloud => {
                "TLS on port 8883, or WebSocket over TLS on 8884. Packets up to 5 MiB. Have ready: the cluster's \
                 host, and the user name and password made in its access management."
            }
            Self::EmqxCloud => {
                "TLS on port 8883, or WebSocket over TLS on 8084. Packets up to 1 MiB; the free Serverless plan takes \
                 10 subscriptions from a client, and 9 slashes in each. Have ready: the deployment's host, and the \
                 user name and password made in its authentication; Serverless wants --cafile with its authority \
                 where the system doesn't know it."
            }
            Self::GoogleIotCore => {
                "Google retired the service on 2023-08-16; this is for the brokers that took over its scheme. TLS on \
                 port 8883 or 443, MQTT 3.1.1 alone. QoS 0 and 1 alone, no retained messages, no last will, no \
                 session that is kept, packets up to 256 KiB, keep-alive 1 to 1,200 s; a device hears \
                 /devices/ID/config and /devices/ID/commands/#. Have ready: the host, the long client id \
                 (projects/P/locations/L/registries/R/devices/ID), and a command that prints a JWT as password."
            }
        }
    }

    /// What is left to the user.
    pub const fn asks(self) -> &'static [Ask] {
        match self {
            Self::Local => &[],
            Self::HomeAssistant | Self::HiveMqCloud | Self::EmqxCloud => {
                &[Ask::Host, Ask::Username, Ask::Password]
            }
            Self::AwsIotCore => &[Ask::Host, Ask::Certificate, Ask::Key],
            // The user name is made of the host and the client id, or of no meaning.
            Self::AzureIotHub | Self::GoogleIotCore => &[Ask::Host, Ask::ClientId, Ask::Password],
        }
    }

    /// The transports that its broker takes, the usual one first.
    pub const fn transports(self) -> &'static [Transport] {
        match self {
            Self::Local => &Transport::ALL,
            Self::HomeAssistant => {
                &[Transport::Tcp, Transport::Tls, Transport::WebSocket, Transport::SecureWebSocket]
            }
            Self::AwsIotCore | Self::AzureIotHub | Self::HiveMqCloud | Self::EmqxCloud => {
                &[Transport::Tls, Transport::SecureWebSocket]
            }
            Self::GoogleIotCore => &[Transport::Tls],
        }
    }

    /// The port of its broker for a transport.
    pub const fn port(self, transport: Transport) -> u16 {
        match (self, transport) {
            (Self::HomeAssistant, Transport::WebSocket) => 1884,
            (Self::HomeAssistant | Self::HiveMqCloud, Transport::SecureWebSocket) => 8884,
            (Self::EmqxCloud, Transport::SecureWebSocket) => 8084,
            (
                Self::Local
                | Self::HomeAssistant
                | Self::AwsIotCore
                | Self::AzureIotHub
                | Self::HiveMqCloud
                | Self::EmqxCloud
                | Self::GoogleIotCore,
                Transport::Tcp
                | Transport::Tls
                | Transport::WebSocket
                | Transport::SecureWebSocket
                | Transport::Unix,
            ) => transport.default_port(),
        }
    }

    /// Fills in what the broker wants: transport, port, version, ALPN, keep-alive, clean start, user name and
    /// subscriptions. A transport that the broker takes stays, with its port; so do host, client id, credentials
    /// and files. What is made of host and client id is left out until they are known, so fill again then.
    pub fn fill(self, profile: &mut Profile) {
        profile.preset = Some(self);
        self.fill_address(&mut profile.address);
        let limits = self.limits();
        (profile.version, profile.version_is_fixed) =
            limits.version.map_or((Version::V5, false), |version| (version, true));
        profile.keep_alive_s = 60;
        profile.clean_start = true;
        profile.session_expiry_s = 0;
        profile.tls.alpn = match (self, profile.address.transport, profile.address.port) {
            (Self::AwsIotCore, Transport::Tls, HTTPS_PORT) => vec![AWS_ALPN.to_owned()],
            _anywhere_else => Vec::new(),
        };
        // One that was made of another host or client id is made anew; the user's own stays.
        let is_free = |known: &String| self == Self::AzureIotHub && known.contains("/?api-version=");
        if profile.username.as_ref().is_none_or(is_free)
            && let Some(username) = self.username(&profile.address, &profile.client_id)
        {
            profile.username = Some(username);
        }
        profile.subscriptions = self.subscriptions(&profile.client_id);
    }

    fn fill_address(self, address: &mut Address) {
        let known = self.transports();
        if !known.contains(&address.transport)
            && let Some(usual) = known.first()
        {
            address.transport = *usual;
            address.port = self.port(*usual);
            address.path = String::new();
        }
        // Port 443 is what a WebSocket's URL without a port stands for.
        let stands_for_none = address.port == 0
            || address.transport.is_websocket() && address.port == address.transport.default_port();
        if stands_for_none && address.transport != Transport::Unix {
            address.port = self.port(address.transport);
        }
        if address.host.is_empty() && self == Self::Local && address.transport != Transport::Unix {
            "127.0.0.1".clone_into(&mut address.host);
        }
        let is_default = address.path.is_empty() || address.path == Address::DEFAULT_PATH;
        if address.transport.is_websocket() && is_default {
            let path = if self == Self::AzureIotHub { AZURE_PATH } else { Address::DEFAULT_PATH };
            path.clone_into(&mut address.path);
        }
    }

    /// The user name that the broker wants, where it isn't the user's to choose.
    fn username(self, address: &Address, client_id: &str) -> Option<String> {
        match self {
            Self::AzureIotHub if address.host.is_empty() || client_id.is_empty() => None,
            Self::AzureIotHub => Some(format!("{}/{client_id}/?api-version={AZURE_API}", address.host)),
            // It is ignored, but a client of 3.1.1 sends no password without one ("Using the MQTT bridge").
            Self::GoogleIotCore => Some("unused".to_owned()),
            Self::Local | Self::HomeAssistant | Self::AwsIotCore | Self::HiveMqCloud | Self::EmqxCloud => {
                None
            }
        }
    }

    /// What is heard unless something else is asked for; nothing, where that is made of a client id not known yet.
    fn subscriptions(self, client_id: &str) -> Vec<Subscription> {
        // Google's client id is a path; the device's own id comes last.
        let device = client_id.rsplit('/').next().unwrap_or_default();
        let (filters, qos) = match self {
            Self::AzureIotHub | Self::GoogleIotCore if client_id.is_empty() => (Vec::new(), Qos::AtMostOnce),
            Self::AzureIotHub => {
                (vec![format!("devices/{client_id}/messages/devicebound/#")], Qos::AtLeastOnce)
            }
            Self::GoogleIotCore => (
                vec![format!("/devices/{device}/config"), format!("/devices/{device}/commands/#")],
                Qos::AtLeastOnce,
            ),
            Self::Local | Self::HomeAssistant | Self::AwsIotCore | Self::HiveMqCloud | Self::EmqxCloud => {
                (vec!["#".to_owned()], Qos::AtMostOnce)
            }
        };
        let parsed = filters.iter().filter_map(|filter| Filter::parse(filter).ok());
        parsed.map(|filter| Subscription::new(filter, qos)).collect()
    }

    /// What its broker takes.
    ///
    /// * AWS: "AWS IoT Core endpoints and quotas", message broker and protocol limits; "MQTT" of the developer
    ///   guide for the SUBACK that never comes for QoS 2. The size is the payload's there, the packet's here.
    /// * Azure: "Communicate with an IoT hub using the MQTT protocol"; "IoT Hub quotas and throttling" for 256 KB.
    ///   Its longest keep-alive is 1,767 s / 1.5.
    /// * HiveMQ: "HiveMQ Cloud: Frequently asked questions" and "HiveMQ Cloud pricing", the free cluster.
    /// * EMQX: "Quotas and Limits" of the EMQX Platform; the packet's size holds for every plan, the number of
    ///   subscriptions and slashes for Serverless alone, so those are said and not enforced.
    /// * Google: "Cloud IoT Core requirements", "Using the MQTT bridge", "Quotas and limits".
    pub fn limits(self) -> Limits {
        const KIB: u32 = 1024;
        let none = Limits { preset: Some(self), ..Limits::none() };
        let up_to_qos_1 = Limits { max_qos: Some(Qos::AtLeastOnce), ..none.clone() };
        match self {
            Self::Local | Self::HomeAssistant => none,
            Self::AwsIotCore => Limits {
                max_packet_bytes: Some(128 * KIB),
                max_filters_per_subscribe: Some(8),
                subscription_ids: false,
                max_topic_slashes: Some(7),
                keep_alive_s: Some(30..=1_200),
                ..up_to_qos_1
            },
            Self::AzureIotHub => Limits {
                retain: false,
                all_topics: false,
                max_packet_bytes: Some(256 * KIB),
                keep_alive_s: Some(1..=1_177),
                version: Some(Version::V3),
                ..up_to_qos_1
            },
            Self::HiveMqCloud => Limits { max_packet_bytes: Some(5 * KIB * KIB), ..none },
            Self::EmqxCloud => Limits { max_packet_bytes: Some(KIB * KIB), ..none },
            Self::GoogleIotCore => Limits {
                retain: false,
                will: false,
                all_topics: false,
                max_packet_bytes: Some(256 * KIB),
                keep_alive_s: Some(1..=1_200),
                version: Some(Version::V3),
                ..up_to_qos_1
            },
        }
    }
}

#[cfg(test)]
mod tests;
