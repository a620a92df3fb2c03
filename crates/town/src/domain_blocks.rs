//! Servers of other towns that a resident wants nothing of.

use parvis_model::{id::Id, limits, page::Page, refusal::Refusal};
use parvis_store::{Tx, domain_blocks, notifications};

use crate::{
    Outcome, Paged, Town, follows,
    journal::{self, Entry},
};

/// The longest name a server can have (RFC 1035, 2.3.4), and a port.
const LONGEST: usize = 253 + 6;

/// Nothing of its people comes to the resident any more, and what was told of them goes; follows in both directions end.
pub async fn block(tx: &Tx, town: &Town, me: Id, domain: &str) -> Outcome<()> {
    let domain = checked(town, domain)?;
    if domain_blocks::count(tx, me).await? >= limits::DOMAIN_BLOCKS {
        return Err(Refusal::invalid("domain", "refusal-domain-blocks-full")
            .with("limit", limits::DOMAIN_BLOCKS)
            .into());
    }
    for follow in domain_blocks::follows_across(tx, me, &domain).await? {
        follows::end(tx, &follow).await?;
        let (follower, target, uri) = (follow.follower_id, follow.target_id, follow.uri);
        let entry = if follower == me {
            Entry::FollowWithdrawn {
                follower,
                target,
                uri,
            }
        } else {
            Entry::FollowRefused {
                follower,
                target,
                uri,
            }
        };
        journal::record(tx, town, &entry).await?;
    }
    notifications::forget_server(tx, me, &domain).await?;
    Ok(domain_blocks::insert(tx, town.ids.next(), me, &domain, town.now()).await?)
}

/// How many follows a block would end: of the resident's, and of people there.
pub async fn foreseen(town: &Town, me: Id, domain: &str) -> Outcome<(i64, i64)> {
    let domain = checked(town, domain)?;
    Ok(domain_blocks::count_follows_across(town.store.read(), me, &domain).await?)
}

pub async fn unblock(tx: &Tx, _town: &Town, me: Id, domain: &str) -> Outcome<()> {
    let domain = folded(domain);
    // No server is called so, and PostgreSQL refuses to look.
    if domain.contains('\0') {
        return Ok(());
    }
    Ok(domain_blocks::delete(tx, me, &domain).await?)
}

/// The last blocked first.
pub async fn list(town: &Town, me: Id, page: Page) -> Outcome<Paged<String>> {
    let db = town.store.snapshot().await?;
    let rows = domain_blocks::list(&db, me, &page).await?;
    let cursors: Vec<(Id, Id)> = rows.iter().map(|(id, _)| (*id, *id)).collect();
    let domains = rows.into_iter().map(|(_, domain)| domain).collect();
    Ok(Paged::new(domains, &cursors, page.limit))
}

fn folded(domain: &str) -> String {
    domain.trim().trim_start_matches('@').to_lowercase()
}

/// Can a server be called so?
pub(crate) fn is_sound(domain: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | ':');
    !domain.is_empty() && domain.len() <= LONGEST && domain.chars().all(fits)
}

fn checked(town: &Town, domain: &str) -> Result<String, Refusal> {
    let domain = folded(domain);
    if !is_sound(&domain) || domain.eq_ignore_ascii_case(&town.host) {
        return Err(Refusal::invalid("domain", "refusal-domain-unfit"));
    }
    Ok(domain)
}
