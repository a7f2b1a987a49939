//! CONNECT, CONNACK, DISCONNECT, AUTH: sections 3.1, 3.2, 3.14, 4.12, 4.13.
use super::*;
use crate::mqtt::Reason;

#[test]
fn a_first_story_from_connect_to_acknowledged() {
    for version in VERSIONS {
        let mut play = Play::new(Profile { subscriptions: vec![subscription("#")], ..profile(version) });
        assert_eq!(play.session.retry_at(), Some(Timestamp::ZERO));
        play.connects(ConnAck::default());
        assert!(play.session.is_online());
        let written = play.written();
        assert!(matches!(written.as_slice(), [Packet::Subscribe(_)]), "{written:?}");
        play.publishes(1, Qos::AtLeastOnce);
        let written = play.written();
        assert_eq!(publishes(&written), [(Some(2), false)]);
        play.hears(Packet::PubAck(ack(2))).unwrap();
        assert_eq!(play.stages(), [(1, sent(2)), (1, Stage::Acknowledged(Reason::SUCCESS))]);
        assert_eq!(play.delivers(&delivery(Qos::AtMostOnce, None)), Ok(true));
    }
}
