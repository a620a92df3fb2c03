//! The groups on somebody's page: those in their hands for everybody, all they are in for themselves alone.

use parvis_testkit::TestTown;

fn person(name: &str) -> String {
    format!("<a class=\"person\" href=\"/@{name}\">")
}

#[tokio::test]
async fn others_see_the_groups_somebody_looks_after_and_not_those_they_are_merely_in() {
    let town = TestTown::start("valmont").await;
    let (lea, _marc) = (town.resident("lea").await, town.resident("marc").await);
    town.association("amap", "lea").await;
    town.association("chorale", "marc").await;
    lea.follows("@chorale").await;
    lea.follows("@amap").await;
    let (amap, chorale) = (person("amap"), person("chorale"));

    let (visitor, marc) = (town.visitor(), town.browser_of("marc").await);
    for mut other in [visitor, marc] {
        let shown = other.opens("/@lea/groupes").await.expecting(200);
        assert!(shown.says("Groupes dont lea s’occupe"));
        assert!(shown.says(&amap) && !shown.says(&chorale));
        assert!(!shown.says("montrée qu’à vous"));
    }

    let mut browser = town.browser_of("lea").await;
    let own = browser.opens("/@lea/groupes").await.expecting(200);
    assert_eq!(own.html.matches(&amap).count(), 1, "once, though both");
    assert_eq!(own.html.matches(&chorale).count(), 1);
    assert!(own.says("Cette liste n’est montrée qu’à vous"));
    assert_eq!(own.html.matches("Vous vous en occupez").count(), 1);
    let of_marc = browser.opens("/@marc/groupes").await.expecting(200);
    assert!(of_marc.says(&chorale) && !of_marc.says(&amap));
}

#[tokio::test]
async fn a_group_has_no_groups_of_its_own_and_nobody_is_told_of_none() {
    let town = TestTown::start("valmont").await;
    town.resident("lea").await;
    let marie = town.resident("marie").await;
    town.association("amap", "lea").await;
    marie.follows("@amap").await;
    let mut visitor = town.visitor();
    let group = visitor.opens("/@amap/groupes").await.expecting(200);
    assert_eq!(group.path, "/@amap");
    assert!(!group.says("/@amap/groupes"));
    let shown = visitor.opens("/@marie").await.expecting(200);
    assert!(shown.says("href=\"/@marie/groupes\""));
    let shown = visitor.opens("/@marie/groupes").await.expecting(200);
    assert!(shown.says("marie ne s’occupe d’aucun groupe de la ville."));
    assert!(!shown.says(&person("amap")));
}
