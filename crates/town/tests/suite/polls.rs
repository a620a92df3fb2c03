//! Asking, voting once, ending in time.

use parvis_model::{
    audience::Audience,
    clock::{DAY, HOUR, MINUTE},
    id::Id,
    page::Page,
};
use parvis_store::dialect;
use parvis_testkit::questions;
use parvis_town::{
    Outcome, Viewer,
    arrivals::{self, Arrival, RemotePoll},
    notifications::NotificationKind,
    polls::{self, NewPoll, PollView},
    posts::{self, Compose},
    timelines,
};

use crate::scratch::{self, NOW, Scratch, arrival, compose, refused};

fn market(multiple: bool) -> Compose {
    Compose {
        poll: Some(NewPoll {
            options: ["Samedi", "Été", "Jamais"].map(str::to_owned).to_vec(),
            multiple,
            hide_totals: false,
            lasts: DAY,
        }),
        ..compose("Le marché ?", Audience::Public)
    }
}

impl Scratch {
    async fn votes(&self, who: Id, post: Id, choices: &[usize]) -> Outcome<()> {
        let choices = choices.to_vec();
        deed!(self, |tx, town| polls::vote(tx, town, who, post, &choices))
    }

    async fn vote_arrives(&self, who: Id, post: Id, answers: &[&str]) -> bool {
        let answers: Vec<String> = answers.iter().map(|it| (*it).to_owned()).collect();
        deed!(self, |tx, town| arrivals::vote_arrived(
            tx, town, who, post, &answers
        ))
        .unwrap()
    }

    async fn poll(&self, viewer: Viewer, post: Id) -> PollView {
        posts::view(&self.town, &viewer, post)
            .await
            .unwrap()
            .poll
            .unwrap()
    }

    async fn counts(&self, post: Id) -> (Vec<i64>, Option<i64>) {
        let poll = self.poll(Viewer::nobody(), post).await;
        let votes = poll.options.iter().map(|it| it.votes.unwrap()).collect();
        (votes, poll.voters)
    }

    async fn journal(&self, what: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) FROM journal WHERE entry LIKE '%{what}%'");
        dialect::number(self.town.store.read(), &sql, [])
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_resident_votes_once_and_it_is_counted() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let post = t.publish(marie, market(false)).await.unwrap();
    assert_eq!(t.counts(post).await, (vec![0, 0, 0], Some(0)));
    for (choices, key) in [
        (&[][..], "refusal-poll-choice"),
        (&[3], "refusal-poll-choice"),
        (&[0, 1], "refusal-poll-choice"),
    ] {
        let voted = t.votes(bruno, post, choices).await;
        assert_eq!(refused(voted.unwrap_err()).key, key, "{choices:?}");
    }
    t.votes(bruno, post, &[1]).await.unwrap();
    let again = t.votes(bruno, post, &[0]).await;
    assert_eq!(refused(again.unwrap_err()).key, "refusal-poll-voted");
    let own = t.votes(marie, post, &[0]).await;
    assert_eq!(refused(own.unwrap_err()).key, "refusal-poll-own");
    assert_eq!(t.counts(post).await, (vec![0, 1, 0], Some(1)));
    let seen = t.poll(Viewer::resident(bruno), post).await;
    assert!(seen.voted && seen.options[1].mine && !seen.options[0].mine);
    assert!(!t.poll(Viewer::resident(marie), post).await.voted);
}

#[tokio::test]
async fn several_answers_are_one_voter() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let post = t.publish(marie, market(true)).await.unwrap();
    t.votes(bruno, post, &[2, 0, 2]).await.unwrap();
    assert_eq!(t.counts(post).await, (vec![1, 0, 1], Some(1)));
}

#[tokio::test]
async fn two_votes_at_one_moment_are_one() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let post = t.publish(marie, market(false)).await.unwrap();
    let (one, two) = tokio::join!(t.votes(bruno, post, &[0]), t.votes(bruno, post, &[1]));
    assert!(one.is_ok() != two.is_ok());
    let (votes, voters) = t.counts(post).await;
    assert_eq!((votes.iter().sum::<i64>(), voters), (1, Some(1)));
}

#[tokio::test]
async fn one_who_may_not_see_a_poll_cannot_vote_in_it() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let karl = t.stranger("karl").await;
    let quiet = Compose {
        audience: Audience::Followers,
        ..market(false)
    };
    let post = t.publish(marie, quiet).await.unwrap();
    let voted = t.votes(bruno, post, &[0]).await;
    assert_eq!(refused(voted.unwrap_err()).key, "refusal-not-found");
    let answers = vec!["Samedi".to_owned()];
    let voted = deed!(t, |tx, town| arrivals::vote_arrived(
        tx, town, karl, post, &answers
    ));
    assert_eq!(refused(voted.unwrap_err()).key, "refusal-not-found");
    t.blocks(marie, bruno).await;
    let open = t.publish(marie, market(false)).await.unwrap();
    assert!(t.votes(bruno, open, &[0]).await.is_err());
}

#[tokio::test]
async fn votes_of_other_servers_count_by_their_words() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let (karl, anna) = (t.stranger("karl").await, t.stranger("anna").await);
    let post = t.publish(marie, market(false)).await.unwrap();
    assert!(!t.vote_arrives(karl, post, &["Dimanche"]).await);
    assert!(t.vote_arrives(karl, post, &[" E\u{301}te\u{301}"]).await);
    assert!(
        !t.vote_arrives(karl, post, &["Samedi"]).await,
        "the first stands"
    );
    assert!(t.vote_arrives(anna, post, &["Samedi", "Jamais"]).await);
    assert_eq!(t.counts(post).await, (vec![1, 1, 0], Some(2)));

    let several = t.publish(marie, market(true)).await.unwrap();
    assert!(t.vote_arrives(karl, several, &["Samedi"]).await);
    assert!(!t.vote_arrives(karl, several, &["Samedi"]).await);
    assert!(t.vote_arrives(karl, several, &["Jamais"]).await);
    assert_eq!(t.counts(several).await, (vec![1, 0, 1], Some(1)));
}

#[tokio::test]
async fn a_poll_ends_once_and_its_author_and_voters_are_told() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let (lise, karl) = (t.resident("lise").await, t.stranger("karl").await);
    let post = t.publish(marie, market(false)).await.unwrap();
    t.votes(bruno, post, &[0]).await.unwrap();
    polls::attend(&t.town).await.unwrap();
    assert!(t.told(bruno).await.is_empty());
    t.clock.advance(DAY);
    let late = t.votes(lise, post, &[0]).await;
    assert_eq!(refused(late.unwrap_err()).key, "refusal-poll-over");
    let other = t.another_process().await;
    let (one, two) = tokio::join!(polls::attend(&t.town), polls::attend(&other));
    one.unwrap();
    two.unwrap();
    polls::attend(&t.town).await.unwrap();
    assert_eq!(t.journal("poll_closed").await, 1);
    let ended = vec![(NotificationKind::Poll, marie)];
    assert_eq!(t.told(marie).await, ended);
    assert_eq!(t.told(bruno).await, ended);
    assert!(t.told(lise).await.is_empty());
    assert!(t.poll(Viewer::nobody(), post).await.closed_at.is_some());
    assert!(
        t.vote_arrives(karl, post, &["Jamais"]).await,
        "it was on its way"
    );
    t.clock.advance(5 * MINUTE);
    let anna = t.stranger("anna").await;
    assert!(!t.vote_arrives(anna, post, &["Jamais"]).await);
}

#[tokio::test]
async fn counts_are_told_at_once_and_then_every_few_minutes() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let post = t.publish(marie, market(false)).await.unwrap();
    for (n, wait, told) in [
        (0, 0, 1),
        (1, MINUTE, 1),
        (2, MINUTE, 1),
        (3, MINUTE, 2),
        (4, 10 * MINUTE, 3),
    ] {
        t.clock.advance(wait);
        let voter = t.stranger(&format!("loin{n}")).await;
        t.vote_arrives(voter, post, &["Samedi"]).await;
        polls::attend(&t.town).await.unwrap();
        assert_eq!(t.journal("poll_counted").await, told, "after vote {n}");
    }
}

#[tokio::test]
async fn hidden_counts_are_shown_at_the_end() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let mut secret = market(false);
    secret.poll.as_mut().unwrap().hide_totals = true;
    let post = t.publish(marie, secret).await.unwrap();
    t.votes(bruno, post, &[0]).await.unwrap();
    for viewer in [
        Viewer::nobody(),
        Viewer::resident(marie),
        Viewer::resident(bruno),
    ] {
        let seen = t.poll(viewer, post).await;
        assert!(seen.options.iter().all(|it| it.votes.is_none()));
    }
    t.clock.advance(DAY);
    assert_eq!(t.counts(post).await, (vec![1, 0, 0], Some(1)));
}

#[tokio::test]
async fn other_answers_drop_the_votes_and_the_same_keep_them() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let post = t.publish(marie, market(false)).await.unwrap();
    t.votes(bruno, post, &[0]).await.unwrap();
    let edit = async |compose: Compose| {
        let draft = posts::prepare(&t.town, marie, compose).await.unwrap();
        deed!(t, |tx, town| posts::edit(tx, town, marie, post, draft)).unwrap();
    };
    t.clock.advance(HOUR);
    edit(market(false)).await;
    assert_eq!(t.counts(post).await, (vec![1, 0, 0], Some(1)));
    assert_eq!(t.post(post).await.edited_at, None, "only its end moved");
    edit(Compose {
        poll: None,
        ..compose("Le marché, quel jour ?", Audience::Public)
    })
    .await;
    assert_eq!(t.counts(post).await, (vec![1, 0, 0], Some(1)));
    let mut other = market(false);
    other.poll.as_mut().unwrap().options[2] = "Lundi".into();
    edit(other).await;
    assert_eq!(t.counts(post).await, (vec![0, 0, 0], Some(0)));
    assert!(t.post(post).await.edited_at.is_some());
    t.votes(bruno, post, &[2]).await.unwrap();
}

#[tokio::test]
async fn pictures_and_a_poll_do_not_go_together_and_a_poll_needs_no_words() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let both = Compose {
        media: vec![1],
        ..market(false)
    };
    let both = t.publish(marie, both).await.unwrap_err();
    assert_eq!(refused(both).key, "refusal-poll-with-pictures");
    let wordless = Compose {
        text: String::new(),
        ..market(false)
    };
    t.publish(marie, wordless).await.unwrap();
}

fn far(author: Id, counts: [i64; 2]) -> Arrival {
    Arrival {
        poll: Some(RemotePoll {
            options: vec![("Oui".into(), counts[0]), ("Non".into(), counts[1])],
            multiple: false,
            voters: None,
            expires_at: Some(NOW + DAY),
            closed_at: None,
        }),
        ..arrival(author, "https://far.example/q/1", Audience::Public)
    }
}

#[tokio::test]
async fn a_poll_of_another_server_counts_as_that_tells() {
    let t = scratch::town().await;
    let (marie, karl) = (t.resident("marie").await, t.stranger("karl").await);
    let post = t.arrives(far(karl, [3, 4])).await.unwrap().unwrap();
    t.votes(marie, post, &[1]).await.unwrap();
    assert_eq!(t.counts(post).await, (vec![3, 5], None));
    let again = async |arrival: Arrival| {
        deed!(t, |tx, town| arrivals::post_edited(tx, town, arrival)).unwrap()
    };
    assert!(again(far(karl, [9, 6])).await);
    assert!(!again(far(karl, [9, 6])).await, "nothing new");
    assert_eq!(t.counts(post).await, (vec![9, 6], None));
    assert_eq!(t.post(post).await.edited_at, None, "counts are no edit");

    let mut other = far(karl, [0, 0]);
    other.poll.as_mut().unwrap().options.pop();
    assert!(!again(other.clone()).await, "other answers need an edit");
    assert!(t.poll(Viewer::resident(marie), post).await.voted);
    other.edited = Some(NOW + 1);
    assert!(again(other).await);
    let seen = t.poll(Viewer::resident(marie), post).await;
    assert_eq!((seen.options.len(), seen.voted), (1, false));

    let plain = Arrival {
        edited: Some(NOW + 2),
        ..arrival(karl, "https://far.example/q/1", Audience::Public)
    };
    assert!(again(plain).await);
    assert!(t.post(post).await.poll.is_none());
}

#[tokio::test]
async fn the_early_end_of_another_servers_poll_is_told_to_who_voted_here() {
    let t = scratch::town().await;
    let (marie, karl) = (t.resident("marie").await, t.stranger("karl").await);
    let post = t.arrives(far(karl, [3, 4])).await.unwrap().unwrap();
    t.votes(marie, post, &[1]).await.unwrap();
    let mut closed = far(karl, [3, 5]);
    closed.poll.as_mut().unwrap().closed_at = Some(NOW);
    deed!(t, |tx, town| arrivals::post_edited(tx, town, closed)).unwrap();
    assert_eq!(t.told(marie).await, [(NotificationKind::Poll, karl)]);
    t.clock.advance(DAY);
    polls::attend(&t.town).await.unwrap();
    assert_eq!(t.told(marie).await.len(), 1);
}

#[tokio::test]
async fn a_page_with_polls_costs_one_question_more_however_many_there_are() {
    questions::count_from_now_on();
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    t.says(marie, "seule", Audience::Public).await;
    let home = async || {
        let page = timelines::home(&t.town, marie, Page::default());
        let (count, posts) = questions::questions(page).await;
        (count, posts.unwrap().items.len())
    };
    let (without, _) = home().await;
    t.publish(marie, market(false)).await.unwrap();
    let (one, _) = home().await;
    for _ in 0..5 {
        t.publish(marie, market(true)).await.unwrap();
    }
    let (six, shown) = home().await;
    assert_eq!((one, six, shown), (without + 1, without + 1, 7));
}
