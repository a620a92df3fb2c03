//! Servers that the town wants nothing to do with. Who is blocked so are those below its name.

use sea_orm::{ConnectionTrait, DbErr};

use crate::{deliveries, dialect};

/// What waits for the server is given up.
pub async fn block(db: &impl ConnectionTrait, host: &str, now: i64) -> Result<(), DbErr> {
    dialect::run(
        db,
        "INSERT INTO peer (host, failures, failing_since, next_attempt_at, last_success_at, blocked, due_at) \
         VALUES ($1, 0, CAST(NULL AS BIGINT), 0, CAST(NULL AS BIGINT), TRUE, CAST(NULL AS BIGINT)) \
         ON CONFLICT (host) DO UPDATE SET blocked = TRUE, due_at = NULL",
        [host.into()],
    )
    .await?;
    let sql = "UPDATE delivery SET state = $2, settled_at = $3 WHERE state = 'pending' \
         AND (host = $1 OR host LIKE $4 ESCAPE '\\' OR host LIKE $5 ESCAPE '\\')";
    let (below, beside) = (
        format!("%.{}%", dialect::literal(host)),
        format!("{}:%", dialect::literal(host)),
    );
    let params = [
        host.into(),
        deliveries::GIVEN_UP.into(),
        now.into(),
        below.into(),
        beside.into(),
    ];
    dialect::run(db, sql, params).await?;
    Ok(())
}

/// `false` if it was not blocked.
pub async fn unblock(db: &impl ConnectionTrait, host: &str) -> Result<bool, DbErr> {
    let sql = "UPDATE peer SET blocked = FALSE WHERE host = $1 AND blocked";
    Ok(dialect::run(db, sql, [host.into()]).await? > 0)
}

pub async fn blocked(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let sql = "SELECT host FROM peer WHERE blocked ORDER BY host";
    dialect::texts(db, sql, []).await
}

/// Those of `hosts` that are blocked, by their own name or by one above it, with the port or without.
pub async fn blocked_among(
    db: &impl ConnectionTrait,
    hosts: &[String],
) -> Result<Vec<String>, DbErr> {
    let mut names: Vec<String> = hosts.iter().flat_map(|host| names(host)).collect();
    names.sort_unstable();
    names.dedup();
    let sql = format!(
        "SELECT host FROM peer WHERE blocked AND host IN {}",
        dialect::listed_texts(db, 1)
    );
    let found = dialect::texts(db, &sql, [dialect::json_texts(&names).into()]).await?;
    let is_blocked = |host: &&String| names_of(host).any(|name| found.contains(&name));
    Ok(hosts.iter().filter(is_blocked).cloned().collect())
}

fn names(host: &str) -> Vec<String> {
    names_of(host).collect()
}

/// The names under which a server may be blocked: its own and all above.
fn names_of(host: &str) -> impl Iterator<Item = String> {
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let above = std::iter::successors(Some(name), |name| {
        name.split_once('.').map(|(_, above)| above)
    });
    let with_port = |name: &str| Some(format!("{name}:{port}")).filter(|_| !port.is_empty());
    let all: Vec<String> = above
        .flat_map(|name| [Some(name.to_owned()), with_port(name)])
        .flatten()
        .collect();
    all.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_meant_by_every_name_above_its_own() {
        assert_eq!(
            names("a.b.example:8443"),
            [
                "a.b.example",
                "a.b.example:8443",
                "b.example",
                "b.example:8443",
                "example",
                "example:8443"
            ]
        );
        assert_eq!(names("example"), ["example"]);
    }
}
