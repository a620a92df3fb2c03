//! `server`: which servers of other towns this town wants nothing to do with. Translates and prints.

use parvis_town::{Failure, servers};

use crate::{
    cli::Server,
    exit::{Done, Stop},
    output,
    settings::Settings,
    towns,
};

pub async fn run(settings: &Settings, town: Option<&str>, asked: Server) -> Done {
    let town = towns::chosen(settings, town).await?;
    let here = town.clone();
    match asked {
        Server::Block { host } => {
            let blocked = town.store.write::<_, Failure, _>(move |tx| {
                Box::pin(async move { servers::block(tx, &here, &host).await })
            });
            let host = blocked.await?;
            output::remark(format_args!(
                "{host} and every server below that name are blocked, within a minute."
            ));
        }
        Server::Unblock { host } => {
            let name = host.clone();
            let unblocked = town.store.write::<_, Failure, _>(move |tx| {
                Box::pin(async move { servers::unblock(tx, &here, &name).await })
            });
            if !unblocked.await? {
                return Err(Stop::not_found(format!("{host} is not blocked")));
            }
            output::remark(format_args!(
                "{host} is no longer blocked, within a minute."
            ));
        }
        Server::List => {
            for host in servers::blocked(&town).await? {
                output::line(format_args!("{host}"))?;
            }
        }
    }
    Ok(())
}
