//! Counts what is asked of the database, for tests that a page costs a fixed number of questions. Must not know what is asked.

use std::{cell::Cell, future::Future, sync::Once};

use tracing::{Event, Metadata, Subscriber, span, subscriber};

thread_local! {
    /// Each test runs on a thread of its own.
    static QUESTIONS: Cell<usize> = const { Cell::new(0) };
}

/// Counts the statements that the database library traces. One for all threads: a subscriber that comes and goes may be
/// missed by a call site that another thread has just met.
struct Counter;

impl Subscriber for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target().starts_with("sea_orm::database")
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        if ["query_all_raw", "query_one_raw", "execute_raw"].contains(&span.metadata().name()) {
            QUESTIONS.with(|count| count.set(count.get() + 1));
        }
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// To be called before the first question of a test that counts.
pub fn count_from_now_on() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| subscriber::set_global_default(Counter).expect("nobody else listens"));
}

/// How many questions it asked on this thread, and what came of it.
pub async fn questions<T>(asked: impl Future<Output = T>) -> (usize, T) {
    let before = QUESTIONS.get();
    let answer = asked.await;
    (QUESTIONS.get() - before, answer)
}
