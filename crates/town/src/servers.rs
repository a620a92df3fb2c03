//! Servers of other towns with which this town wants nothing to do; decided by its staff.

use parvis_model::refusal::Refusal;
use parvis_store::{Tx, servers};

use crate::{Outcome, Town, neighbours};

/// The longest name a server can have (RFC 1035, 2.3.4), and a port.
const LONGEST: usize = 253 + 6;

/// Nothing comes from it or from those below its name any more, and nothing goes there. Gives the name as it is kept.
pub async fn block(tx: &Tx, town: &Town, host: &str) -> Outcome<String> {
    let host = checked(host)?;
    if is_at_or_above(&host, &town.host) {
        return Err(Refusal::invalid("domain", "refusal-domain-unfit").into());
    }
    servers::block(tx, &host, town.now()).await?;
    neighbours::shut_out(tx, town).await?;
    Ok(host)
}

/// `false` if it was not blocked.
pub async fn unblock(tx: &Tx, _town: &Town, host: &str) -> Outcome<bool> {
    Ok(servers::unblock(tx, &checked(host)?).await?)
}

pub async fn blocked(town: &Town) -> Outcome<Vec<String>> {
    Ok(servers::blocked(town.store.read()).await?)
}

/// The town would block itself.
fn is_at_or_above(host: &str, town: &str) -> bool {
    let bare = town.split(':').next().unwrap_or(town);
    [town, bare].iter().any(|own| {
        own.strip_suffix(host)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

fn checked(host: &str) -> Result<String, Refusal> {
    let host = host.trim().trim_end_matches('.').to_lowercase();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    if host.is_empty() || host.len() > LONGEST || !host.chars().all(fits) {
        return Err(Refusal::invalid("domain", "refusal-domain-unfit"));
    }
    Ok(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_town_does_not_block_itself() {
        for host in ["bourg.example", "example", "bourg.example:8000"] {
            assert!(is_at_or_above(host, "bourg.example:8000"), "{host}");
        }
        for host in ["g.example", "far.example", "a.bourg.example"] {
            assert!(!is_at_or_above(host, "bourg.example"), "{host}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        assert_eq!(checked(" Far.Example. ").unwrap(), "far.example");
        for host in ["", "https://far.example", "far.example/x", "%", "a b"] {
            assert!(checked(host).is_err(), "{host}");
        }
    }
}
