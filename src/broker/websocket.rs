//! WebSocket over a stream (MQTT 5.0 section 6). Owns the opening handshake and the frames; reads no MQTT.
mod words;

pub(super) use words::Ended;

use super::bare::{Bare, Layer};
use super::loss::Loss;
use crate::mqtt::Profile;
use crate::mqtt::port::Step;
use bytes::{Buf, Bytes};
use futures_util::{Sink, Stream};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::http::header::{HeaderName, SEC_WEBSOCKET_PROTOCOL};
use tokio_tungstenite::tungstenite::http::{HeaderValue, Uri};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{ClientRequestBuilder, Message};

/// How long the server may take to answer the opening request: a gateway asks the broker behind it first.
pub(super) const WEBSOCKET_WITHIN: Duration = Duration::from_secs(10);
/// Bytes of one frame of ours, so that what waits is known to be bounded.
const FRAME_BYTES: usize = 64 * 1024;
/// What one message may hold beyond the largest packet: a broker may put many packets into one.
const BEYOND_PACKET_BYTES: usize = 1024 * 1024;
/// The sub-protocol's name (MQTT-6.0.0-3), for 3.1.1 and 5 alike.
const PROTOCOL: &str = "mqtt";

/// A stream of bytes in binary frames. A frame may hold a part of a packet, or many.
pub(super) struct Frames<S> {
    socket: WebSocketStream<S>,
    /// Of the frame that came last.
    unread: Bytes,
    /// We said that we close: the answer to it is no failure.
    is_closing: bool,
    max_message_bytes: usize,
}

impl<S: Layer> Layer for Frames<S> {
    fn bare(&mut self) -> &mut Bare {
        self.socket.get_mut().bare()
    }
}

/// Asks for a WebSocket over an open stream.
pub(super) async fn open<S: Layer>(
    stream: S,
    profile: &Profile,
    within: Duration,
) -> Result<Frames<S>, Loss> {
    let max_message_bytes = profile.max_packet_bytes as usize + BEYOND_PACKET_BYTES;
    let config = WebSocketConfig::default()
        .max_message_size(Some(max_message_bytes))
        .max_frame_size(Some(max_message_bytes));
    let request = request(profile)?;
    let opening = tokio_tungstenite::client_async_with_config(request, stream, Some(config));
    match timeout(within, opening).await {
        Ok(Ok((socket, _answer))) => {
            Ok(Frames { socket, unread: Bytes::new(), is_closing: false, max_message_bytes })
        }
        Ok(Err(error)) => Err(words::of_opening(&error, profile)),
        Err(_elapsed) => Err(words::no_answer(within, profile)),
    }
}

/// The opening request; the headers' values are secrets, and none of the words repeats them.
fn request(profile: &Profile) -> Result<ClientRequestBuilder, Loss> {
    let wrong = |cause: String, remedy: &str| Loss::new(Some(Step::WebSocket), cause, Some(remedy));
    let address = &profile.address;
    let url = format!("{}://{}{}", address.transport.scheme(), address.host_port(), address.path);
    let uri: Uri = url.parse().map_err(|_why| {
        wrong(format!("{address} is no URL for a WebSocket"), "write its special characters as %20 and so on")
    })?;
    let mut request = ClientRequestBuilder::new(uri).with_sub_protocol(PROTOCOL);
    for (name, value) in &profile.ws_headers {
        let named: Result<HeaderName, _> = name.parse();
        let Ok(named) = named else {
            let cause = format!("{name:?} is no name of an HTTP header");
            return Err(wrong(cause, "write --ws-header 'Name: value'"));
        };
        if named == SEC_WEBSOCKET_PROTOCOL {
            let cause = "the header Sec-WebSocket-Protocol is mqttscope's own to send".to_owned();
            return Err(wrong(cause, "leave it out; it says mqtt"));
        }
        let text = HeaderValue::from_bytes(value.expose()).ok();
        let Some(text) = text.as_ref().and_then(|text| text.to_str().ok()) else {
            let cause = format!("the value of the header {name:?} holds what HTTP does not take");
            return Err(wrong(cause, "leave out line ends and everything beyond ASCII"));
        };
        request = request.with_header(name.as_str(), text);
    }
    Ok(request)
}

impl<S: Layer> AsyncRead for Frames<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while this.unread.is_empty() {
            this.unread = match ready!(Pin::new(&mut this.socket).poll_next(context)) {
                None => return Poll::Ready(Ok(())),
                Some(Ok(Message::Binary(bytes))) => bytes,
                // Pings are answered below us, at the next read or write.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Text(_))) => return Poll::Ready(Err(words::text())),
                Some(Ok(Message::Close(_))) if this.is_closing => return Poll::Ready(Ok(())),
                Some(Ok(Message::Close(frame))) => match words::of_close(frame.as_ref()) {
                    Some(error) => return Poll::Ready(Err(error)),
                    None => return Poll::Ready(Ok(())),
                },
                Some(Err(error)) => return Poll::Ready(words::of_reading(error, this.max_message_bytes)),
            };
        }
        let n_bytes = this.unread.len().min(room.remaining());
        room.put_slice(this.unread.get(..n_bytes).unwrap_or_default());
        this.unread.advance(n_bytes);
        Poll::Ready(Ok(()))
    }
}

impl<S: Layer> AsyncWrite for Frames<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let frame = bytes.get(..FRAME_BYTES).unwrap_or(bytes);
        ready!(Pin::new(&mut this.socket).poll_ready(context)).map_err(words::of_writing)?;
        let message = Message::Binary(Bytes::copy_from_slice(frame));
        Pin::new(&mut this.socket).start_send(message).map_err(words::of_writing)?;
        Poll::Ready(Ok(frame.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_flush(context).map_err(words::of_writing)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.is_closing = true;
        Pin::new(&mut this.socket).poll_close(context).map_err(words::of_writing)
    }
}
