//! Keys of accounts: the private ones of this town, and public ones beside an account's first.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    TryInsertResult,
};

use crate::{
    accounts, dialect,
    entity::{account, account_key, further_key},
};

/// `false` if the account has keys already: they stay.
pub async fn insert_private(
    db: &impl ConnectionTrait,
    row: account_key::Model,
) -> Result<bool, DbErr> {
    let inserted = account_key::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([account_key::Column::AccountId])
        .exec_without_returning(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1)))
}

/// Makes `pem` the first public key of an account.
pub async fn set_first(db: &impl ConnectionTrait, account: i64, pem: &str) -> Result<(), DbErr> {
    let sql = "UPDATE account SET key_pem = $1 WHERE id = $2";
    dialect::run(db, sql, [pem.into(), account.into()]).await?;
    Ok(())
}

/// The private keys of a local account.
pub async fn private(
    db: &impl ConnectionTrait,
    account: i64,
) -> Result<Option<account_key::Model>, DbErr> {
    account_key::Entity::find_by_id(account).one(db).await
}

/// Local accounts that have no Ed25519 key yet, with their addresses.
pub async fn without_ed25519(db: &impl ConnectionTrait) -> Result<Vec<(i64, String)>, DbErr> {
    let sql = "SELECT a.id, a.uri FROM account_key k JOIN account a ON a.id = k.account_id WHERE k.ed25519_pem IS NULL";
    let rows = db.query_all_raw(dialect::statement(db, sql, [])).await?;
    rows.iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}

/// `false` if the account has one already.
pub async fn set_ed25519(
    db: &impl ConnectionTrait,
    account: i64,
    private_pem: &str,
) -> Result<bool, DbErr> {
    let sql =
        "UPDATE account_key SET ed25519_pem = $1 WHERE account_id = $2 AND ed25519_pem IS NULL";
    let set = dialect::run(db, sql, [private_pem.into(), account.into()]).await?;
    Ok(set == 1)
}

/// Whose key it is, and the key (PEM), be it the account's first or another.
pub async fn find(
    db: &impl ConnectionTrait,
    key_id: &str,
) -> Result<Option<(account::Model, String)>, DbErr> {
    if let Some(owner) = accounts::by_key_id(db, key_id).await? {
        let pem = owner.key_pem.clone();
        return Ok(Some((owner, pem)));
    }
    let further = further_key::Entity::find()
        .filter(further_key::Column::KeyId.eq(key_id))
        .one(db)
        .await?;
    let Some(further) = further else {
        return Ok(None);
    };
    let owner = accounts::by_id(db, further.account_id).await?;
    Ok(owner.map(|owner| (owner, further.pem)))
}

/// The public keys of an account beside its first.
pub async fn further(
    db: &impl ConnectionTrait,
    account: i64,
) -> Result<Vec<further_key::Model>, DbErr> {
    further_key::Entity::find()
        .filter(further_key::Column::AccountId.eq(account))
        .order_by_asc(further_key::Column::KeyId)
        .all(db)
        .await
}

/// Makes `keys` (id and PEM) the further keys of an account; nothing is written where nothing changed.
pub async fn set_further(
    db: &impl ConnectionTrait,
    account: i64,
    mut keys: Vec<(String, String)>,
) -> Result<(), DbErr> {
    keys.sort_unstable();
    keys.dedup_by(|a, b| a.0 == b.0);
    let wanted: Vec<further_key::Model> = keys
        .into_iter()
        .map(|(key_id, pem)| further_key::Model {
            account_id: account,
            key_id,
            pem,
        })
        .collect();
    let mut there = further(db, account).await?;
    there.sort_unstable_by(|a, b| a.key_id.cmp(&b.key_id));
    if there == wanted {
        return Ok(());
    }
    let sql = "DELETE FROM further_key WHERE account_id = $1";
    dialect::run(db, sql, [account.into()]).await?;
    for row in wanted {
        further_key::Entity::insert(row.into_active_model())
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}
