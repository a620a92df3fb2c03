//! The history of the schema, one file per step, for both databases. Append only; knows no entity and no rule.

use sea_orm_migration::prelude::*;

mod dialect;
mod m20261121_000001_foundation;

#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m20261121_000001_foundation::Migration)]
    }
}
