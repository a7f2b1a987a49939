//! Laws that hold whatever clients do: nothing panics, bounds hold, and QoS keeps its promise.
use super::*;
use proptest::prelude::*;

/// Something one of three clients does.
#[derive(Clone, Debug)]
enum Deed {
    Joins { clean: bool, window: u16 },
    Vanishes,
    Says(Packet),
    Listens,
    Waits(u8),
}

fn deed() -> impl Strategy<Value = Deed> {
    let id = || (1..6_u16).prop_map(packet_id);
    let topic = || prop_oneof!["a", "a/b", "/", "[$]x"];
    let filter = || prop_oneof!["a", "#", "a/[+]", "[+]/#"];
    let ack = move || id().prop_map(Ack::success);
    let says = prop_oneof![
        4 => (topic(), 0..3_u8, 1..6_u16, any::<bool>()).prop_map(|(topic, qos, id, retain)| {
            let Packet::Publish(plain) = publish(&topic, "x", qos, id) else { unreachable!() };
            Packet::Publish(Publish { retain, ..plain })
        }),
        2 => (filter(), 0..3_u8).prop_map(|(filter, qos)| subscribe(&filter, qos)),
        1 => filter().prop_map(|filter| Packet::Unsubscribe(Unsubscribe {
            packet_id: packet_id(1),
            filters: vec![Filter::parse(&filter).unwrap()],
        })),
        2 => ack().prop_map(Packet::PubAck),
        2 => ack().prop_map(Packet::PubRec),
        2 => ack().prop_map(Packet::PubRel),
        2 => ack().prop_map(Packet::PubComp),
        1 => Just(Packet::PingReq),
        1 => Just(Packet::Disconnect(Disconnect::default())),
    ];
    prop_oneof![
        2 => (any::<bool>(), 1..4_u16).prop_map(|(clean, window)| Deed::Joins { clean, window }),
        1 => Just(Deed::Vanishes),
        12 => says.prop_map(Deed::Says),
        4 => Just(Deed::Listens),
        1 => (0..100_u8).prop_map(Deed::Waits),
    ]
}

proptest! {
    /// MQTT 5.0 section 4.9, and no panic whatever comes in whatever order.
    #[test]
    fn whatever_clients_do_the_bounds_hold(
        version in prop_oneof![Just(Version::V3), Just(Version::V5)],
        deeds in proptest::collection::vec((0..3_usize, deed()), 0..120),
    ) {
        let limits = Limits { queued_messages: 5, ..Limits::default() };
        let mut bench = Bench::with(limits, Faults::default());
        let mut peers: [Option<(Peer, u16)>; 3] = [None, None, None];
        for (who, deed) in deeds {
            match (deed, &mut peers[who]) {
                (Deed::Joins { clean, window }, slot) => {
                    let receive_maximum = (version == Version::V5).then_some(window);
                    let id = format!("peer{who}");
                    let ask = Connect { clean_start: clean, receive_maximum, ..lasting(version, &id) };
                    let (peer, _) = bench.join(ask);
                    *slot = Some((peer, window));
                }
                (Deed::Vanishes, slot) => {
                    if let Some((peer, _)) = slot.take() {
                        bench.vanish(&peer);
                    }
                }
                (Deed::Says(packet), Some((peer, _))) => bench.say(peer, packet),
                (Deed::Listens, Some((peer, _))) => drop(bench.hears_all(peer)),
                (Deed::Says(_) | Deed::Listens, None) => {}
                (Deed::Waits(seconds), _) => {
                    bench.later(seconds.into());
                    bench.core.due(bench.now);
                }
            }
            for session in bench.core.sessions.iter().flatten() {
                prop_assert!(session.waiting.len() <= 5);
                let bytes: usize = session.waiting.iter().map(super::super::super::session::Delivery::n_bytes).sum();
                prop_assert_eq!(session.waiting_bytes, bytes);
                let window = session.connection.and_then(|id| bench.core.connections.get(&id));
                if let Some(connection) = window {
                    prop_assert!(session.flights.len() - session.n_unsent <= connection.window);
                }
                let mut ids: Vec<_> = session.flights.iter().map(|flight| flight.packet_id).collect();
                ids.sort_unstable();
                ids.dedup();
                prop_assert_eq!(ids.len(), session.flights.len(), "MQTT-2.2.1-4");
            }
        }
    }

    /// MQTT 5.0 sections 4.3.2 and 4.3.3: a client that comes back as often as it loses its connection
    /// hears every publication, at QoS 2 once.
    #[test]
    fn what_is_promised_is_delivered_through_any_loss(
        version in prop_oneof![Just(Version::V3), Just(Version::V5)],
        qos in 1..3_u8,
        losses in proptest::collection::vec(any::<bool>(), 0..40),
    ) {
        let n_messages = 8;
        let mut bench = Bench::new();
        let (mut peer, _) = bench.join(lasting(version, "peer"));
        bench.subscribe(&mut peer, "a", qos);
        let (mut sender, _) = bench.join(connect(version, "sender"));
        let mut losses = losses.into_iter();
        let mut heard: Vec<String> = Vec::new();
        let mut unreleased = std::collections::HashSet::new();
        for number in 0..n_messages {
            bench.say(&mut sender, publish("a", &number.to_string(), qos, number + 1));
        }
        let mut is_quiet = false;
        while !is_quiet {
            let packets = bench.hears(&mut peer);
            is_quiet = packets.is_empty();
            for packet in packets {
                if losses.next() == Some(true) {
                    bench.vanish(&peer);
                    peer = bench.join(lasting(version, "peer")).0;
                    is_quiet = false;
                    break;
                }
                if let Packet::Publish(publish) = packet {
                    let id = publish.packet_id.unwrap();
                    if qos == 1 || unreleased.insert(id) {
                        heard.push(String::from_utf8(publish.payload.0.to_vec()).unwrap());
                    }
                    let ack = Ack::success(id);
                    let answer = if qos == 1 { Packet::PubAck(ack) } else { Packet::PubRec(ack) };
                    bench.say(&mut peer, answer);
                } else if let Packet::PubRel(ack) = packet {
                    unreleased.remove(&ack.packet_id);
                    bench.say(&mut peer, Packet::PubComp(Ack::success(ack.packet_id)));
                } else {
                    prop_assert!(false, "{:?}", packet);
                }
            }
        }
        let expected: Vec<String> = (0..n_messages).map(|number| number.to_string()).collect();
        if qos == 1 {
            heard.sort();
            heard.dedup();
        }
        prop_assert_eq!(heard, expected);
        prop_assert_eq!(bench.core.figures.publishes_dropped, 0);
    }
}
