//! People who can log in, their sessions, tokens and recovery codes. Secrets are stored as hashes only.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel, Order,
    PaginatorTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    sea_query::{Expr, LockType, SimpleExpr},
};

use crate::{
    dialect,
    entity::{account, login, recovery_code, session, token},
};

pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<login::Model>, DbErr> {
    login::Entity::find_by_id(id).one(db).await
}

pub async fn by_ids(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<login::Model>, DbErr> {
    login::Entity::find()
        .filter(dialect::among(db, login::Column::Id, ids))
        .all(db)
        .await
}

pub async fn by_account(
    db: &impl ConnectionTrait,
    account: i64,
) -> Result<Option<login::Model>, DbErr> {
    login::Entity::find()
        .filter(login::Column::AccountId.eq(account))
        .one(db)
        .await
}

pub async fn by_email(db: &impl ConnectionTrait, key: &str) -> Result<Option<login::Model>, DbErr> {
    login::Entity::find()
        .filter(login::Column::EmailKey.eq(key))
        .one(db)
        .await
}

pub async fn count(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    login::Entity::find().count(db).await
}

pub async fn insert(db: &impl ConnectionTrait, row: login::Model) -> Result<(), DbErr> {
    login::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// `None`: none any more. `key`: as [`by_email`] looks for it. `false`: there is no such login.
pub async fn set_email(
    db: &impl ConnectionTrait,
    id: i64,
    (email, key): (Option<String>, Option<String>),
    proven_at: Option<i64>,
) -> Result<bool, DbErr> {
    let columns = [
        (login::Column::Email, Expr::value(email)),
        (login::Column::EmailKey, Expr::value(key)),
        (login::Column::EmailProvenAt, Expr::value(proven_at)),
    ];
    set(db, id, columns).await
}

/// `false`: there is no such login.
pub async fn set_password(db: &impl ConnectionTrait, id: i64, hash: String) -> Result<bool, DbErr> {
    set(db, id, [(login::Column::PasswordHash, Expr::value(hash))]).await
}

/// `false`: there is no such login.
pub async fn set_locale(
    db: &impl ConnectionTrait,
    id: i64,
    locale: Option<String>,
) -> Result<bool, DbErr> {
    set(db, id, [(login::Column::Locale, Expr::value(locale))]).await
}

/// `false`: there is no such login.
pub async fn set_role(db: &impl ConnectionTrait, id: i64, role: &str) -> Result<bool, DbErr> {
    set(db, id, [(login::Column::Role, Expr::value(role))]).await
}

/// `false`: there is no such login.
pub async fn approve(db: &impl ConnectionTrait, id: i64, at: i64) -> Result<bool, DbErr> {
    set(db, id, [(login::Column::ApprovedAt, Expr::value(at))]).await
}

/// These columns and no other: what else changes at the same time stays.
async fn set(
    db: &impl ConnectionTrait,
    id: i64,
    columns: impl IntoIterator<Item = (login::Column, SimpleExpr)>,
) -> Result<bool, DbErr> {
    let mut update = login::Entity::update_many();
    for (column, value) in columns {
        update = update.col_expr(column, value);
    }
    let done = update.filter(login::Column::Id.eq(id)).exec(db).await?;
    Ok(done.rows_affected == 1)
}

/// Whoever else comes here in a write of their own waits until this one has ended. SQLite has one write at a time anyway.
pub async fn lock(db: &impl ConnectionTrait, account: i64) -> Result<(), DbErr> {
    let row = login::Entity::find().filter(login::Column::AccountId.eq(account));
    row.lock(LockType::NoKeyUpdate).one(db).await?;
    Ok(())
}

pub async fn mark_read(db: &impl ConnectionTrait, account: i64, upto: i64) -> Result<(), DbErr> {
    login::Entity::update_many()
        .col_expr(login::Column::NotificationsReadId, Expr::value(upto))
        .filter(login::Column::AccountId.eq(account))
        .filter(login::Column::NotificationsReadId.lt(upto))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn set_appearance(
    db: &impl ConnectionTrait,
    id: i64,
    appearance: String,
) -> Result<(), DbErr> {
    login::Entity::update_many()
        .col_expr(login::Column::Appearance, Expr::value(appearance))
        .filter(login::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Those who wait for a moderator's yes, oldest first.
pub async fn waiting(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<login::Model>, DbErr> {
    login::Entity::find()
        .filter(login::Column::ApprovedAt.is_null())
        .order_by(login::Column::Id, Order::Asc)
        .limit(limit)
        .all(db)
        .await
}

/// All logins with their accounts, by name.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<(login::Model, account::Model)>, DbErr> {
    let logins = login::Entity::find().all(db).await?;
    let ids: Vec<i64> = logins.iter().map(|login| login.account_id).collect();
    let accounts = crate::accounts::by_ids(db, &ids).await?;
    let mut pairs: Vec<_> = logins
        .into_iter()
        .filter_map(|login| {
            let account = accounts
                .iter()
                .find(|account| account.id == login.account_id)?;
            Some((login, account.clone()))
        })
        .collect();
    pairs.sort_by(|a, b| a.1.name_key.cmp(&b.1.name_key));
    Ok(pairs)
}

/// Accounts of everyone with this role or a higher one.
pub async fn staff(db: &impl ConnectionTrait) -> Result<Vec<login::Model>, DbErr> {
    login::Entity::find()
        .filter(login::Column::Role.is_in(["moderator", "admin"]))
        .all(db)
        .await
}

pub async fn insert_session(db: &impl ConnectionTrait, row: session::Model) -> Result<(), DbErr> {
    session::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The person behind a secret, in one question: every request of a logged-in person asks it.
#[derive(Clone, Debug)]
pub struct Holder {
    pub login: login::Model,
    pub account_name: String,
    pub suspended_at: Option<i64>,
}

pub(crate) const HOLDER: &str =
    "l.*, a.name AS account_name, a.suspended_at AS account_suspended_at";

pub(crate) fn holder(row: &QueryResult) -> Result<Holder, DbErr> {
    Ok(Holder {
        login: login::Model::from_query_result(row, "")?,
        account_name: row.try_get("", "account_name")?,
        suspended_at: row.try_get("", "account_suspended_at")?,
    })
}

/// A session and who holds it.
pub async fn session_by_hash(
    db: &impl ConnectionTrait,
    hash: &str,
) -> Result<Option<(session::Model, Holder)>, DbErr> {
    let sql = format!(
        "SELECT {HOLDER}, s.id AS s_id, s.login_id AS s_login_id, s.secret_hash AS s_secret_hash, s.user_agent AS s_user_agent, \
         s.network AS s_network, s.created_at AS s_created_at, s.last_seen_at AS s_last_seen_at \
         FROM session s JOIN login l ON l.id = s.login_id JOIN account a ON a.id = l.account_id WHERE s.secret_hash = $1"
    );
    let row = db
        .query_one_raw(dialect::statement(db, &sql, [hash.into()]))
        .await?;
    row.map(|row| {
        Ok((
            session::Model::from_query_result(&row, "s_")?,
            holder(&row)?,
        ))
    })
    .transpose()
}

/// Newest use first.
pub async fn sessions(db: &impl ConnectionTrait, login: i64) -> Result<Vec<session::Model>, DbErr> {
    session::Entity::find()
        .filter(session::Column::LoginId.eq(login))
        .order_by(session::Column::LastSeenAt, Order::Desc)
        .all(db)
        .await
}

pub async fn touch_session(db: &impl ConnectionTrait, id: i64, now: i64) -> Result<(), DbErr> {
    session::Entity::update_many()
        .col_expr(session::Column::LastSeenAt, Expr::value(now))
        .filter(session::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn delete_session(db: &impl ConnectionTrait, login: i64, id: i64) -> Result<(), DbErr> {
    session::Entity::delete_many()
        .filter(session::Column::LoginId.eq(login))
        .filter(session::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// All sessions of a login but `keep`.
pub async fn delete_sessions(
    db: &impl ConnectionTrait,
    login: i64,
    keep: Option<i64>,
) -> Result<(), DbErr> {
    session::Entity::delete_many()
        .filter(session::Column::LoginId.eq(login))
        .filter(session::Column::Id.ne(keep.unwrap_or(0)))
        .exec(db)
        .await?;
    Ok(())
}

/// Sessions not used since `before`.
pub async fn forget_sessions(db: &impl ConnectionTrait, before: i64) -> Result<(), DbErr> {
    session::Entity::delete_many()
        .filter(session::Column::LastSeenAt.lt(before))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn insert_token(db: &impl ConnectionTrait, row: token::Model) -> Result<(), DbErr> {
    token::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// All tokens of a login, and the codes that could still become some.
pub async fn delete_tokens(db: &impl ConnectionTrait, login: i64) -> Result<(), DbErr> {
    crate::apps::delete_codes(db, login, None).await?;
    token::Entity::delete_many()
        .filter(token::Column::LoginId.eq(login))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn set_recovery_codes(
    db: &impl ConnectionTrait,
    login: i64,
    rows: Vec<recovery_code::Model>,
) -> Result<(), DbErr> {
    recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::LoginId.eq(login))
        .exec(db)
        .await?;
    recovery_code::Entity::insert_many(rows.into_iter().map(IntoActiveModel::into_active_model))
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// `true` if the code was there; it is gone now.
pub async fn use_recovery_code(
    db: &impl ConnectionTrait,
    login: i64,
    hash: &str,
) -> Result<bool, DbErr> {
    let used = recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::LoginId.eq(login))
        .filter(recovery_code::Column::CodeHash.eq(hash))
        .exec(db)
        .await?;
    Ok(used.rows_affected > 0)
}
