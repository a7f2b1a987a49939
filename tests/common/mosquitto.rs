//! A real mosquitto on a free port of this machine. Owns its process and its files.
use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A running mosquitto.
pub struct Mosquitto {
    pub address: SocketAddr,
    process: Child,
    files: TempDir,
}

impl Mosquitto {
    /// Starts one that takes anybody, with more lines of configuration.
    pub fn start(lines: &str) -> Self {
        let files = TempDir::new().unwrap();
        // The system gives a free port; mosquitto itself can't ask for one.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        Self::start_in(files, address, lines)
    }

    fn start_in(files: TempDir, address: SocketAddr, lines: &str) -> Self {
        let path = files.path().join("mosquitto.conf");
        let base = format!("listener {} 127.0.0.1\nallow_anonymous true\n{lines}\n", address.port());
        fs::write(&path, base).unwrap();
        let process = Command::new("mosquitto")
            .arg("-c")
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("mosquitto is installed: apt-get install mosquitto");
        let mosquitto = Self { address, process, files };
        mosquitto.wait_until_it_listens();
        mosquitto
    }

    /// Starts one with a listener for WebSocket as well, whose address is the second; its lines come behind
    /// both. Mosquitto 2.0.11 needs a plain listener beside it, else it ends with "Unable to start any listening
    /// sockets", and the one for WebSocket takes every address of the machine whatever it is told.
    pub fn start_websocket(lines: &str) -> (Self, SocketAddr) {
        let address = TcpListener::bind("0.0.0.0:0").unwrap().local_addr().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], address.port()));
        let listener = format!("listener {}\nprotocol websockets\n{lines}", address.port());
        let broker = Self::start(&listener);
        broker.wait_until_it_listens_on(address);
        (broker, address)
    }

    /// Has it save what it keeps into its files, and end.
    pub fn end(mut self) -> Killed {
        let ended = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap();
        assert!(ended.success());
        self.process.wait().unwrap();
        let files = std::mem::replace(&mut self.files, TempDir::new().unwrap());
        Killed { address: self.address, files }
    }

    fn wait_until_it_listens(&self) {
        self.wait_until_it_listens_on(self.address);
    }

    fn wait_until_it_listens_on(&self, address: SocketAddr) {
        let begun = self.files.path().metadata().unwrap().modified().unwrap();
        while TcpStream::connect(address).is_err() {
            assert!(begun.elapsed().unwrap().as_secs() < 60, "mosquitto does not listen on {address}");
            std::thread::yield_now();
        }
    }

    /// Kills it without a farewell; its port and files stay for `again`.
    pub fn kill(mut self) -> Killed {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        let files = std::mem::replace(&mut self.files, TempDir::new().unwrap());
        Killed { address: self.address, files }
    }

    /// A tool of mosquitto's, aimed at it.
    pub fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.args(["-h", "127.0.0.1", "-p", &self.address.port().to_string()]);
        command
    }

    /// The same, writing each line as it comes instead of when its buffer is full.
    pub fn line_by_line(&self, name: &str) -> Command {
        let mut command = Command::new("stdbuf");
        command.args(["-oL", name, "-h", "127.0.0.1", "-p", &self.address.port().to_string()]);
        command
    }

    /// Publishes with `mosquitto_pub`.
    pub fn publish(&self, arguments: &[&str]) {
        let status = self.tool("mosquitto_pub").args(arguments).status().unwrap();
        assert!(status.success(), "mosquitto_pub {arguments:?}");
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What is left of a killed one.
pub struct Killed {
    address: SocketAddr,
    files: TempDir,
}

impl Killed {
    /// Starts it again on the same port.
    pub fn again(self, lines: &str) -> Mosquitto {
        Mosquitto::start_in(self.files, self.address, lines)
    }
}
