//! How a town looks, and who decides it.

use parvis_media::drawn;
use parvis_model::refusal::Kind;
use parvis_town::{
    accounts::Change,
    look::{self, Colour, LookEdit},
};

use crate::scratch::{self, refused};

fn edit(colour: &str) -> LookEdit {
    LookEdit {
        colour: Colour::Own(colour.into()),
        arms: Change::Keep,
        banner: Change::Keep,
    }
}

#[tokio::test]
async fn only_an_administrator_decides_how_the_town_looks() {
    let t = scratch::town().await;
    let marie = t.user(t.resident("marie").await).await;
    let changed = deed!(t, |tx, town| look::change(
        tx,
        town,
        &marie,
        edit("#0f5132")
    ));
    assert_eq!(refused(changed.unwrap_err()).kind, Kind::NotFound);
    assert_eq!(t.town.profile().look, look::Look::default());
}

#[tokio::test]
async fn a_colour_has_one_spelling_and_what_is_none_is_refused() {
    let t = scratch::town().await;
    deed!(t, |tx, town| look::dress(tx, town, edit(" #0F5132 "))).unwrap();
    t.town.refresh_profile().await.unwrap();
    assert_eq!(t.town.profile().look.colour.as_deref(), Some("#0f5132"));
    for wrong in ["", "0f5132", "#0f513", "#0f51329", "#0f513g", "#12345é"] {
        let refusal = deed!(t, |tx, town| look::dress(tx, town, edit(wrong)));
        assert_eq!(
            refused(refusal.unwrap_err()).key,
            "refusal-colour",
            "{wrong}"
        );
    }
    let hue = LookEdit {
        colour: Colour::Hue(435),
        ..edit("")
    };
    deed!(t, |tx, town| look::dress(tx, town, hue)).unwrap();
    t.town.refresh_profile().await.unwrap();
    let profile = t.town.profile();
    assert_eq!((profile.hue, &profile.look.colour), (75, &None));
}

#[tokio::test]
async fn pictures_that_were_exchanged_are_removed() {
    let t = scratch::town().await;
    let arms = || drawn::avatar("valmont", drawn::Motif::Group);
    let first = look::prepare_arms(&t.town, arms()).await.unwrap();
    let second = look::prepare_arms(&t.town, arms()).await.unwrap();
    let banner = look::prepare_banner(&t.town, drawn::header("valmont"));
    let banner = banner.await.unwrap();
    assert_eq!((banner.width, banner.height), (1500, 500));
    assert_eq!((first.icon.width, first.small_icon.height), (512, 192));
    let dressed = LookEdit {
        arms: Change::Set(first.clone()),
        banner: Change::Set(banner.clone()),
        ..edit("#0f5132")
    };
    deed!(t, |tx, town| look::dress(tx, town, dressed)).unwrap();
    let exchanged = LookEdit {
        arms: Change::Set(second.clone()),
        ..edit("#0f5132")
    };
    deed!(t, |tx, town| look::dress(tx, town, exchanged)).unwrap();
    t.settle().await;
    for file in first.files() {
        assert!(t.town.media.open(&file).await.unwrap().is_none(), "{file}");
    }
    for file in second.files().into_iter().chain([banner.file()]) {
        assert!(t.town.media.open(&file).await.unwrap().is_some(), "{file}");
    }
    t.town.refresh_profile().await.unwrap();
    let shown = t.town.profile().look.clone();
    assert_eq!((shown.arms, shown.banner), (Some(second), Some(banner)));
}
