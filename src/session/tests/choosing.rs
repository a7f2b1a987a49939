//! The version that is sought, and the client id that two may share.
use super::*;

/// On 3.1.1 nothing says that another client took the id over (section 3.1.4): the broker only closes.
#[test]
fn connections_that_are_lost_at_once_make_the_client_id_suspect() {
    let mut play = Play::new(profile(Version::V3));
    let mut told = Vec::new();
    for n in 1..=4 {
        play.connects(ConnAck::default());
        play.session.transport_lost(play.now, true);
        while let Some(event) = play.session.next_event() {
            if let BrokerEvent::Notice(Notice::Words(words)) = event {
                told.push((n, words));
            }
        }
    }
    let [(3, words)] = &told[..] else { panic!("{told:?}") };
    assert!(words.contains("another client may use the client id"), "{words}");
}

#[test]
fn the_version_changes_until_it_was_online_and_never_after() {
    let mut play = Play::new(Profile { version_is_fixed: false, ..profile(Version::V5) });
    play.session.transport_opened(play.now);
    assert!(
        matches!(play.session.next_packet(play.now), Some(Packet::Connect(c)) if c.version == Version::V5)
    );
    assert_eq!(play.session.deadline(), Some(play.now + Duration::from_secs(3)), "only a trial");
    play.session.try_again_now(play.now);
    assert_eq!(play.session.retry_at(), Some(play.now), "at once, whatever the back-off");
    play.session.set_version(Version::V3);
    play.session.transport_opened(play.now);
    assert_eq!(play.session.deadline(), Some(play.now + Duration::from_secs(10)));
    assert!(
        matches!(play.session.next_packet(play.now), Some(Packet::Connect(c)) if c.version == Version::V3)
    );
    play.hears(Packet::ConnAck(Box::default())).unwrap();
    play.session.set_version(Version::V5);
    play.session.transport_lost(play.now, true);
    play.session.transport_opened(play.now);
    assert!(
        matches!(play.session.next_packet(play.now), Some(Packet::Connect(c)) if c.version == Version::V3)
    );
}
