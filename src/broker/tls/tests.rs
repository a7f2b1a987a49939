//! What needs no handshake: the machine's store, and days.
use super::*;

#[test]
fn a_machine_without_a_store_is_explained() {
    let found = rustls_native_certs::CertificateResult::default();
    let loss = system_roots(found).unwrap_err();
    assert!(loss.cause.contains("no certificate store"), "{}", loss.cause);
    assert!(loss.remedy.unwrap().contains("--cafile"));
}

#[test]
fn days_are_those_of_the_calendar() {
    for (unix_ms, expected) in [
        (0, "1970-01-01"),
        (-1, "1969-12-31"),
        (951_782_400_000, "2000-02-29"),
        (1_577_923_200_000, "2020-01-02"),
        (4_102_444_800_000, "2100-01-01"),
    ] {
        assert_eq!(words::date(unix_ms), expected);
    }
}
