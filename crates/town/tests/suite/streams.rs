//! Who hears what while they listen.

use std::{collections::BTreeSet, time::Duration};

use parvis_model::{
    audience::Audience,
    id::Id,
    page::Page,
    policy::{Consent, Quoters},
};
use parvis_town::{
    PostView, Viewer, arrivals, follows,
    lists::{self, Answers},
    posts::Compose,
    reactions,
    relations::{self, MuteTerms},
    streams::{self, Listener, News, Scope, Stream, What},
    tags, timelines,
    tokens::{self, Scopes},
};
use tokio::{task::JoinHandle, time::timeout};

use crate::scratch::{self, Scratch, compose};

const ALL: Stream = Stream::Public {
    scope: Scope::All,
    media_only: false,
};

const LAST: &str = "Fin du #pont";

async fn listens(t: &Scratch, who: Id, stream: Stream) -> Listener {
    let user = t.user(who).await.id;
    let scopes = Scopes::parse("read").unwrap();
    let secret = deed!(t, |tx, town| tokens::issue(tx, town, user, "app", &scopes)).unwrap();
    let bearer = tokens::bearer(&t.town, &secret).await.unwrap().unwrap();
    let listener = Listener::open(&t.town, &bearer).await.unwrap();
    listener.subscribe(stream).await.unwrap();
    listener
}

/// Tells those who listen, as the program does while it runs, and nothing from before.
async fn tells(t: &Scratch) {
    t.settles().await;
    tokio::spawn(streams::run(t.town.clone(), std::future::pending()));
}

/// The posts heard of up to the last one.
async fn hears_up_to(listener: &mut Listener, is_last: impl Fn(&PostView) -> bool) -> BTreeSet<Id> {
    let mut heard = BTreeSet::new();
    loop {
        let next = timeout(Duration::from_mins(1), listener.next()).await;
        let message = next.unwrap().unwrap();
        if let What::Posted(post) = &message.news.what {
            heard.insert(post.id);
            if is_last(post) {
                return heard;
            }
        }
    }
}

/// Those up to [`LAST`], meanwhile.
fn gathers(mut listener: Listener) -> JoinHandle<BTreeSet<Id>> {
    let is_last = |post: &PostView| post.source.as_deref() == Some(LAST);
    tokio::spawn(async move { hears_up_to(&mut listener, is_last).await })
}

fn page() -> Page {
    Page {
        limit: 100,
        ..Page::default()
    }
}

#[tokio::test]
async fn what_is_heard_is_what_the_pages_show() {
    use Audience::{Direct, Followers, Public, Town, Unlisted};
    let t = scratch::town().await;
    let (marie, jean) = (t.resident("marie").await, t.resident("jean").await);
    let (lea, paul) = (t.resident("lea").await, t.resident("paul").await);
    let (rose, far) = (t.resident("rose").await, t.stranger("zoe").await);
    for followed in [jean, lea, paul, far] {
        t.follows(marie, followed).await;
    }
    t.follows(jean, marie).await;
    t.blocks(paul, jean).await;
    let terms = MuteTerms {
        notifications: true,
        until: None,
    };
    deed!(t, |tx, town| relations::mute(tx, town, marie, lea, terms)).unwrap();
    deed!(t, |tx, town| tags::follow(tx, town, marie, "pont")).unwrap();
    let tongues = ["br".to_owned()];
    deed!(t, |tx, _town| follows::set_languages(
        tx, marie, paul, &tongues
    ))
    .unwrap();
    let list = deed!(t, |tx, town| lists::create(
        tx,
        town,
        marie,
        "Voisins",
        Answers::ToMembers,
        false
    ))
    .unwrap();
    deed!(t, |tx, town| lists::add(
        tx,
        town,
        marie,
        list,
        &[jean, paul]
    ))
    .unwrap();
    let readers = [marie, jean, lea, paul, rose];
    let mut homes = Vec::new();
    let mut publics = Vec::new();
    for reader in readers {
        homes.push(gathers(listens(&t, reader, Stream::User).await));
        publics.push(gathers(listens(&t, reader, ALL).await));
    }
    let tagged = gathers(listens(&t, jean, Stream::tag("PONT", false).unwrap()).await);
    let listed = gathers(listens(&t, marie, Stream::List(list)).await);
    tells(&t).await;

    for author in [jean, lea, paul, rose, marie] {
        for audience in [Public, Unlisted, Town, Followers, Direct] {
            t.says(author, "Au #pont", audience).await;
        }
        let post = t.says(author, "Bonjour", Audience::Public).await;
        for other in [jean, paul, rose] {
            // Whoever is blocked may not answer.
            let _refused = t.answers(other, post, "Salut", Audience::Public).await;
            let _refused = t.boosts(other, post).await;
        }
    }
    for language in ["br", "fr"] {
        let spoken = Compose {
            language: Some(language.into()),
            ..compose("Kenavo", Public)
        };
        t.publish(paul, spoken).await.unwrap();
    }
    let arrived = scratch::arrival(far, "https://far.example/1", Audience::Public);
    t.arrives(arrived).await.unwrap();
    // One whom nobody blocks, and whom everyone follows.
    let last = t.resident("mairie").await;
    for reader in readers {
        t.follows(reader, last).await;
    }
    deed!(t, |tx, town| lists::add(tx, town, marie, list, &[last])).unwrap();
    t.says(last, LAST, Audience::Public).await;

    let ids =
        |posts: Vec<PostView>| -> BTreeSet<Id> { posts.into_iter().map(|post| post.id).collect() };
    for ((reader, home), public) in readers.into_iter().zip(homes).zip(publics) {
        let shown = ids(timelines::home(&t.town, reader, page())
            .await
            .unwrap()
            .items);
        assert_eq!(home.await.unwrap(), shown, "{reader}");
        let viewer = Viewer::resident(reader);
        let shown = timelines::public(&t.town, &viewer, Scope::All, page()).await;
        assert_eq!(public.await.unwrap(), ids(shown.unwrap().items), "{reader}");
    }
    let shown = timelines::tag(&t.town, &Viewer::resident(jean), "pont", page()).await;
    assert_eq!(tagged.await.unwrap(), ids(shown.unwrap().items));
    let shown = lists::timeline(&t.town, marie, list, page()).await.unwrap();
    assert_eq!(listed.await.unwrap(), ids(shown.items));
}

#[tokio::test]
async fn a_listener_who_takes_nothing_is_let_go() {
    let t = scratch::town().await;
    let (marie, jean) = (t.resident("marie").await, t.resident("jean").await);
    let mut deaf = listens(&t, marie, ALL).await;
    let mut other = listens(&t, marie, ALL).await;
    tells(&t).await;
    for number in 0..100 {
        let text = format!("Numéro {number}");
        let post = t
            .publish(jean, compose(&text, Audience::Public))
            .await
            .unwrap();
        hears_up_to(&mut other, |heard| heard.id == post).await;
    }
    let mut taken = 0;
    while deaf.next().await.is_some() {
        taken += 1;
    }
    assert!((1..100).contains(&taken), "{taken} waited, no more");
}

#[tokio::test]
async fn a_post_that_comes_late_is_not_told_as_new() {
    let t = scratch::town().await;
    let (marie, far) = (t.resident("marie").await, t.stranger("zoe").await);
    let mut listener = listens(&t, marie, ALL).await;
    tells(&t).await;
    let mut late = scratch::arrival(far, "https://far.example/1", Audience::Public);
    late.published = scratch::NOW - 24 * 3_600_000;
    t.arrives(late).await.unwrap();
    let last = t.says(marie, "Bonsoir", Audience::Public).await;
    assert_eq!(
        hears_up_to(&mut listener, |post| post.id == last).await,
        [last].into()
    );
}

/// The other's server agrees.
async fn follows_elsewhere(t: &Scratch, who: Id, other: Id) {
    t.follows(who, other).await;
    let agrees = deed!(t, |tx, town| arrivals::follow_answered(
        tx, town, other, who, true
    ));
    assert!(agrees.unwrap());
}

/// The next message.
async fn hears(listener: &mut Listener) -> std::sync::Arc<News> {
    let next = timeout(Duration::from_mins(1), listener.next()).await;
    let message = next.unwrap().unwrap();
    message.news
}

#[tokio::test]
async fn an_edit_for_fewer_tells_its_words_to_nobody_else() {
    let t = scratch::town().await;
    let (marie, jean) = (t.resident("marie").await, t.resident("jean").await);
    let far = t.stranger("zoe").await;
    follows_elsewhere(&t, marie, far).await;
    t.follows(marie, jean).await;
    let question = t.says(jean, "Qui ?", Audience::Public).await;
    let mut public = listens(&t, jean, ALL).await;
    let mut home = listens(&t, marie, Stream::User).await;
    tells(&t).await;
    let mut first = scratch::arrival(far, "https://far.example/1", Audience::Public);
    first.reply_to_uri = Some(t.post(question).await.uri);
    let post = t.arrives(first.clone()).await.unwrap().unwrap();
    assert_eq!(t.post(question).await.replies, 1);
    assert!(matches!(&hears(&mut public).await.what, What::Posted(heard) if heard.id == post));

    let edit = async |audience, words: &str| {
        let mut edited = first.clone();
        (edited.audience, edited.html) = (audience, words.into());
        edited.sent_to = vec!["https://far.example/followers".into()];
        deed!(t, |tx, town| arrivals::post_edited(tx, town, edited)).unwrap()
    };
    assert!(edit(Audience::Followers, "Entre nous").await);
    assert!(edit(Audience::Public, "Toujours entre nous").await);
    assert!(!t.sees(Viewer::nobody(), post).await && t.sees(Viewer::resident(marie), post).await);
    assert_eq!(t.post(question).await.replies, 0);
    let last = t.says(marie, "Bonsoir", Audience::Public).await;

    assert!(matches!(&hears(&mut public).await.what, What::Gone(gone) if *gone == post));
    assert!(matches!(&hears(&mut public).await.what, What::Posted(heard) if heard.id == last));
    let mut words = Vec::new();
    loop {
        match &hears(&mut home).await.what {
            What::Edited(heard) => words.push(heard.html.clone()),
            What::Posted(heard) if heard.id == last => break,
            What::Posted(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(words.last().unwrap(), "Toujours entre nous");
}

#[tokio::test]
async fn an_edit_that_only_narrows_counts_and_one_that_names_nobody_narrows_nothing() {
    let t = scratch::town().await;
    let far = t.stranger("zoe").await;
    let mut note = scratch::arrival(far, "https://far.example/1", Audience::Unlisted);
    let post = t.arrives(note.clone()).await.unwrap().unwrap();
    note.audience = Audience::Direct;
    let unaddressed = note.clone();
    let edited = deed!(t, |tx, town| arrivals::post_edited(tx, town, unaddressed));
    assert!(!edited.unwrap() && t.sees(Viewer::nobody(), post).await);
    note.audience = Audience::Followers;
    let edited = deed!(t, |tx, town| arrivals::post_edited(tx, town, note));
    assert!(edited.unwrap() && !t.sees(Viewer::nobody(), post).await);
}

#[tokio::test]
async fn everyone_hears_an_edit_as_they_stand_to_the_post() {
    let t = scratch::town().await;
    let (marie, jean) = (t.resident("marie").await, t.resident("jean").await);
    let (lea, far) = (t.resident("lea").await, t.stranger("zoe").await);
    follows_elsewhere(&t, lea, far).await;
    let note = scratch::arrival(far, "https://far.example/1", Audience::Public);
    let post = t.arrives(note.clone()).await.unwrap().unwrap();
    deed!(t, |tx, town| reactions::favourite(tx, town, jean, post)).unwrap();
    let mut listeners = Vec::new();
    for reader in [marie, jean, lea] {
        listeners.push(listens(&t, reader, ALL).await);
    }
    tells(&t).await;
    for (quoters, of_strangers) in [
        (Quoters::Everyone, Consent::AtOnce),
        (Quoters::Followers, Consent::Refused),
    ] {
        let mut edited = note.clone();
        edited.html = format!("{quoters:?}");
        edited.policy.quote = Some(quoters.allowed());
        deed!(t, |tx, town| arrivals::post_edited(tx, town, edited)).unwrap();
        let mut heard = Vec::new();
        for listener in &mut listeners {
            let news = hears(listener).await;
            let What::Edited(view) = &news.what else {
                panic!("{news:?}");
            };
            heard.push((view.mine.unwrap().favourited, view.quoting.me));
        }
        let expected = [
            (false, of_strangers),
            (true, of_strangers),
            (false, Consent::AtOnce),
        ];
        assert_eq!(heard, expected, "{quoters:?}");
    }
}

#[tokio::test]
async fn a_tag_in_other_letters_is_heard_under_its_own_name() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let mut listener = listens(&t, marie, Stream::tag("Fête", false).unwrap()).await;
    listener
        .subscribe(Stream::tag("fête", false).unwrap())
        .await
        .unwrap();
    tells(&t).await;
    t.says(marie, "#fête", Audience::Public).await;
    let mut names = BTreeSet::new();
    for _ in 0..2 {
        let next = timeout(Duration::from_mins(1), listener.next()).await;
        match &*next
            .expect("something is heard")
            .expect("it goes on")
            .stream
        {
            Stream::Tag { name, .. } => names.insert(name.clone()),
            other => panic!("{other:?}"),
        };
    }
    assert_eq!(names.len(), 2);
}
