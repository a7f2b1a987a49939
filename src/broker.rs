//! A device's task: dials, pumps bytes through `wire` and `session`, batches messages. Owns the socket.
