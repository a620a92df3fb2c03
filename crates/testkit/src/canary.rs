//! Addresses the program must never reach: every connection to one is counted.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{net::TcpListener, task::JoinHandle};

pub struct Canary {
    pub port: u16,
    seen: Arc<AtomicUsize>,
    listeners: Vec<JoinHandle<()>>,
}

impl Canary {
    /// Listens on 127.0.0.2 and, where the machine has it, on ::1, on one port.
    pub async fn open() -> Self {
        let first = TcpListener::bind("127.0.0.2:0").await.unwrap();
        let port = first.local_addr().unwrap().port();
        let seen = Arc::new(AtomicUsize::new(0));
        let mut listeners = vec![tokio::spawn(count(first, seen.clone()))];
        if let Ok(second) = TcpListener::bind(("::1", port)).await {
            listeners.push(tokio::spawn(count(second, seen.clone())));
        }
        Self {
            port,
            seen,
            listeners,
        }
    }

    pub fn connections(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        self.listeners.iter().for_each(JoinHandle::abort);
    }
}

async fn count(listener: TcpListener, seen: Arc<AtomicUsize>) {
    while listener.accept().await.is_ok() {
        seen.fetch_add(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_visit_is_counted() {
        let canary = Canary::open().await;
        assert_eq!(canary.connections(), 0);
        let _visit = tokio::net::TcpStream::connect(("127.0.0.2", canary.port))
            .await
            .unwrap();
        crate::until("the visit is counted", || async {
            canary.connections() == 1
        })
        .await;
    }
}
