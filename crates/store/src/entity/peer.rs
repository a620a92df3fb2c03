//! Other servers and how they answer.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "peer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub host: String,
    pub failures: i32,
    pub failing_since: Option<i64>,
    pub next_attempt_at: i64,
    pub last_success_at: Option<i64>,
    pub blocked: bool,
    /// When its turn is; `None` while nothing waits for it.
    pub due_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
