//! Apps, the codes they exchange, and who holds which token. Secrets are stored as hashes only.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel, Order,
    QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use crate::{
    dialect,
    entity::{app, app_token, auth_code, token},
    logins::{HOLDER, Holder, holder},
};

/// More tokens than anyone has are not listed.
const LISTED: u64 = 500;

pub async fn insert(db: &impl ConnectionTrait, row: app::Model) -> Result<(), DbErr> {
    app::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<app::Model>, DbErr> {
    app::Entity::find_by_id(id).one(db).await
}

pub async fn by_ids(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<app::Model>, DbErr> {
    app::Entity::find()
        .filter(dialect::among(db, app::Column::Id, ids))
        .all(db)
        .await
}

pub async fn by_client_id(
    db: &impl ConnectionTrait,
    client_id: &str,
) -> Result<Option<app::Model>, DbErr> {
    app::Entity::find()
        .filter(app::Column::ClientId.eq(client_id))
        .one(db)
        .await
}

pub async fn insert_code(db: &impl ConnectionTrait, row: auth_code::Model) -> Result<(), DbErr> {
    auth_code::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

pub async fn code_by_hash(
    db: &impl ConnectionTrait,
    hash: &str,
) -> Result<Option<auth_code::Model>, DbErr> {
    auth_code::Entity::find()
        .filter(auth_code::Column::CodeHash.eq(hash))
        .one(db)
        .await
}

/// `false` if it was spent already.
pub async fn spend_code(db: &impl ConnectionTrait, id: i64, token: i64) -> Result<bool, DbErr> {
    let spent = auth_code::Entity::update_many()
        .col_expr(auth_code::Column::TokenId, Expr::value(token))
        .filter(auth_code::Column::Id.eq(id))
        .filter(auth_code::Column::TokenId.is_null())
        .exec(db)
        .await?;
    Ok(spent.rows_affected > 0)
}

/// Codes that one person gave: to one app, or to all.
pub async fn delete_codes(
    db: &impl ConnectionTrait,
    login: i64,
    app: Option<i64>,
) -> Result<(), DbErr> {
    let codes = auth_code::Entity::delete_many().filter(auth_code::Column::LoginId.eq(login));
    let codes = match app {
        Some(app) => codes.filter(auth_code::Column::AppId.eq(app)),
        None => codes,
    };
    codes.exec(db).await?;
    Ok(())
}

/// A token, and who holds it.
#[derive(Clone, Debug)]
pub struct Held {
    pub token: token::Model,
    pub holder: Holder,
}

/// In one question: every request of an app asks it.
pub async fn token_by_hash(db: &impl ConnectionTrait, hash: &str) -> Result<Option<Held>, DbErr> {
    let sql = format!(
        "SELECT {HOLDER}, t.id AS t_id, t.login_id AS t_login_id, t.secret_hash AS t_secret_hash, t.name AS t_name, \
         t.scopes AS t_scopes, t.created_at AS t_created_at, t.app_id AS t_app_id, t.last_used_at AS t_last_used_at \
         FROM token t JOIN login l ON l.id = t.login_id JOIN account a ON a.id = l.account_id WHERE t.secret_hash = $1"
    );
    let row = db
        .query_one_raw(dialect::statement(db, &sql, [hash.into()]))
        .await?;
    row.map(|row| {
        Ok(Held {
            token: token::Model::from_query_result(&row, "t_")?,
            holder: holder(&row)?,
        })
    })
    .transpose()
}

/// Newest first.
pub async fn tokens(db: &impl ConnectionTrait, login: i64) -> Result<Vec<token::Model>, DbErr> {
    token::Entity::find()
        .filter(token::Column::LoginId.eq(login))
        .order_by(token::Column::Id, Order::Desc)
        .limit(LISTED)
        .all(db)
        .await
}

pub async fn touch_token(db: &impl ConnectionTrait, id: i64, at: i64) -> Result<(), DbErr> {
    token::Entity::update_many()
        .col_expr(token::Column::LastUsedAt, Expr::value(at))
        .filter(token::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn delete_token(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    token::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

pub async fn delete_own_token(db: &impl ConnectionTrait, login: i64, id: i64) -> Result<(), DbErr> {
    token::Entity::delete_many()
        .filter(token::Column::LoginId.eq(login))
        .filter(token::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn delete_tokens_of(
    db: &impl ConnectionTrait,
    login: i64,
    app: i64,
) -> Result<(), DbErr> {
    token::Entity::delete_many()
        .filter(token::Column::LoginId.eq(login))
        .filter(token::Column::AppId.eq(app))
        .exec(db)
        .await?;
    Ok(())
}

/// Of the tokens that an app holds for someone the newest `keep` stay.
pub async fn keep_newest(
    db: &impl ConnectionTrait,
    login: i64,
    app: i64,
    keep: u64,
) -> Result<(), DbErr> {
    let too_many = token::Entity::find()
        .filter(token::Column::LoginId.eq(login))
        .filter(token::Column::AppId.eq(app))
        .order_by(token::Column::Id, Order::Desc)
        .offset(keep)
        .limit(1)
        .one(db)
        .await?;
    if let Some(newest) = too_many {
        token::Entity::delete_many()
            .filter(token::Column::LoginId.eq(login))
            .filter(token::Column::AppId.eq(app))
            .filter(token::Column::Id.lte(newest.id))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// Of an app's own tokens the newest `keep` stay.
pub async fn insert_app_token(
    db: &impl ConnectionTrait,
    row: app_token::Model,
    keep: u64,
) -> Result<(), DbErr> {
    let app = row.app_id;
    app_token::Entity::insert(row.into_active_model())
        .exec_without_returning(db)
        .await?;
    let newest = app_token::Entity::find()
        .filter(app_token::Column::AppId.eq(app))
        .order_by(app_token::Column::Id, Order::Desc)
        .offset(keep - 1)
        .limit(1)
        .one(db)
        .await?;
    if let Some(last) = newest {
        app_token::Entity::delete_many()
            .filter(app_token::Column::AppId.eq(app))
            .filter(app_token::Column::Id.lt(last.id))
            .exec(db)
            .await?;
    }
    Ok(())
}

pub async fn app_token_by_hash(
    db: &impl ConnectionTrait,
    hash: &str,
) -> Result<Option<app_token::Model>, DbErr> {
    app_token::Entity::find()
        .filter(app_token::Column::SecretHash.eq(hash))
        .one(db)
        .await
}

pub async fn touch_app_token(db: &impl ConnectionTrait, id: i64, at: i64) -> Result<(), DbErr> {
    app_token::Entity::update_many()
        .col_expr(app_token::Column::LastUsedAt, Expr::value(at))
        .filter(app_token::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

pub async fn delete_app_token(db: &impl ConnectionTrait, id: i64) -> Result<(), DbErr> {
    app_token::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Codes made and tokens of apps last used before `before`; then apps registered before it that nobody uses.
pub async fn forget(
    db: &impl ConnectionTrait,
    codes_before: i64,
    tokens_before: i64,
    apps_before: i64,
) -> Result<(), DbErr> {
    auth_code::Entity::delete_many()
        .filter(auth_code::Column::CreatedAt.lt(codes_before))
        .exec(db)
        .await?;
    app_token::Entity::delete_many()
        .filter(app_token::Column::LastUsedAt.lt(tokens_before))
        .exec(db)
        .await?;
    let unused = "DELETE FROM app WHERE created_at < $1 \
         AND NOT EXISTS (SELECT 1 FROM token WHERE token.app_id = app.id) \
         AND NOT EXISTS (SELECT 1 FROM app_token WHERE app_token.app_id = app.id) \
         AND NOT EXISTS (SELECT 1 FROM auth_code WHERE auth_code.app_id = app.id)";
    dialect::run(db, unused, [apps_before.into()]).await?;
    Ok(())
}
