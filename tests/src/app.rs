//! What the tests of the client API share: asking as an app does, and walking lists by their `Link` header.

use std::collections::HashSet;

use http::Method;
use parvis_testkit::{
    Reply, Resident, TestTown,
    exchange::{self, headers, urlencoded},
    resident::id,
};
use sea_orm::{ConnectionTrait as _, Database, Statement};
use serde_json::Value;

/// Any method, a form as its body.
pub async fn asks(
    who: &Resident,
    town: &TestTown,
    method: Method,
    path: &str,
    fields: &[(&str, &str)],
) -> Reply {
    let bearer = format!("Bearer {}", who.token);
    let headers = headers(&[
        ("authorization", &bearer),
        ("content-type", "application/x-www-form-urlencoded"),
    ]);
    exchange::send(
        method,
        &town.url(path),
        headers,
        urlencoded(fields).into_bytes(),
    )
    .await
}

/// Does something that must succeed.
pub async fn does(who: &Resident, path: &str, fields: &[(&str, &str)]) -> Value {
    who.post_form(path, fields).await.expecting(200).json()
}

pub fn ids(list: &[Value]) -> Vec<String> {
    list.iter().map(|entity| id(entity).to_owned()).collect()
}

/// Where a `Link` header leads to, without the town's address.
pub fn link(town: &TestTown, reply: &Reply, rel: &str) -> Option<String> {
    let links = reply.header("link")?;
    let end = format!("rel=\"{rel}\"");
    let part = links.split(", ").find(|part| part.ends_with(&end))?;
    let address = part.strip_prefix('<')?.split('>').next()?;
    let path = address.strip_prefix(town.origin.as_str());
    Some(path.unwrap().to_owned())
}

/// All pages of a list, from the newest to the oldest; then back up from the oldest page by its way to newer ones, which must
/// give the same.
pub async fn walks(who: &Resident, town: &TestTown, path: &str, limit: usize) -> Vec<Value> {
    let sign = if path.contains('?') { '&' } else { '?' };
    let mut next = Some(format!("{path}{sign}limit={limit}"));
    let (mut down, mut pages) = (Vec::new(), Vec::new());
    while let Some(path) = next {
        let reply = who.get(&path).await.expecting(200);
        let page: Vec<Value> = reply.json().as_array().unwrap().clone();
        assert!(page.len() <= limit, "{path}");
        next = link(town, &reply, "next");
        let newer = link(town, &reply, "prev");
        if !page.is_empty() {
            pages.push((page.clone(), newer.unwrap()));
        }
        down.extend(page);
        assert!(pages.len() <= 50, "the pages of {path} never end");
    }
    for ((above, _), (_, up)) in pages.iter().zip(pages.iter().skip(1)) {
        let page = who.list(up).await;
        assert_eq!(&page, above, "the page above, by {up}");
    }
    let mut met = HashSet::new();
    for one in &down {
        let name = one["id"].as_str().or(one.as_str()).unwrap_or_default();
        let name = format!("{name}{}", one["last_status"]["id"]);
        assert!(met.insert(name), "{path} shows {one} twice");
    }
    down
}

/// Changes the town's database behind its back, to let time pass. Gives how many rows it met.
pub async fn changes(town: &TestTown, sql: &str) -> u64 {
    let database = Box::pin(Database::connect(town.database_url()))
        .await
        .unwrap();
    let done = database.execute_unprepared(sql).await.unwrap();
    database.close().await.unwrap();
    done.rows_affected()
}

/// Rows of a table, or of a table with a condition.
pub async fn counts(town: &TestTown, what: &str) -> i64 {
    let database = Box::pin(Database::connect(town.database_url()))
        .await
        .unwrap();
    let sql = format!("SELECT COUNT(*) FROM {what}");
    let counting = Statement::from_string(database.get_database_backend(), sql);
    let row = database.query_one_raw(counting).await.unwrap().unwrap();
    database.close().await.unwrap();
    row.try_get_by_index(0).unwrap()
}
