//! In which form each server takes our signatures, as far as we know, and knocking a second time where we were wrong. Knows
//! no store: it tells what it learned to whoever asks.

use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use parvis_model::clock::{DAY, HOUR, Timestamp};
use quick_cache::sync::Cache;
use tokio::sync::Notify;

use super::structured::{self, Bare};

const SERVERS: usize = 10_000;
/// How long what worked is remembered; then the first choice is tried again.
pub const REMEMBERED: Timestamp = 7 * DAY;
/// A server that refused every form is not knocked at twice again for so long: it is not the form.
const PAUSE: Timestamp = HOUR;

/// A dialect and a kind of key, from what all understand to what costs least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// draft-cavage-http-signatures-12 with RSA
    Cavage,
    /// RFC 9421 with RSA
    Message,
    /// RFC 9421 with Ed25519
    MessageEd25519,
}

impl Form {
    const ALL: [Self; 3] = [Self::Cavage, Self::Message, Self::MessageEd25519];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cavage => "cavage-rsa",
            Self::Message => "rfc9421-rsa",
            Self::MessageEd25519 => "rfc9421-ed25519",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.as_str() == text)
    }

    /// What an `Accept-Signature` header asks for (RFC 9421, section 5), if it is one of these.
    pub fn asked_for(header: &str) -> Option<Self> {
        let lists = structured::lists(header).ok()?;
        let forms = lists
            .iter()
            .filter_map(|(_, list)| match list.parameters.get("alg") {
                Some(Bare::Text(alg)) if alg == "ed25519" => Some(Self::MessageEd25519),
                Some(Bare::Text(alg)) if alg != "rsa-v1_5-sha256" => None,
                _ => Some(Self::Message),
            });
        forms.max()
    }
}

/// What is known of one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    pub form: Form,
    /// The server refused another form before it took this one: hints to the contrary are not heeded.
    pub settled: bool,
    pub learned_at: Timestamp,
}

impl Known {
    fn holds(&self, now: Timestamp) -> bool {
        now - self.learned_at < REMEMBERED
    }
}

pub struct Forms {
    known: Cache<String, Known>,
    /// Servers that refused every form, and when.
    deaf: Cache<String, Timestamp>,
    /// What was learned since [`Forms::take_learned`].
    learned: Mutex<HashMap<String, Known>>,
    stirred: Notify,
}

impl Default for Forms {
    fn default() -> Self {
        Self {
            known: Cache::new(SERVERS),
            deaf: Cache::new(SERVERS),
            learned: Mutex::default(),
            stirred: Notify::new(),
        }
    }
}

impl Forms {
    /// What was learned before this process began.
    pub fn recall(&self, host: String, known: Known) {
        self.known.insert(host, known);
    }

    /// A server said, or showed by signing so itself, that it takes this form.
    pub fn hint(&self, host: &str, form: Form, now: Timestamp) {
        let known = self.known.get(host).filter(|known| known.holds(now));
        let news = match known {
            Some(Known { settled: true, .. }) => false,
            Some(known) if known.form == form => now - known.learned_at > DAY,
            Some(known) => form > known.form,
            None => true,
        };
        if news {
            self.learn(host, form, false, now);
        }
    }

    /// What was learned since this was asked last.
    pub fn take_learned(&self) -> HashMap<String, Known> {
        mem::take(&mut *self.lock())
    }

    /// Waits until there is something to take.
    pub async fn learned(&self) {
        self.stirred.notified().await;
    }

    fn first(&self, host: &str, now: Timestamp) -> Form {
        let known = self.known.get(host).filter(|known| known.holds(now));
        known.map_or(Form::Cavage, |known| known.form)
    }

    fn is_deaf(&self, host: &str, now: Timestamp) -> bool {
        self.deaf.get(host).is_some_and(|at| now - at < PAUSE)
    }

    fn learn(&self, host: &str, form: Form, settled: bool, now: Timestamp) {
        let known = Known {
            form,
            settled,
            learned_at: now,
        };
        self.known.insert(host.to_owned(), known);
        let mut learned = self.lock();
        // Nobody takes them: then they are not kept either.
        if learned.len() < SERVERS {
            learned.insert(host.to_owned(), known);
        }
        drop(learned);
        self.stirred.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request to a server, sent again in another form if the first is refused.
pub struct Knock<'a> {
    forms: &'a Forms,
    host: String,
    has_ed25519: bool,
    form: Form,
    refused: Vec<Form>,
    now: Timestamp,
}

impl<'a> Knock<'a> {
    pub(super) fn new(forms: &'a Forms, host: String, has_ed25519: bool, now: Timestamp) -> Self {
        let first = forms.first(&host, now);
        let form = match first {
            Form::MessageEd25519 if !has_ed25519 => Form::Message,
            form => form,
        };
        Self {
            forms,
            host,
            has_ed25519,
            form,
            refused: Vec::new(),
            now,
        }
    }

    /// The form to sign in.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Takes note of an answer and its `Accept-Signature`. `true`: knock once more, in the form now chosen.
    pub fn again(&mut self, status: u16, asked_for: Option<&str>) -> bool {
        match status {
            400 | 401 | 403 => self.refused(asked_for.and_then(Form::asked_for)),
            200..=299 => {
                self.accepted();
                false
            }
            _ => false,
        }
    }

    fn refused(&mut self, asked_for: Option<Form>) -> bool {
        self.refused.push(self.form);
        if self.forms.is_deaf(&self.host, self.now) {
            return false;
        }
        let next = self.next(asked_for);
        if let Some(next) = next {
            self.form = next;
        } else {
            self.forms.deaf.insert(self.host.clone(), self.now);
        }
        next.is_some()
    }

    /// What was asked for, else the newer dialect with RSA, else the older.
    fn next(&self, asked_for: Option<Form>) -> Option<Form> {
        let asked_for = asked_for.filter(|form| self.has_ed25519 || *form != Form::MessageEd25519);
        let usual = [Form::Message, Form::Cavage].map(Some);
        [asked_for]
            .into_iter()
            .chain(usual)
            .flatten()
            .find(|form| !self.refused.contains(form))
    }

    fn accepted(&self) {
        if !self.refused.is_empty() {
            self.forms.learn(&self.host, self.form, true, self.now);
        } else if let Some(known) = self.forms.known.get(&self.host)
            && !known.settled
            && known.form == self.form
        {
            // It goes on to work: a hint need not be given again each week.
            self.forms.hint(&self.host, self.form, self.now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "far.example";
    const NOW: Timestamp = 1_780_000_000_000;

    fn knock(forms: &Forms, now: Timestamp) -> Knock<'_> {
        Knock::new(forms, HOST.into(), true, now)
    }

    /// The forms tried at a server that takes only `taken`.
    fn tried(forms: &Forms, taken: Option<Form>, now: Timestamp) -> Vec<Form> {
        let mut knock = knock(forms, now);
        let mut tried = vec![knock.form()];
        while knock.again(
            if Some(knock.form()) == taken {
                202
            } else {
                401
            },
            None,
        ) {
            tried.push(knock.form());
        }
        tried
    }

    use Form::{Cavage, Message, MessageEd25519};

    #[test]
    fn what_worked_is_tried_first_for_a_week() {
        let forms = Forms::default();
        assert_eq!(tried(&forms, Some(Message), NOW), [Cavage, Message]);
        assert_eq!(tried(&forms, Some(Message), NOW + DAY), [Message]);
        let learned = forms.take_learned();
        assert_eq!(learned[HOST].form, Message);
        assert!(learned[HOST].settled && forms.take_learned().is_empty());
        let later = NOW + REMEMBERED;
        assert_eq!(tried(&forms, Some(Cavage), later), [Cavage]);
        let recalled = Forms::default();
        recalled.recall(HOST.into(), learned[HOST]);
        assert_eq!(tried(&recalled, Some(Message), NOW + DAY), [Message]);
        assert_eq!(
            tried(&recalled, Some(Cavage), NOW + 2 * DAY),
            [Message, Cavage]
        );
        assert_eq!(tried(&recalled, Some(Cavage), NOW + 3 * DAY), [Cavage]);
    }

    #[test]
    fn where_the_first_choice_works_nothing_need_be_kept() {
        let forms = Forms::default();
        assert_eq!(tried(&forms, Some(Cavage), NOW), [Cavage]);
        assert!(forms.take_learned().is_empty());
    }

    #[test]
    fn a_hint_is_believed_until_it_proves_wrong() {
        let forms = Forms::default();
        forms.hint(HOST, MessageEd25519, NOW);
        assert_eq!(tried(&forms, Some(MessageEd25519), NOW), [MessageEd25519]);
        // A lesser hint changes nothing, and one that goes on to work lasts.
        forms.hint(HOST, Message, NOW);
        for day in 1..20 {
            let now = NOW + day * (DAY + HOUR);
            assert_eq!(tried(&forms, Some(MessageEd25519), now), [MessageEd25519]);
        }
        let now = NOW + 21 * DAY;
        let all = [MessageEd25519, Message, Cavage];
        assert_eq!(tried(&forms, Some(Cavage), now), all);
        forms.hint(HOST, MessageEd25519, now + HOUR);
        assert_eq!(tried(&forms, Some(Cavage), now + HOUR), [Cavage]);
        let later = now + REMEMBERED;
        forms.hint(HOST, MessageEd25519, later);
        assert_eq!(tried(&forms, Some(MessageEd25519), later), [MessageEd25519]);
    }

    #[test]
    fn a_server_that_refuses_all_forms_is_knocked_at_twice_once_an_hour() {
        let forms = Forms::default();
        assert_eq!(tried(&forms, None, NOW), [Cavage, Message]);
        assert_eq!(tried(&forms, None, NOW + 1), [Cavage]);
        assert_eq!(tried(&forms, None, NOW + HOUR), [Cavage, Message]);
        assert!(forms.take_learned().is_empty());
    }

    #[test]
    fn only_a_refusal_of_the_signature_is_worth_a_second_knock() {
        let forms = Forms::default();
        for status in [200, 202, 301, 404, 405, 410, 413, 429, 500, 503] {
            assert!(!knock(&forms, NOW).again(status, None), "{status}");
        }
        for status in [400, 401, 403] {
            assert!(knock(&forms, NOW).again(status, None), "{status}");
        }
    }

    #[test]
    fn what_a_server_asks_for_comes_next() {
        let forms = Forms::default();
        let asks = |alg: &str| format!("sig1=(\"@method\" \"@target-uri\");created;alg=\"{alg}\"");
        for (header, next) in [
            (asks("ed25519"), MessageEd25519),
            (asks("rsa-v1_5-sha256"), Message),
            (asks("rsa-pss-sha512"), Message),
            ("rubbish".to_owned(), Message),
        ] {
            let mut knock = knock(&forms, NOW);
            assert!(knock.again(401, Some(&header)));
            assert_eq!(knock.form(), next, "{header}");
        }
        let mut poor = Knock::new(&forms, HOST.into(), false, NOW);
        assert!(poor.again(401, Some(&asks("ed25519"))));
        assert_eq!(poor.form(), Message);
        forms.hint(HOST, MessageEd25519, NOW);
        assert_eq!(Knock::new(&forms, HOST.into(), false, NOW).form(), Message);
    }

    #[test]
    fn every_form_has_a_name() {
        for form in Form::ALL {
            assert_eq!(Form::parse(form.as_str()), Some(form));
        }
        assert_eq!(Form::parse("hs2019"), None);
    }
}
