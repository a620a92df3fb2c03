//! Several towns that can reach one another over real sockets.

use std::{ops::Index, sync::Arc};

use crate::{
    program::{self, Program},
    town::TestTown,
};

pub struct Neighbourhood {
    towns: Vec<TestTown>,
}

impl Neighbourhood {
    /// A process for each town.
    pub async fn of<const N: usize>(names: [&str; N]) -> Self {
        let mut towns = Vec::new();
        for name in names {
            towns.push(TestTown::start(name).await);
        }
        Self { towns }
    }

    /// All towns in one process, told apart by host name.
    pub async fn in_one_process<const N: usize>(names: [&str; N]) -> Self {
        let program = Arc::new(Program::new(program::port(), &[]));
        let mut towns = Vec::new();
        for name in names {
            towns.push(TestTown::create_in(&program, name).await);
        }
        program.start().await;
        Self { towns }
    }
}

impl Index<&str> for Neighbourhood {
    type Output = TestTown;

    fn index(&self, name: &str) -> &TestTown {
        self.towns
            .iter()
            .find(|town| town.name() == name)
            .expect("a town of this neighbourhood")
    }
}
