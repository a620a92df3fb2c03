//! Real documents of other software, where the folder with them is present (`PARVIS_CORPUS`, by default `../shared/fixtures`
//! beside the project), read in place. Each comes to the town as its platform would send it, and what apps are then shown is
//! compared with what the document says, and what a deed must change with how that was before.

mod coming;
mod effects;
mod expected;
mod reading;
mod seen;
mod words;
mod world;

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use futures_util::future::join_all;
use parvis_testkit::{
    Browser, Remote, Resident, TestTown, actor::marker, eventually, exchange::urlencoded,
    resident::id,
};
use serde_json::{Value, json};

use coming::{Coming, Lea};
use effects::{Effect, Needs};
use expected::{Duty, Expected};
use reading::{spelled, without_fragment};
use seen::Complaint;
use world::World;

/// Documents that are played at once, each in a world of its own.
const AT_ONCE: usize = 12;

fn corpus() -> Option<PathBuf> {
    let named = std::env::var_os("PARVIS_CORPUS").map(PathBuf::from);
    let usual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures");
    let folder = named.unwrap_or(usual);
    folder.is_dir().then_some(folder)
}

/// Every JSON file, by name so that runs are alike.
fn documents(folder: &Path) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let folders = std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().is_dir());
    for entry in folders.flat_map(|platform| std::fs::read_dir(platform.path()).unwrap().flatten())
    {
        let path = entry.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let text = std::fs::read(&path).unwrap();
            if let Ok(document) = serde_json::from_slice(&text) {
                found.push((
                    path.strip_prefix(folder).unwrap().display().to_string(),
                    document,
                ));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// A town with one resident, who is of its staff, and the servers of all worlds.
struct Stage {
    town: TestTown,
    remote: Remote,
    lea: Resident,
    /// For documents that need none of their own.
    post: Value,
}

/// What became of one document.
struct Played<'d> {
    name: &'d str,
    /// The server that signed the last letter.
    peer: Option<String>,
    /// The inbox must have done what the letter says: that a search finds it by asking its server is not enough.
    is_deed: bool,
    shown: bool,
    duty: Duty,
    /// How many effects were compared, and why none of a deed could be.
    effects: usize,
    unseen: Option<&'static str>,
    /// For the staff to read.
    complaint: Option<Complaint>,
    faults: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Understood,
    Ignored,
    Refused,
}

impl Stage {
    async fn set() -> Self {
        let (town, remote) = (TestTown::start("valmont").await, Remote::open().await);
        let lea = town.resident_as("lea", "moderator").await;
        let post = lea.posts(&marker("aimé")).await;
        Self {
            town,
            remote,
            lea,
            post,
        }
    }

    /// A post of hers for a document: one of its own where something is counted there.
    async fn post_for(&self, document: &Value) -> Value {
        match effects::needs(document) {
            Needs::Nothing => self.post.clone(),
            Needs::Post => self.lea.posts(&marker("compté")).await,
            Needs::Poll(answers) => {
                let several = if answers.len() > 1 { "true" } else { "false" };
                let text = marker("demandé");
                let mut fields = vec![
                    ("status", text.as_str()),
                    ("poll[expires_in]", "86400"),
                    ("poll[multiple]", several),
                    ("poll[options][]", "Rien de tout cela"),
                ];
                fields.extend(answers.into_iter().map(|one| ("poll[options][]", one)));
                let asked = self.lea.post_form("/api/v1/statuses", &fields).await;
                asked.expecting(200).json()
            }
        }
    }

    async fn plays<'d>(
        &self,
        number: usize,
        name: &'d str,
        document: &Value,
        post: &Value,
    ) -> Played<'d> {
        let mut world = World::new(&self.remote, number);
        let lea = Lea {
            uri: &self.lea.uri,
            post: post["uri"].as_str().unwrap(),
            post_id: id(post),
        };
        let is_hostile = name.starts_with("adversarial/");
        let mut coming = coming::of(document, is_hostile, &mut world, &lea);
        let followed = self.prepares(&world, &mut coming).await;
        let mut faults = self.sends(&world, &coming).await;
        let answer = self.looks(&coming, followed.as_deref(), &mut faults).await;
        let entity = entity(&coming.expected, &answer);
        faults.extend(judged(&coming.expected, entity));
        let (last, duty) = (coming.letters.last(), duty(&coming.expected));
        let is_told = last.is_some() && duty == Duty::Shown;
        Played {
            name,
            peer: last.and_then(|(who, _)| world.authority(who)),
            is_deed: is_told || matches!(coming.expected, Expected::Done),
            shown: entity.is_some(),
            duty,
            effects: coming.effects.compared(),
            unseen: coming.effects.unseen,
            complaint: coming.effects.complaint,
            faults,
        }
    }

    /// Follows whom somebody here must follow for it to matter. Where it is the answer to that, it now names this Follow.
    /// The answer is the id of their account.
    async fn prepares(&self, world: &World<'_>, coming: &mut Coming) -> Option<String> {
        let who = coming.follows.clone()?;
        let (account, follow) = self.asks_to_follow(world, &who).await?;
        if coming.effects.answers {
            let (_, letter) = coming.letters.last_mut()?;
            effects::answering(letter, &follow);
        } else {
            self.is_agreed_to(world, &who, &follow).await;
        }
        Some(account)
    }

    /// Asks to follow somebody. The answer is the id of their account, and what their server has got.
    async fn asks_to_follow(&self, world: &World<'_>, who: &str) -> Option<(String, Value)> {
        let host = world.host_of(who)?;
        let query = urlencoded(&[("q", who), ("resolve", "true")]);
        let found = self.lea.get(&format!("/api/v2/search?{query}")).await;
        let found = found.expecting(200).json();
        let account = found["accounts"][0]["id"].as_str()?.to_owned();
        let path = format!("/api/v1/accounts/{account}/follow");
        self.lea.post_form(&path, &[]).await.expecting(200);
        let uri = spelled(who);
        let follow = eventually(&format!("{who} is asked"), || async {
            let follows = host.accepted_of("Follow").into_iter();
            let mut follows = follows.filter(|follow| follow["object"] == uri.as_str());
            follows.next()
        })
        .await;
        Some((account, follow))
    }

    async fn is_agreed_to(&self, world: &World<'_>, who: &str, follow: &Value) {
        let accept = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{}#corpus-accept", without_fragment(who)),
            "type": "Accept",
            "actor": who,
            "object": follow,
        });
        let reply = world.says(who, &self.lea.inbox(), &accept).await.unwrap();
        assert!(
            reply.is_success(),
            "{who}: {} {}",
            reply.status,
            reply.text()
        );
    }

    /// Posts all letters, and sees what the last one changes.
    async fn sends(&self, world: &World<'_>, coming: &Coming) -> Vec<String> {
        let mut faults = Vec::new();
        let last = coming.letters.len().saturating_sub(1);
        for (at, (who, letter)) in coming.letters.iter().enumerate() {
            if at == last {
                let before = self.sees(coming, |effect| effect.before.as_ref()).await;
                faults.extend(before.iter().map(|fault| format!("before it, {fault}")));
                for (address, shown) in &coming.effects.later {
                    world.turns(address, shown.as_ref());
                }
            }
            match world.says(who, &self.town.shared_inbox(), letter).await {
                Ok(reply) if reply.status < 500 => {}
                Ok(reply) => faults.push(format!("{} {}", reply.status, reply.text())),
                Err(error) => faults.push(error),
            }
        }
        faults.extend(self.sees(coming, |effect| Some(&effect.after)).await);
        faults
    }

    /// What is not as it must be; `None` where nothing needs to be looked at.
    async fn sees(&self, coming: &Coming, must_be: fn(&Effect) -> Option<&Value>) -> Vec<String> {
        let mut faults = Vec::new();
        for effect in &coming.effects.seen {
            let Some(expected) = must_be(effect) else {
                continue;
            };
            let shown = effect.seen.look(&self.lea).await;
            if shown != *expected {
                faults.push(format!(
                    "{}: expected {expected}, shown {shown}",
                    effect.seen
                ));
            }
        }
        faults
    }

    /// What apps are shown: the boosts of who is followed, or what a search gives.
    async fn looks(
        &self,
        coming: &Coming,
        followed: Option<&str>,
        faults: &mut Vec<String>,
    ) -> Value {
        let path = match (&coming.expected, followed, &coming.asks) {
            (Expected::Boost { .. }, Some(account), _) => {
                format!("/api/v1/accounts/{account}/statuses?limit=5")
            }
            (_, _, Some(asks)) => {
                let query = urlencoded(&[("q", asks.as_str()), ("resolve", "true")]);
                format!("/api/v2/search?{query}")
            }
            _ => return Value::Null,
        };
        let reply = self.lea.get(&path).await;
        if reply.status == 200 {
            return reply.json();
        }
        faults.push(format!("{path}: {} {}", reply.status, reply.text()));
        Value::Null
    }

    /// The town is as it was: its pages open, and what is sent arrives.
    async fn still_stands(&self, browser: &mut Browser) {
        for path in [
            "/api/v1/timelines/home?limit=40",
            "/api/v1/timelines/public?limit=40",
        ] {
            self.lea.get(path).await.expecting(200);
        }
        browser.opens("/").await.expecting(200);
        browser.opens("/avis").await.expecting(200);
        let text = marker("après tout cela");
        let sure = self.remote.host("sure").person("rose");
        self.lea.follows_actor(&sure).await;
        sure.post(&self.town.shared_inbox(), &sure.create(&sure.note(&text)))
            .await;
        self.lea.reads_on_home(&text).await;
        let panics = self.town.program.log().matches("panicked at").count();
        assert_eq!(panics, 0);
    }
}

/// What is looked for, among what is shown.
fn entity<'v>(expected: &Expected, answer: &'v Value) -> Option<&'v Value> {
    let all = |list: &'v Value| list.as_array().into_iter().flatten();
    let (mut statuses, mut accounts) = (all(&answer["statuses"]), all(&answer["accounts"]));
    match expected {
        Expected::Post(post) => statuses.find(|it| it["uri"] == post.uri.as_str()),
        Expected::Account(account) => accounts.find(|it| it["uri"] == account.uri.as_str()),
        Expected::Boost { of } => all(answer).find(|it| it["reblog"]["uri"] == of.as_str()),
        Expected::Done | Expected::Nothing => statuses.chain(accounts).next(),
    }
}

fn duty(expected: &Expected) -> Duty {
    match expected {
        Expected::Post(post) => post.duty,
        Expected::Account(account) => account.duty,
        Expected::Boost { .. } => Duty::Shown,
        Expected::Done => Duty::Either("a deed, which is shown nowhere by itself"),
        Expected::Nothing => Duty::Hidden("nothing that is shown to people"),
    }
}

/// Every member that is not as the document says.
fn judged(expected: &Expected, entity: Option<&Value>) -> Vec<String> {
    let mut faults = match (duty(expected), entity) {
        (Duty::Shown, None) => vec!["found: expected yes, shown nothing".to_owned()],
        (Duty::Hidden(why), Some(entity)) => {
            vec![format!(
                "found: expected nothing ({why}), shown {}",
                entity["uri"]
            )]
        }
        _ => Vec::new(),
    };
    let differences = match (expected, entity) {
        (Expected::Post(post), Some(status)) => post.differences(status),
        (Expected::Account(account), Some(shown)) => account.differences(shown),
        _ => Vec::new(),
    };
    faults.extend(differences.iter().map(ToString::to_string));
    faults
}

/// What the log says became of the last letter from each server: outcome and reason.
fn outcomes(log: &str) -> HashMap<String, (String, String)> {
    let field = |line: &str, name: &str| -> Option<String> {
        let (_, from) = line.split_once(&format!(" {name}=\""))?;
        from.split_once('"').map(|(value, _)| value.to_owned())
    };
    let told = |line: &str| {
        let outcome = (field(line, "outcome")?, field(line, "reason")?);
        Some((field(line, "peer")?, outcome))
    };
    log.lines().filter_map(told).collect()
}

impl Played<'_> {
    /// What is neither shown nor done is refused, or left alone; both are meant.
    fn end(&self, outcome: Option<&str>) -> End {
        if self.shown {
            return End::Understood;
        }
        match (outcome, self.duty) {
            (_, Duty::Hidden(_)) if self.name.starts_with("adversarial/") => End::Refused,
            (Some("applied" | "duplicate"), _) => End::Understood,
            (Some("refused"), _) => End::Refused,
            _ => End::Ignored,
        }
    }

    fn platform_and_kind(&self) -> (&str, &str) {
        let (platform, file) = self.name.split_once('/').unwrap_or(("", self.name));
        let kind = file.trim_end_matches(".json");
        let number = |c: char| c.is_ascii_digit();
        (
            platform,
            kind.trim_end_matches(number).trim_end_matches('-'),
        )
    }
}

fn print_table(played: &[(Played<'_>, End)]) {
    let mut rows = BTreeMap::<(&str, &str), ([u32; 3], usize)>::new();
    let (mut rules, mut unseen) = (BTreeMap::<&str, u32>::new(), BTreeMap::<&str, u32>::new());
    for (one, end) in played {
        let (platform, kind) = one.platform_and_kind();
        for row in [(platform, kind), (platform, ""), ("", "")] {
            let (ends, effects) = rows.entry(row).or_default();
            ends[*end as usize] += 1;
            *effects += one.effects;
        }
        if let Duty::Hidden(rule) | Duty::Either(rule) = one.duty {
            *rules.entry(rule).or_default() += 1;
        }
        if let Some(why) = one.unseen {
            *unseen.entry(why).or_default() += 1;
        }
    }
    let heads = ["understood", "ignored on purpose", "refused on purpose"];
    println!(
        "{:24} {:24} {:>10} {:>18} {:>18} {:>17}",
        "platform", "kind", heads[0], heads[1], heads[2], "effects compared"
    );
    for ((platform, kind), ([understood, ignored, refused], effects)) in rows {
        let platform = if platform.is_empty() { "all" } else { platform };
        println!(
            "{platform:24} {kind:24} {understood:>10} {ignored:>18} {refused:>18} {effects:>17}"
        );
    }
    print_reasons("need not be shown, or must not:", &rules);
    print_reasons("effect not comparable:", &unseen);
}

fn print_reasons(head: &str, reasons: &BTreeMap<&str, u32>) {
    println!("{head}");
    for (reason, count) in reasons {
        println!("{count:6} {reason}");
    }
}

#[tokio::test]
async fn no_real_document_upsets_the_program_and_each_is_shown_as_it_says() {
    let Some(folder) = corpus() else {
        println!(
            "no corpus at PARVIS_CORPUS or ../shared/fixtures: only the project's own documents are tested"
        );
        return;
    };
    let stage = Stage::set().await;
    let documents = documents(&folder);
    let numbered: Vec<_> = documents.iter().enumerate().collect();
    // Before she has followers, who would get them all.
    let posts = join_all(documents.iter().map(|(_, it)| stage.post_for(it))).await;
    let mut played = Vec::new();
    for several in numbered.chunks(AT_ONCE) {
        let plays = several.iter().map(|(number, (name, document))| {
            stage.plays(*number, name, document, &posts[*number])
        });
        played.extend(join_all(plays).await);
    }
    let outcomes = outcomes(&stage.town.program.log());
    let mut browser = stage.town.browser_of("lea").await;
    let complaints: Vec<_> = played
        .iter()
        .filter_map(|one| Some((one.name, one.complaint.as_ref()?)))
        .collect();
    let mut faults = seen::unread(&mut browser, &complaints).await;
    let mut ends = Vec::new();
    for one in played {
        let outcome = one.peer.as_ref().and_then(|peer| outcomes.get(peer));
        let word = outcome.map(|(word, _)| word.as_str());
        faults.extend(
            one.faults
                .iter()
                .map(|fault| format!("{}: {fault}", one.name)),
        );
        if one.is_deed && word != Some("applied") {
            faults.push(format!(
                "{}: outcome: expected applied, shown {outcome:?}",
                one.name
            ));
        }
        let end = one.end(word);
        ends.push((one, end));
    }
    print_table(&ends);
    println!("{} documents played", ends.len());
    stage.still_stands(&mut browser).await;
    assert!(
        faults.is_empty(),
        "{} of {} documents:\n{}",
        faults.len(),
        ends.len(),
        faults.join("\n")
    );
}
