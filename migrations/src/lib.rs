//! The history of the schema, one file per step, for both databases. Append only; knows no entity and no rule.

use sea_orm_migration::prelude::*;

mod dialect;
mod m20261121_000001_foundation;
mod m20261122_000001_signatures;
mod m20261122_000002_polls;
mod m20261122_000003_gestures;
mod m20261122_000004_deliveries;
mod m20261122_000005_quotes;
mod m20261122_000006_found;
mod m20261122_000007_groups;
mod m20261122_000008_apps;
mod m20261122_000009_choices;
mod m20261122_000010_told;

#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_foundation::Migration),
            Box::new(m20261122_000001_signatures::Migration),
            Box::new(m20261122_000002_polls::Migration),
            Box::new(m20261122_000003_gestures::Migration),
            Box::new(m20261122_000004_deliveries::Migration),
            Box::new(m20261122_000005_quotes::Migration),
            Box::new(m20261122_000006_found::Migration),
            Box::new(m20261122_000007_groups::Migration),
            Box::new(m20261122_000008_apps::Migration),
            Box::new(m20261122_000009_choices::Migration),
            Box::new(m20261122_000010_told::Migration),
        ]
    }
}
