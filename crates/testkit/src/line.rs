//! The line between the program and its database server, which a test can cut and mend. Knows nothing of what is said on it.

use std::sync::Mutex;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use crate::program;

/// Must be made and used within one runtime, which carries what is said.
#[derive(Debug)]
pub struct Line {
    /// Host and port of the server at its other end.
    server: String,
    /// Where our end of it is, on this machine.
    pub port: u16,
    carrying: Mutex<Option<JoinHandle<()>>>,
}

impl Line {
    /// A line that is whole.
    pub async fn to(server: String) -> Self {
        let line = Self {
            server,
            port: program::port(),
            carrying: Mutex::default(),
        };
        line.mend().await;
        line
    }

    /// All connections break off, and no new one is taken, as when a server goes down.
    pub fn cut(&self) {
        if let Some(carrying) = self.carrying.lock().unwrap().take() {
            carrying.abort();
        }
    }

    /// New connections are taken again.
    pub async fn mend(&self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        let carrying = tokio::spawn(carry(listener, self.server.clone()));
        *self.carrying.lock().unwrap() = Some(carrying);
    }
}

async fn carry(listener: TcpListener, server: String) {
    // Ends all of them with itself.
    let mut connections = JoinSet::new();
    loop {
        let (mut near, _) = listener.accept().await.unwrap();
        let server = server.clone();
        connections.spawn(async move {
            let mut far = TcpStream::connect(server).await.unwrap();
            // Either side may break off at any time.
            let _ended = copy_bidirectional(&mut near, &mut far).await;
        });
    }
}
