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
mod m20261122_000012_media;
mod m20261122_000013_push;
mod m20261122_000014_announcements;
mod m20261122_000015_search;
mod m20261122_000016_remote_pictures;
mod m20261122_000017_preview_cards;
mod m20261122_000018_threads;
mod m20261122_000019_interactions;
mod m20261122_000020_appearance;
mod m20261122_000021_drafts;
mod m20261122_000023_account;
mod m20261122_000024_attribution;
mod m20261122_000025_reply_consents;
mod m20261122_000026_unread_conversations;
mod m20261122_000027_interaction_requests;
mod m20261122_000028_orphans;
mod m20261122_000029_faces;
mod m20261122_000030_letters;
mod m20261122_000031_installed;
mod m20261122_000032_coming_in;
mod m20261122_000033_proven_addresses;
mod m20261122_000034_thread_errands;
mod m20261122_000035_group_decisions;
mod m20261122_000036_known_again;
mod m20261122_000037_neighbours;
mod m20261122_000040_reminder;
mod m20261123_000041_made;
mod m20261123_000042_passing;
mod m20261123_000043_emoji;
mod m20261123_000044_kept_lists;
mod m20261123_000045_follow_languages;
mod m20261123_000046_picture_descriptions;
mod m20261123_000048_post_imports;
mod m20261123_000049_privacy;

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
            Box::new(m20261122_000012_media::Migration),
            Box::new(m20261122_000013_push::Migration),
            Box::new(m20261122_000014_announcements::Migration),
            Box::new(m20261122_000015_search::Migration),
            Box::new(m20261122_000016_remote_pictures::Migration),
            Box::new(m20261122_000017_preview_cards::Migration),
            Box::new(m20261122_000018_threads::Migration),
            Box::new(m20261122_000019_interactions::Migration),
            Box::new(m20261122_000024_attribution::Migration),
            Box::new(m20261122_000025_reply_consents::Migration),
            Box::new(m20261122_000020_appearance::Migration),
            Box::new(m20261122_000021_drafts::Migration),
            Box::new(m20261122_000023_account::Migration),
            Box::new(m20261122_000026_unread_conversations::Migration),
            Box::new(m20261122_000028_orphans::Migration),
            Box::new(m20261122_000027_interaction_requests::Migration),
            Box::new(m20261122_000029_faces::Migration),
            Box::new(m20261122_000032_coming_in::Migration),
            Box::new(m20261122_000030_letters::Migration),
            Box::new(m20261122_000031_installed::Migration),
            Box::new(m20261122_000033_proven_addresses::Migration),
            Box::new(m20261122_000034_thread_errands::Migration),
            Box::new(m20261122_000036_known_again::Migration),
            Box::new(m20261122_000035_group_decisions::Migration),
            Box::new(m20261122_000037_neighbours::Migration),
            Box::new(m20261122_000040_reminder::Migration),
            Box::new(m20261123_000041_made::Migration),
            Box::new(m20261123_000042_passing::Migration),
            Box::new(m20261123_000043_emoji::Migration),
            Box::new(m20261123_000044_kept_lists::Migration),
            Box::new(m20261123_000045_follow_languages::Migration),
            Box::new(m20261123_000046_picture_descriptions::Migration),
            Box::new(m20261123_000048_post_imports::Migration),
            Box::new(m20261123_000049_privacy::Migration),
        ]
    }
}
