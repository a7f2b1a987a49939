//! What helps when a broker refuses a publication, or takes it with a remark. Owns the words.
use crate::mqtt::Reason;

/// What to do about a reason; none where there is nothing to be done.
pub fn remedy(reason: Reason) -> Option<&'static str> {
    Some(match reason.0 {
        0x10 => "the broker has it, but nobody subscribes to this topic now",
        0x80 => "the broker tells no more; its log may",
        0x83 => "the broker has a rule of its own against it; its log or its manual tells which",
        0x87 => "the broker's access rules (ACL) must let this user publish on this topic",
        0x90 => "the broker takes no such topic: look at its length, its levels, its first character",
        0x91 => "the broker holds this packet id still; send it again, and if that stays so connect anew",
        0x92 => "the broker does not know it any more; whether it was passed on is not known",
        0x95 => "the packet is larger than the broker takes; send less at once",
        0x96 => "wait, then send less often",
        0x97 => "a quota of the broker is used up: wait, or send less, or have it raised",
        0x99 => "the payload is not what its format indicator says; leave that out, or send UTF-8 text",
        0x9A => "the broker keeps no retained messages; send it without retain",
        0x9B => "send it at a lower QoS",
        _ => return None,
    })
}
