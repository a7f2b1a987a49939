//! Through an HTTP proxy (RFC 9110 section 9.3.6). Owns CONNECT and its answer; knows nothing of what follows.
use super::loss::{Loss, system_words};
use crate::mqtt::port::Step;
use crate::mqtt::profile::Proxy;
use crate::mqtt::{Address, Secret};
use data_encoding::BASE64;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// How long the proxy may take: it resolves and connects before it answers.
pub(super) const PROXY_WITHIN: Duration = Duration::from_secs(15);
/// The longest answer taken; a refusal's page begins behind it.
const MAX_ANSWER_BYTES: usize = 8 * 1024;

/// Has the proxy connect to the broker; returns its status line.
pub(super) async fn open(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    proxy: &Proxy,
    broker: &Address,
    within: Duration,
) -> Result<String, Loss> {
    let at = Address::tcp(&*proxy.host, proxy.port).host_port();
    let failed = |cause: String, remedy: Option<&str>| Loss::new(Some(Step::Proxy), cause, remedy);
    let asked = async {
        let request = request(proxy, &broker.host_port());
        stream.write_all(request.expose()).await?;
        stream.flush().await?;
        answer(stream).await
    };
    let answer = match timeout(within, asked).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
            let cause = format!("the proxy {at} closed the connection without an answer");
            return Err(failed(cause, Some("check that it is an HTTP proxy that allows CONNECT")));
        }
        Ok(Err(error)) => {
            return Err(failed(format!("the proxy {at} failed: {}", system_words(&error)), None));
        }
        Err(_elapsed) => {
            let cause = format!("the proxy {at} did not answer within {} s", within.as_secs());
            return Err(failed(
                cause,
                Some("check that it is an HTTP proxy, and that it reaches the broker"),
            ));
        }
    };
    let line = String::from_utf8_lossy(answer.split(|byte| *byte == b'\r').next().unwrap_or_default());
    let mut words = line.splitn(3, ' ');
    let is_http = words.next().is_some_and(|version| version.starts_with("HTTP/1."));
    let status: Option<u16> = words.next().and_then(|code| code.parse().ok()).filter(|_| is_http);
    let Some(status) = status else {
        let cause = format!("what answers on {at} is no HTTP proxy");
        return Err(failed(cause, Some("check --proxy; SOCKS is not spoken here")));
    };
    let reason: String = words.next().unwrap_or_default().chars().take(100).collect();
    let told = format!("{status} {reason}").trim_end().to_owned();
    let to = broker.host_port();
    match status {
        200..=299 => Ok(told),
        407 => Err(Loss {
            may_retry: false,
            ..failed(
                format!("the proxy {at} wants a user name and password ({told})"),
                Some("give them with --proxy http://user:password@host:port"),
            )
        }),
        403 | 405 => Err(failed(
            format!("the proxy {at} does not let us through to {to} ({told})"),
            Some("many allow port 443 alone; ask whoever runs it"),
        )),
        502..=504 => Err(failed(
            format!("the proxy {at} did not reach {to} ({told})"),
            Some("check the broker's host and port"),
        )),
        _ => Err(failed(format!("the proxy {at} refused to connect to {to} ({told})"), None)),
    }
}

fn request(proxy: &Proxy, to: &str) -> Secret {
    let mut request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n").into_bytes();
    if let Some((user, password)) = &proxy.credentials {
        // Wiped when dropped, and each made in one piece: what grows leaves copies behind.
        let mut both = Vec::with_capacity(user.len() + 1 + password.expose().len());
        both.extend_from_slice(user.as_bytes());
        both.push(b':');
        both.extend_from_slice(password.expose());
        let both = Secret::new(both);
        let encoded = Secret::new(BASE64.encode(both.expose()).into_bytes());
        request.reserve_exact(encoded.expose().len() + 64);
        request.extend_from_slice(b"Proxy-Authorization: Basic ");
        request.extend_from_slice(encoded.expose());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    Secret::new(request)
}

/// The head of the answer, byte by byte: what follows is the broker's.
async fn answer(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= MAX_ANSWER_BYTES {
            return Err(io::Error::other("its answer has no end"));
        }
        head.push(stream.read_u8().await?);
        // What is no HTTP need not end a line at all.
        if head.len() == 5 && head != b"HTTP/" {
            break;
        }
    }
    Ok(head)
}
