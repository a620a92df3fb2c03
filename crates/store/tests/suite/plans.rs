//! No question of a page reads a whole table: SQLite says beforehand how it will go about each.

use std::{collections::HashSet, sync::Mutex};

use parvis_model::page::Page;
use parvis_store::{
    DbErr, Tx, accounts,
    audience::Eyes,
    bygones, conversations, copies,
    deliveries::{self, Lane},
    domain_blocks, filters, follows, groups,
    interactions::{self, Wanted as Waiting},
    invitations, keys, letters, lists, media, notes, notice_choices, notification_policies,
    notifications::{self, Wanted},
    pages, passkeys, posts, profile_links, quotes, reactions, relations, scheduled, sent_forms,
    servers, tags, thread_mutes,
    timelines::{self, Answers, Pointing, Scope, Shown, Tagged},
};
use sea_orm::{ConnectionTrait, DatabaseBackend, ExecResult, QueryResult, Statement};

use crate::scratch;

/// Walked from one end while a page fills.
const WALKED: [&str; 5] = [
    "post_by_time",
    "post_public",
    "post_public_media",
    "post_square",
    "account_group",
];

/// Runs everything, and notes the plan of each statement that reads a table from end to end.
struct Planned<'t> {
    tx: &'t Tx,
    asked: Mutex<usize>,
    scans: Mutex<Vec<String>>,
}

impl Planned<'_> {
    async fn plan(&self, stmt: &Statement) -> Result<(), DbErr> {
        let explain = Statement {
            sql: format!("EXPLAIN QUERY PLAN {}", stmt.sql),
            ..stmt.clone()
        };
        let rows = self.tx.query_all_raw(explain).await?;
        let steps: Vec<String> = rows
            .iter()
            .map(|row| row.try_get_by_index(3))
            .collect::<Result<_, _>>()?;
        let made_here: HashSet<&str> = steps
            .iter()
            .filter_map(|step| {
                step.strip_prefix("CO-ROUTINE ")
                    .or_else(|| step.strip_prefix("MATERIALIZE "))
            })
            .collect();
        for step in &steps {
            let Some(scanned) = step.strip_prefix("SCAN ") else {
                continue;
            };
            let name = scanned.split(' ').next().unwrap();
            let index = scanned.rsplit(' ').next().unwrap();
            let list = scanned.contains("VIRTUAL TABLE") || scanned.contains("CONSTANT ROW");
            if !list && !made_here.contains(name) && !WALKED.contains(&index) {
                self.scans
                    .lock()
                    .unwrap()
                    .push(format!("{step} in: {}", stmt.sql));
            }
        }
        *self.asked.lock().unwrap() += 1;
        Ok(())
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Planned<'_> {
    fn get_database_backend(&self) -> DatabaseBackend {
        self.tx.get_database_backend()
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        self.plan(&stmt).await?;
        self.tx.execute_raw(stmt).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.tx.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.plan(&stmt).await?;
        self.tx.query_one_raw(stmt).await
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.plan(&stmt).await?;
        self.tx.query_all_raw(stmt).await
    }
}

async fn ask_timelines(db: &Planned<'_>, eyes: Eyes) -> Result<(), DbErr> {
    let bounds = [
        (None, None, None),
        (Some(500), None, None),
        (None, Some(5), None),
        (None, None, Some(5)),
    ];
    for (max_id, since_id, min_id) in bounds {
        let page = Page {
            max_id,
            since_id,
            min_id,
            limit: 20,
        };
        if eyes.account != 0 {
            timelines::home(db, eyes.account, 0, &page).await?;
        }
        for scope in [Scope::All, Scope::Local, Scope::Remote] {
            for media_only in [false, true] {
                timelines::public(db, eyes, 0, scope, media_only, &page).await?;
            }
        }
        timelines::square(db, eyes, 0, &page).await?;
        for bits in 0..8 {
            let shown = Shown {
                replies: bits & 1 != 0,
                boosts: bits & 2 != 0,
                media_only: bits & 4 != 0,
            };
            for tag in [None, Some("marche")] {
                timelines::of_account(db, eyes, 0, (1, tag), shown, &page).await?;
            }
        }
        let tags = Tagged {
            any: vec!["marche".into()],
            all: vec!["fete".into()],
            none: vec!["pluie".into()],
            media_only: true,
        };
        timelines::tagged(db, eyes, 0, &tags, Scope::Local, &page).await?;
        timelines::list(db, 1, 0, 7, Answers::ToMembers, &page).await?;
        for list in [
            Pointing::Favourites,
            Pointing::Bookmarks,
            Pointing::Followers,
            Pointing::Following,
            Pointing::LookedAfter,
            Pointing::GroupsOrLookedAfter,
            Pointing::Requests,
            Pointing::Blocked,
            Pointing::Muted,
            Pointing::BlockedDomains,
            Pointing::Endorsed,
            Pointing::FollowedTags,
            Pointing::Members,
        ] {
            timelines::pointing(db, list, 1, &page).await?;
        }
        let wanted = Wanted {
            kinds: Some(vec!["mention".into()]),
            from: Some(2),
            held_back: false,
        };
        notifications::list(db, eyes, 0, &wanted, &page).await?;
        notifications::list(db, eyes, 0, &Wanted::default(), &page).await?;
        notification_policies::held(db, 1, &page).await?;
        conversations::list(db, 1, &page).await?;
        scheduled::list(db, 1, &page).await?;
    }
    posts::visible_by_ids(db, eyes, 0, &[10, 11]).await?;
    pages::of_posts(db, eyes, 0, &[10, 11]).await?;
    quotes::of_posts(db, eyes, 0, &[10, 11]).await?;
    quotes::inner(db, eyes, 0, &[10, 11]).await?;
    posts::thread(db, eyes, 0, 10, 100).await?;
    Ok(())
}

async fn ask_about_posts(db: &Planned<'_>) -> Result<(), DbErr> {
    let post = posts::by_id(db, 10).await?.unwrap();
    posts::by_uri_or_url(db, "http://town.test/@marie/10").await?;
    posts::by_ids(db, &[10]).await?;
    posts::local_by_ids(db, &[10]).await?;
    posts::boost_by(db, 1, 10).await?;
    posts::boosts_of(db, 10).await?;
    posts::count(db, 10, posts::Count::Replies, 1).await?;
    posts::adopt_answers(db, &post).await?;
    thread_mutes::move_to(db, &[10], 11).await?;
    conversations::move_to(db, &[10], 11).await?;
    posts::open_thread(db, 10, 0, 40).await?;
    posts::open_thread_size(db, 10).await?;
    posts::uncount_boosts_of(db, 10).await?;
    posts::mention(db, 10, &[2]).await?;
    posts::mentions_of(db, &[10]).await?;
    posts::is_mentioned(db, 10, 2).await?;
    posts::tag(db, 10, &[("marche".into(), "Marché".into())], || 77).await?;
    posts::tombstone(db, "x").await?;
    posts::expected(db, "x").await?;
    posts::open_answers(db, 10, 1, (false, 0), 40).await?;
    posts::open_of(db, 1).await?;
    posts::bury_all_of(db, 1, "x", 0).await?;
    posts::forget_mentions(db, 10).await?;
    media::of_posts(db, &[10]).await?;
    media::known(db, &["ab/x.jpg".into()]).await?;
    Ok(())
}

async fn ask_about_coming_in(db: &Planned<'_>) -> Result<(), DbErr> {
    invitations::by_code(db, "abcd").await?;
    invitations::of(db, 1, 100).await?;
    invitations::count_open(db, 1, 0).await?;
    invitations::came(db, &[1, 2]).await?;
    passkeys::of(db, 1).await?;
    passkeys::by_credential(db, "abcd").await?;
    letters::due(db, 0, 20).await?;
    letters::last_sent(db, 1, "notices").await?;
    letters::key(db, "abcd", "new_password", 0).await?;
    notice_choices::of(db, 1).await?;
    Ok(())
}

async fn ask_about_what_waits(db: &Planned<'_>) -> Result<(), DbErr> {
    for wanted in [
        Waiting::default(),
        Waiting {
            post: Some(10),
            kinds: vec!["reply".into()],
        },
    ] {
        interactions::page(db, 1, &wanted, &Page::default()).await?;
    }
    interactions::by_id(db, 1, 10).await?;
    interactions::burden(db, 1, 2).await?;
    interactions::is_waiting(db, 10, "reply", "https://far.example/1").await?;
    interactions::is_refused(db, 10, 2, "reply", None).await?;
    interactions::forget_before(db, 0).await?;
    profile_links::due(db, 0, 4).await?;
    media::said_before(db, 1, 2).await?;
    groups::looked_after(db, 1, &[2]).await?;
    for indexable in [false, true] {
        groups::of_town(db, indexable, &Page::older_than(Some(500))).await?;
        groups::of_town(db, indexable, &Page::default()).await?;
    }
    sent_forms::is_there(db, 1, "abcd").await?;
    sent_forms::made(db, 1, "abcd", 0).await?;
    sent_forms::forget(db, 0, 0).await?;
    Ok(())
}

async fn ask_about_people(db: &Planned<'_>) -> Result<(), DbErr> {
    accounts::by_handle(db, "name1", "").await?;
    accounts::by_uri_or_url(db, "http://town.test/@marie").await?;
    accounts::by_uris(db, &["x".into(), "y".into()]).await?;
    keys::find(db, "x").await?;
    keys::further(db, 1).await?;
    relations::between(db, 1, &[2, 3], 0).await?;
    relations::is_blocked(db, 1, 2).await?;
    follows::between(db, 1, 2).await?;
    follows::familiar(db, 1, &[2, 3]).await?;
    domain_blocks::follows_across(db, 1, "far").await?;
    notes::about(db, 1, &[2]).await?;
    lists::holding(db, 1, 2).await?;
    filters::keywords_of(db, 1).await?;
    filters::posts_of(db, 1).await?;
    tags::featured(db, 1).await?;
    tags::used_by(db, 1, 10).await?;
    follows::remote_inboxes(db, 1).await?;
    follows::remote_inboxes_of_all(db, &[1, 2]).await?;
    groups::standings(db, &[(1, 2), (1, 3)]).await?;
    deliveries::inboxes_of_objects(db, &["x".into(), "y".into()]).await?;
    follows::listeners(db, &[1]).await?;
    follows::by_uri(db, 1, "https://a.example/1").await?;
    follows::has_local_follower(db, 1).await?;
    reactions::favourite_by_uri(db, 1, "x").await?;
    relations::block_by_uri(db, 1, "x").await?;
    media::of_account(db, 1).await?;
    servers::blocked_among(db, &["a.example".into()]).await?;
    deliveries::for_host(db, "a.example", 16).await?;
    for lane in [Lane::Proven, Lane::Untried, Lane::Failing] {
        deliveries::due_hosts(db, lane, 0, 64).await?;
    }
    deliveries::next_attempt(db, 0).await?;
    deliveries::inboxes_of_actor(db, 1).await?;
    bygones::settled(db, 0, 10).await?;
    bygones::follows_undone_by(db, &[1, 2]).await?;
    bygones::forget(db, &[1, 2]).await?;
    bygones::servers(db, "a.example", 0, 10).await?;
    bygones::idle_among(db, &["a.example".into()], 0).await?;
    bygones::forget_idle(db, &["a.example".into()], 0).await?;
    deliveries::failing_among(db, &["a.example".into()], 0).await?;
    deliveries::accounts_at(db, "https://a.example/inbox", 5).await?;
    deliveries::forget_shared_inbox(db, "https://a.example/inbox").await?;
    deliveries::hush(db, "https://a.example/1").await?;
    follows::delete_all_of(db, 3).await?;
    copies::holders(db, "https://a.example/1", "", 80).await?;
    copies::deletions(db, 1, i64::MAX, 20).await?;
    copies::deletion(db, 1, "https://a.example/1").await?;
    let eyes = Eyes {
        account: 1,
        resident: true,
    };
    notifications::unread(db, eyes, 0, 0, &Wanted::default(), 100).await?;
    notifications::alike(db, 1, "boost", 10, 0..1, 8).await?;
    notification_policies::held_counts(db, 1).await?;
    conversations::unread(db, eyes, 0, 100).await?;
    conversations::step_back(db, 10).await?;
    scheduled::due(db, 0, 10).await?;
    scheduled::waiting_media(db, &[1]).await?;
    notifications::forget_old(db, "neighbour", 1, 0).await?;
    notifications::forget_between(db, 1, 2).await?;
    notifications::forget_all(db, 1).await?;
    accounts::delete(db, 3).await
}

#[tokio::test]
async fn no_question_of_a_page_reads_a_whole_table() {
    let scratch = scratch::store().await;
    if scratch.url.starts_with("postgres") {
        // PostgreSQL plans by what the tables hold, and these are empty.
        return;
    }
    scratch::three_people(&scratch.store).await;
    let (asked, scans) = scratch
        .store
        .write::<_, DbErr, _>(|tx| {
            Box::pin(async move {
                for id in 10..14 {
                    posts::insert(tx, scratch::post(id, 1, "public")).await?;
                }
                let db = Planned {
                    tx,
                    asked: Mutex::new(0),
                    scans: Mutex::new(Vec::new()),
                };
                for eyes in [
                    Eyes {
                        account: 1,
                        resident: true,
                    },
                    Eyes {
                        account: 3,
                        resident: false,
                    },
                    Eyes::NOBODY,
                ] {
                    ask_timelines(&db, eyes).await?;
                }
                ask_about_posts(&db).await?;
                ask_about_people(&db).await?;
                ask_about_coming_in(&db).await?;
                ask_about_what_waits(&db).await?;
                Ok((
                    db.asked.into_inner().unwrap(),
                    db.scans.into_inner().unwrap(),
                ))
            })
        })
        .await
        .unwrap();
    assert!(asked > 200, "only {asked} questions were looked at");
    assert!(scans.is_empty(), "{}", scans.join("\n"));
}
