//! Waiting for what happens a moment later, within bounds. Knows nothing of what is waited for.

use std::{
    future::Future,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(20);
const GLANCE: Duration = Duration::from_millis(20);

/// Asks again and again until the answer is `Some`, at most 20 seconds.
///
/// # Panics
/// When it never is.
pub async fn eventually<T, Asked, Answer>(what: &str, ask: Asked) -> T
where
    Asked: FnMut() -> Answer,
    Answer: Future<Output = Option<T>>,
{
    within(PATIENCE, what, ask).await
}

/// The same for something that only has to become true.
pub async fn until<Asked, Answer>(what: &str, mut ask: Asked)
where
    Asked: FnMut() -> Answer,
    Answer: Future<Output = bool>,
{
    eventually(what, || {
        let answer = ask();
        async move { answer.await.then_some(()) }
    })
    .await;
}

/// The same with a patience of one's own.
pub async fn within<T, Asked, Answer>(patience: Duration, what: &str, mut ask: Asked) -> T
where
    Asked: FnMut() -> Answer,
    Answer: Future<Output = Option<T>>,
{
    let start = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(
            start.elapsed() < patience,
            "waited {patience:?} in vain: {what}"
        );
        tokio::time::sleep(GLANCE).await;
    }
}
