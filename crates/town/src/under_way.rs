//! Errands of one kind that are under way, so that those which are cut short when the program stops can be given back as they
//! were. Does not know what they do.

use std::{collections::HashMap, future::Future};

use tokio::task::{Id, JoinError, JoinSet};

pub(crate) struct UnderWay<E> {
    tasks: JoinSet<()>,
    errands: HashMap<Id, E>,
}

impl<E> UnderWay<E> {
    pub(crate) fn nothing() -> Self {
        Self {
            tasks: JoinSet::new(),
            errands: HashMap::new(),
        }
    }

    pub(crate) fn begin(&mut self, errand: E, running: impl Future<Output = ()> + Send + 'static) {
        let task = self.tasks.spawn(running);
        self.errands.insert(task.id(), errand);
    }

    pub(crate) fn errands(&self) -> impl ExactSizeIterator<Item = &E> {
        self.errands.values()
    }

    pub(crate) fn forget_ended(&mut self) {
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            self.forget(ended);
        }
    }

    /// Waits for it. `false`: nothing is under way.
    pub(crate) async fn one_ended(&mut self) -> bool {
        match self.tasks.join_next_with_id().await {
            Some(ended) => {
                self.forget(ended);
                true
            }
            None => false,
        }
    }

    /// Ends whatever is under way, and gives it.
    pub(crate) async fn cut_short(mut self) -> impl Iterator<Item = E> {
        self.forget_ended();
        self.tasks.shutdown().await;
        self.errands.into_values()
    }

    fn forget(&mut self, ended: Result<(Id, ()), JoinError>) {
        let task = match ended {
            Ok((task, ())) => task,
            Err(err) => {
                tracing::error!(%err, "an errand broke off");
                err.id()
            }
        };
        self.errands.remove(&task);
    }
}
