//! Where an effect shows: to apps of a resident, to her staff, to the server that has written. Knows no documents of the
//! corpus.

use std::fmt;

use parvis_testkit::{Browser, Host, Resident, eventually, resident::id};
use serde_json::{Value, json};

use super::{reading::spelled, words};

/// Something that may be one way before a letter and another after it.
pub enum Seen {
    /// Is the post found under its address?
    Post(String),
    /// Is somebody found under their address?
    Person(String),
    /// Is whoever lives at this address called so?
    Named(String, &'static str),
    /// A number that stands at a post of hers.
    Count { post: String, at: &'static str },
    /// One word of how she stands to somebody.
    Relation { who: String, word: &'static str },
    /// The address that somebody has moved to.
    Moved(String),
    /// Has the server of whoever follows her been told that they may?
    Agreed { server: Host, who: String },
}

impl Seen {
    pub async fn look(&self, lea: &Resident) -> Value {
        match self {
            Self::Post(uri) => json!(found(lea, "statuses", uri).await.is_some()),
            Self::Person(uri) => json!(found(lea, "accounts", uri).await.is_some()),
            Self::Named(uri, name) => {
                let account = found(lea, "accounts", uri).await;
                json!(account.is_some_and(|account| account["display_name"] == *name))
            }
            Self::Count { post, at } => {
                let post = lea.status(post).await.expecting(200).json();
                post.pointer(at).cloned().unwrap_or_default()
            }
            Self::Relation { who, word } => match found(lea, "accounts", who).await {
                Some(account) => lea.relation(id(&account)).await[*word].clone(),
                None => Value::Null,
            },
            Self::Moved(who) => match found(lea, "accounts", who).await {
                Some(account) => moved(lea, id(&account)).await,
                None => Value::Null,
            },
            Self::Agreed { server, who } => {
                let who = spelled(who);
                eventually(&format!("{who} is told that they may follow"), || async {
                    let accepts = server.accepted_of("Accept").into_iter();
                    let mut told = accepts.map(|accept| accept["object"]["actor"].clone());
                    told.any(|follower| follower == who.as_str()).then_some(())
                })
                .await;
                json!(true)
            }
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Post(uri) => write!(f, "{uri} is shown"),
            Self::Person(uri) => write!(f, "{uri} is there"),
            Self::Named(uri, name) => write!(f, "{uri} is called {name}"),
            Self::Count { at, .. } => write!(f, "{at} of a resident's post"),
            Self::Relation { who, word } => write!(f, "{word} of {who}"),
            Self::Moved(who) => write!(f, "where {who} has moved"),
            Self::Agreed { who, .. } => write!(f, "{who} is told"),
        }
    }
}

/// What a search for an address gives under it, asked of its own server where it is not known yet.
async fn found(lea: &Resident, list: &str, address: &str) -> Option<Value> {
    let address = spelled(address);
    let answer = lea.search(&address).await;
    let all = answer[list].as_array()?.iter();
    let mut own = all.filter(|it| it["uri"] == address.as_str());
    own.next().cloned()
}

async fn moved(lea: &Resident, account: &str) -> Value {
    let path = format!("/api/v1/accounts/{account}");
    let account = lea.get(&path).await.expecting(200).json();
    account["moved"]["uri"].clone()
}

/// What the staff must read of a report.
pub struct Complaint {
    /// The server it is from, which has sent no other.
    pub from: String,
    pub words: Vec<String>,
}

/// Those reports that the staff do not read as they were sent.
pub async fn unread(desk: &mut Browser, complaints: &[(&str, &Complaint)]) -> Vec<String> {
    let page = desk.opens("/mairie/signalements").await.expecting(200);
    let reports: Vec<&str> = page.html.split("<section").skip(1).collect();
    let is_read = |complaint: &Complaint| {
        let own = reports.iter().find(|it| it.contains(&complaint.from));
        own.is_some_and(|report| {
            let letters = words::of_html(&format!("<section{report}")).concat();
            complaint.words.iter().all(|word| letters.contains(word))
        })
    };
    let lost = complaints.iter().filter(|(_, one)| !is_read(one));
    lost.map(|(name, one)| {
        format!(
            "{name}: report: expected {:?} from {}, shown none",
            one.words, one.from
        )
    })
    .collect()
}
