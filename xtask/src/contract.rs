//! A node is held to its own OpenAPI document: schemathesis makes up requests by it. Installs what that needs and hands over to
//! `tests/contract/play.py`; knows nothing of the document.

use std::process::Command;

use anyhow::Result;

use crate::test::Note;
use crate::workspace::Workspace;
use crate::{checks, clients, postgres, run};

pub fn hold(workspace: &Workspace) -> Result<Note> {
    checks::build(workspace)?;
    let python = clients::python(workspace, "contract")?;
    let play = || {
        let mut command = Command::new(&python);
        command
            .arg("-B")
            .arg(workspace.root.join("tests/contract/play.py"))
            .arg(workspace.program());
        command
    };
    postgres::during(workspace, |url| {
        // One after the other: who asks and who answers keep both cores busy.
        run::loudly(&mut play())?;
        run::loudly(play().env("PARVIS_CONTRACT_DATABASE", url))
    })?;
    Ok(None)
}
