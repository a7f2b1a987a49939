//! PEM files of certificates and keys. Owns the words for what is wrong with them; trusts nothing.
use super::certificate;
use crate::broker::loss::{Loss, quoted, system_words};
use crate::mqtt::Secret;
use crate::mqtt::port::Step;
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The largest file taken: some twenty times the certificates of all public authorities.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// A file's bytes, wiped after use, for a key may be among them.
fn read(path: &Path, what: &str) -> Result<Secret, Loss> {
    let mut bytes = Vec::new();
    let shown = quoted(path);
    let read = File::open(path).and_then(|file| {
        let expected = file.metadata().map_or(0, |facts| facts.len()).min(MAX_FILE_BYTES);
        // All at once: a buffer that grows leaves copies behind.
        bytes.reserve_exact(usize::try_from(expected).unwrap_or_default() + 64);
        file.take(MAX_FILE_BYTES).read_to_end(&mut bytes)
    });
    let bytes = Secret::new(bytes);
    match read {
        Ok(0) => Err(wrong(format!("the {what} {shown} is empty"), Some("give another file"))),
        Ok(_) => Ok(bytes),
        Err(error) => {
            let cause = format!("the {what} {shown} can't be read: {}", system_words(&error));
            Err(wrong(cause, Some("check the path, and that you may read it")))
        }
    }
}

fn wrong(cause: String, remedy: Option<&str>) -> Loss {
    Loss::new(Some(Step::Tls), cause, remedy)
}

/// The names of the sections, as `-----BEGIN NAME-----` says.
fn sections(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let name = |line: &str| Some(line.trim().strip_prefix("-----BEGIN ")?.strip_suffix("-----")?.to_owned());
    text.lines().filter_map(name).collect()
}

/// What a file holds that should hold something else.
fn held(bytes: &[u8], what: &str, path: &Path, wanted: &str, flag: &str) -> Loss {
    let shown = quoted(path);
    let mut sections = sections(bytes);
    sections.dedup();
    if sections.is_empty() {
        let (form, remedy) = if bytes.first() == Some(&0x30) {
            let tool = if wanted.contains("key") { "pkey" } else { "x509" };
            ("looks like DER, not PEM", format!("turn it into PEM: openssl {tool} -inform der -in {shown}"))
        } else {
            ("holds no PEM section", format!("give a PEM file with {flag}; it has a line -----BEGIN …-----"))
        };
        return wrong(format!("the {what} {shown} {form}"), Some(&remedy));
    }
    let held = sections.join(", ").to_lowercase();
    wrong(
        format!("the {what} {shown} holds no {wanted}, but: {held}"),
        Some(&format!("give a PEM file with a {wanted} to {flag}")),
    )
}

/// The certificates of a file, in its order.
pub(super) fn certificates(path: &Path, what: &str) -> Result<Vec<CertificateDer<'static>>, Loss> {
    let (bytes, shown) = (read(path, what)?, quoted(path));
    let flag = if what.starts_with("CA") { "--cafile" } else { "--cert" };
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(bytes.expose()).collect();
    match found {
        Ok(found) if found.is_empty() => Err(held(bytes.expose(), what, path, "certificate", flag)),
        Ok(found) => Ok(found),
        Err(error) => {
            let cause = format!("the {what} {shown} is damaged: {error}");
            Err(wrong(cause, Some("copy it anew from where it was made")))
        }
    }
}

/// The authorities of a file.
pub(super) fn authorities(path: &Path) -> Result<RootCertStore, Loss> {
    let (found, shown) = (certificates(path, "CA file")?, quoted(path));
    if !found.iter().any(certificate::is_authority) {
        let whose = found.first().map(certificate::read).unwrap_or_default();
        return Err(wrong(
            format!(
                "the CA file {shown} holds the certificate of {:?}, which is no authority's",
                whose.subject
            ),
            Some(&format!("give the certificate of {:?}, who signed it, to --cafile", whose.issuer)),
        ));
    }
    let mut roots = RootCertStore::empty();
    for certificate in found {
        roots.add(certificate).map_err(|error| {
            wrong(format!("the CA file {shown} holds a certificate that can't be used: {error}"), None)
        })?;
    }
    Ok(roots)
}

/// The first private key of a file.
pub(super) fn key(path: &Path) -> Result<PrivateKeyDer<'static>, Loss> {
    let what = "key file";
    let (bytes, shown) = (read(path, what)?, quoted(path));
    let text = bytes.expose();
    let is_encrypted = sections(text).iter().any(|section| section == "ENCRYPTED PRIVATE KEY")
        || memchr::memmem::find(text, b"Proc-Type: 4,ENCRYPTED").is_some();
    let mut found = PrivateKeyDer::pem_slice_iter(text);
    match found.next() {
        _ if is_encrypted => Err(wrong(
            format!("the key in {shown} is encrypted"),
            Some(&format!(
                "open it once: openssl pkey -in {shown} -out open.key, and give open.key to --key"
            )),
        )),
        Some(Ok(key)) => Ok(key),
        Some(Err(error)) => {
            let cause = format!("the {what} {shown} is damaged: {error}");
            Err(wrong(cause, Some("copy it anew from where it was made")))
        }
        None => Err(held(text, what, path, "private key", "--key")),
    }
}
