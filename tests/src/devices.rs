//! A browser that is told while no page is open: bound to its log-in, and gone with it.

use parvis_testkit::{Browser, Device, PushService, TestTown, eventually, until};

use crate::app::counts;

const SETTINGS: &str = "/reglages/avis";
const DEVICE: &str = "/reglages/avis/appareil";

/// As its script does.
async fn subscribes(browser: &mut Browser, service: &PushService, path: &str) -> Device {
    let device = Device::new();
    let page = browser.opens(SETTINGS).await.expecting(200);
    let form = page
        .form(DEVICE)
        .with("endpoint", &service.endpoint(path))
        .with("p256dh", &device.p256dh())
        .with("auth", &device.auth());
    let page = browser.submits(&page, &form).await.expecting(200);
    assert!(page.says("Cet appareil vous prévient."));
    device
}

#[tokio::test]
async fn a_browser_is_told_until_it_logs_out() {
    let (town, service) = (TestTown::start("valmont").await, PushService::open().await);
    let (_, jean) = (town.resident("marie").await, town.resident("jean").await);
    let (mut phone, mut desk) = (
        town.browser_of("marie").await,
        town.browser_of("marie").await,
    );
    let device = subscribes(&mut phone, &service, "/phone").await;
    subscribes(&mut desk, &service, "/desk").await;

    jean.posts("@marie Le four est chaud").await;
    let came = eventually("a message on the phone", || async {
        service.came("/phone").into_iter().next()
    });
    let message = device.opens(&came.await);
    assert_eq!(message["title"], "jean vous parle");
    assert_eq!(message["access_token"], "");
    let notice = format!("/avis/{}", message["notification_id"]);
    let opened = phone.opens(&notice).await.expecting(200);
    assert!(opened.path.starts_with("/@jean/"), "{}", opened.path);

    let page = phone.opens("/").await;
    let form = page.form("/deconnexion");
    phone.submits(&page, &form).await;
    until("only the desk is left", || async {
        counts(&town, "push_subscription").await == 1
    })
    .await;
    jean.posts("@marie Le four est froid").await;
    until("the desk hears of both", || async {
        service.came("/desk").len() == 2
    })
    .await;
    assert_eq!(service.came("/phone").len(), 1);

    let page = desk.opens(SETTINGS).await;
    let form = page.form(DEVICE);
    desk.submits(&page, &form).await.expecting(200);
    assert_eq!(counts(&town, "push_subscription").await, 0);
}

#[tokio::test]
async fn a_device_that_cannot_be_told_is_refused() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    let page = browser.opens(SETTINGS).await;
    let device = Device::new();
    for endpoint in ["", "file:///etc/passwd", "http://10.0.0.1/push", "https://"] {
        let form = page
            .form(DEVICE)
            .with("endpoint", endpoint)
            .with("p256dh", &device.p256dh())
            .with("auth", &device.auth());
        let answer = browser.submits(&page, &form).await;
        assert!(
            (400..500).contains(&answer.status),
            "{endpoint}: {}",
            answer.status
        );
    }
    assert_eq!(counts(&town, "push_subscription").await, 0);
}

#[tokio::test]
async fn a_notice_of_somebody_else_opens_nothing_of_theirs() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    jean.posts("@marie Bonjour").await;
    let told = eventually("a notice", || async {
        let told = marie.list("/api/v1/notifications").await;
        told.first()
            .map(|one| one["id"].as_str().unwrap().to_owned())
    });
    let notice = format!("/avis/{}", told.await);
    let mut browser = town.browser_of("jean").await;
    assert_eq!(browser.opens(&notice).await.path, "/avis");
    let nobody = Browser::new(&town.origin).opens(&notice).await;
    assert!(nobody.path.starts_with("/connexion"), "{}", nobody.path);
}
