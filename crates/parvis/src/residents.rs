//! `account` and `token`: residents looked after from the shell. Translates and prints; the rules are the town's.

use std::{
    io::{self, BufRead as _, Read as _},
    sync::Arc,
};

use anyhow::Context as _;
use parvis_federation::Federation;
use parvis_model::{
    account::{AccountKind, Role},
    clock::Clock,
    handle::Handle,
    id::Id,
    limits,
};
use parvis_town::{
    Failure, Outcome, Town, accounts, departures, groups, moves, settings as town_settings,
    tokens::{self, Scopes},
    two_step,
    users::{self, UserView},
};

use crate::{
    cli::{Account, AliasChange, NewAccount, Password, Posting},
    exit::{Done, Stop},
    node, output,
    settings::Settings,
    towns,
};

/// The name under which a token made here stands in its owner's list.
const TOKEN_NAME: &str = "parvis token create";

pub async fn run(settings: &Settings, town: Option<&str>, asked: Account) -> Done {
    let town = towns::chosen(settings, town).await?;
    match asked {
        Account::Create(account) => create(&town, account).await,
        Account::List => list(&town).await,
        Account::Suspend { name } => {
            let user = resident(&town, &name).await?;
            let here = town.clone();
            town.store
                .write(move |tx| {
                    Box::pin(async move { accounts::suspend(tx, &here, user.account).await })
                })
                .await?;
            said(format_args!("{name} is suspended."))
        }
        Account::Unsuspend { name } => {
            let user = resident(&town, &name).await?;
            let here = town.clone();
            let is_back = town
                .store
                .write(move |tx| {
                    Box::pin(async move { accounts::unsuspend(tx, &here, user.account).await })
                })
                .await?;
            if is_back {
                said(format_args!("{name} may come in again."))
            } else {
                said(format_args!(
                    "{name} is no longer suspended, but has asked to be deleted: the account stays hidden unless {name} logs in \
                     in time."
                ))
            }
        }
        Account::Delete { name, yes } => delete(&town, &name, yes).await,
        Account::ResetPassword { name, password } => reset_password(&town, &name, &password).await,
        Account::TwoStepOff { name } => two_step_off(&town, &name).await,
        Account::Move { name, target } => {
            let user = resident(&town, &name).await?;
            let to = elsewhere(settings, &town, &target).await?;
            let here = town.clone();
            town.store
                .write(move |tx| {
                    Box::pin(async move { moves::leave(tx, &here, user.account, to).await })
                })
                .await?;
            said(format_args!("{name} has moved to {target}."))
        }
        Account::Alias { name, what, handle } => {
            let user = resident(&town, &name).await?;
            let other = elsewhere(settings, &town, &handle).await?;
            let here = town.clone();
            town.store
                .write(move |tx| {
                    Box::pin(async move {
                        match what {
                            AliasChange::Add => {
                                moves::add_alias(tx, &here, user.account, other).await
                            }
                            AliasChange::Remove => {
                                moves::remove_alias(tx, &here, user.account, other).await
                            }
                        }
                    })
                })
                .await?;
            said(format_args!("The other accounts of {name} are changed."))
        }
        Account::Moderator {
            name,
            what,
            resident: whom,
        } => {
            let (group, whom) = (resident(&town, &name).await?, resident(&town, &whom).await?);
            let here = town.clone();
            town.store
                .write(move |tx| {
                    Box::pin(async move {
                        match what {
                            AliasChange::Add => {
                                groups::appoint(tx, &here, group.account, whom.account).await
                            }
                            AliasChange::Remove => {
                                groups::dismiss(tx, &here, group.account, whom.account).await
                            }
                        }
                    })
                })
                .await?;
            said(format_args!("Those who look after {name} are changed."))
        }
        Account::Posting { name, who } => {
            let group = resident(&town, &name).await?;
            let (here, restricted) = (town.clone(), who == Posting::Moderators);
            town.store
                .write(move |tx| {
                    Box::pin(
                        async move { groups::restrict(tx, &here, group.account, restricted).await },
                    )
                })
                .await?;
            said(format_args!("Who may write in {name} is changed."))
        }
        Account::SetRole { name, role } => {
            let user = resident(&town, &name).await?;
            let here = town.clone();
            town.store
                .write(move |tx| {
                    Box::pin(async move { users::set_role(tx, &here, user.id, role).await })
                })
                .await?;
            said(format_args!("{name} is {} now.", role.as_str()))
        }
    }
}

/// Somebody of this town or another, as they are now: other servers are asked.
async fn elsewhere(settings: &Settings, town: &Arc<Town>, handle: &str) -> Done<Id> {
    let fetcher = node::fetcher(settings, Clock::system())?;
    // Makes the town find people on other servers.
    let _federation = Federation::new(town.clone(), fetcher).await?;
    let handle: Handle = handle
        .parse()
        .map_err(|()| Stop::not_found(format!("{handle} is not a handle")))?;
    let found = town.reach().handle(town, &handle).await?;
    found.ok_or_else(|| Stop::not_found(format!("{handle} is not to be found")))
}

/// Remarks go to standard error, so that standard output holds only what a script may want.
#[expect(clippy::unnecessary_wraps, reason = "the end of a command")]
fn said(remark: std::fmt::Arguments<'_>) -> Done {
    output::remark(remark);
    Ok(())
}

async fn create(town: &Arc<Town>, account: NewAccount) -> Done {
    let (password, generated) = password(&account.password)?;
    let email = account.email.as_deref();
    let kind = if account.group {
        AccountKind::Group
    } else {
        AccountKind::Person
    };
    let owner = match &account.owner {
        Some(owner) => Some(resident(town, owner).await?),
        None => None,
    };
    let prepared = users::prepare_account(
        town,
        &account.name,
        email,
        password.clone(),
        account.role,
        kind,
    )
    .await?;
    let (here, ends_first_steps) = (town.clone(), account.role == Role::Admin);
    town.store
        .write(move |tx| {
            Box::pin(async move {
                let new = users::sign_up(tx, &here, prepared).await?;
                if let Some(owner) = owner {
                    groups::appoint(tx, &here, new.account, owner.account).await?;
                }
                if ends_first_steps {
                    town_settings::end_first_steps(tx).await?;
                }
                Ok::<_, Failure>(())
            })
        })
        .await?;
    output::remark(format_args!(
        "@{}@{} is there.",
        account.name.to_lowercase(),
        town.host
    ));
    if generated {
        output::line(format_args!("{password}"))?;
    }
    Ok(())
}

async fn list(town: &Arc<Town>) -> Done {
    let leaving = departures::leaving(town).await?;
    for user in users::all(town).await? {
        let state = match (user.suspended, user.approved) {
            (true, _) if leaving.contains(&user.id) => "leaving",
            (true, _) => "suspended",
            (false, false) => "waiting",
            (false, true) => "active",
        };
        let email = user.email.as_deref().unwrap_or("-");
        output::line(format_args!(
            "{}\t{}\t{state}\t{email}",
            user.name,
            user.role.as_str()
        ))?;
    }
    Ok(())
}

async fn delete(town: &Arc<Town>, name: &str, sure: bool) -> Done {
    let user = resident(town, name).await?;
    if !sure {
        return Err(Stop::wrong(format!(
            "This removes {name} and all they wrote, here and on the servers of other towns, and cannot be undone. \
             To do it, add --yes."
        )));
    }
    let here = town.clone();
    town.store
        .write(move |tx| Box::pin(async move { accounts::close(tx, &here, user.account).await }))
        .await?;
    said(format_args!("{name} is gone."))
}

async fn reset_password(town: &Arc<Town>, name: &str, asked: &Password) -> Done {
    let user = resident(town, name).await?;
    let (password, generated) = password(asked)?;
    users::set_password(town, user.id, password.clone()).await?;
    output::remark(format_args!(
        "{name} has a new password; every session and token has ended."
    ));
    if generated {
        output::line(format_args!("{password}"))?;
    }
    Ok(())
}

async fn two_step_off(town: &Arc<Town>, name: &str) -> Done {
    let user = resident(town, name).await?;
    let was_on = town
        .store
        .write(move |tx| Box::pin(async move { two_step::remove(tx, user.id).await }))
        .await?;
    if was_on {
        said(format_args!("{name} logs in with the password alone now."))
    } else {
        said(format_args!("{name} had no two-step log-in."))
    }
}

/// The bearer token alone on standard output.
pub async fn create_token(
    settings: &Settings,
    town: Option<&str>,
    name: &str,
    scopes: &str,
) -> Done {
    let scopes = Scopes::parse(scopes).map_err(|_| {
        Stop::wrong(format!(
            "--scopes = {scopes:?}: expected scopes such as \"read write:statuses follow push\""
        ))
    })?;
    let town = towns::chosen(settings, town).await?;
    let user = resident(&town, name).await?;
    let here = town.clone();
    let token: Outcome<String> = town
        .store
        .write(move |tx| {
            Box::pin(async move { tokens::issue(tx, &here, user.id, TOKEN_NAME, &scopes).await })
        })
        .await;
    output::line(format_args!("{}", token?))
}

async fn resident(town: &Arc<Town>, name: &str) -> Done<UserView> {
    let found = users::by_name(town, name).await?;
    found.ok_or_else(|| {
        Stop::not_found(format!(
            "There is no login of the name {name} in {}",
            town.host
        ))
    })
}

/// The password from standard input, or a generated one; says whether it was generated.
fn password(asked: &Password) -> Done<(String, bool)> {
    if !asked.password_stdin {
        return Ok((users::random_password(), true));
    }
    // A character has four bytes at most; a longer line is refused for its length all the same.
    let bound = (limits::PASSWORD_MAX * 4 + 2) as u64;
    let mut line = String::new();
    io::stdin()
        .lock()
        .take(bound)
        .read_line(&mut line)
        .context("reading the password")?;
    Ok((line.trim_end_matches(['\r', '\n']).to_owned(), false))
}
