//! Letters by e-mail: the words for what the town has to say, and the addresses of the pages they lead to. Plain text alone:
//! nothing in a letter tells anybody that it was opened. Sends nothing.

use parvis_model::locale::{Arg, Locale};
use parvis_town::{
    Town,
    letters::{Told, What, named},
};

use crate::notices::said;

/// A letter in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub subject: String,
    pub text: String,
    /// Where letters like this one are ended, by a request alone (RFC 8058).
    pub stop: Option<String>,
}

pub fn written(town: &Town, told: &Told) -> Written {
    let stop = told.way_out.as_ref().map(|(user, seal)| {
        let origin = &town.origin;
        format!("{origin}/avis/lettres/arreter?compte={user}&sceau={seal}")
    });
    let pen = Pen { town, told };
    let (subject, body) = pen.body();
    let mut text = vec![pen.say("letter-hello", "name", &told.name), body];
    if let Some(stop) = &stop {
        text.push(pen.say("letter-stop", "link", stop));
    }
    text.push(end(town, told.locale));
    Written {
        subject: pen.say(subject, "town", &town.profile().name),
        text: text.join("\n\n") + "\n",
        stop,
    }
}

/// What whoever runs the town sends to see whether letters leave it: in the town's language, as it is for nobody in particular.
pub fn test_letter(town: &Town) -> Written {
    let profile = town.profile();
    let locale = Locale::of(&profile.language);
    let args = [("town", Arg::from(profile.name.as_str()))];
    let body = locale.text_with("letter-test", &args);
    Written {
        subject: locale.text_with("letter-test-subject", &args),
        text: [body, end(town, locale)].join("\n\n") + "\n",
        stop: None,
    }
}

fn end(town: &Town, locale: Locale) -> String {
    let args = [
        ("town", Arg::from(town.profile().name.as_str())),
        ("origin", Arg::from(town.origin.as_str())),
    ];
    format!("-- \n{}", locale.text_with("letter-end", &args))
}

struct Pen<'a> {
    town: &'a Town,
    told: &'a Told,
}

impl Pen<'_> {
    /// Key of the subject, and the words themselves.
    fn body(&self) -> (&'static str, String) {
        match &self.told.what {
            What::NewPassword { secret } => (
                "letter-password-subject",
                self.leading(
                    "letter-password",
                    &format!("/mot-de-passe-oublie/nouveau?cle={secret}"),
                ),
            ),
            What::ConfirmAddress { secret } => (
                "letter-address-subject",
                self.leading(
                    "letter-address",
                    &format!("/adresse/confirmer?cle={secret}"),
                ),
            ),
            What::PasswordChanged => (
                "letter-password-changed-subject",
                self.leading("letter-password-changed", "/mot-de-passe-oublie"),
            ),
            What::PasskeysChanged => (
                "letter-passkeys-changed-subject",
                self.leading("letter-passkeys-changed", "/mot-de-passe-oublie"),
            ),
            What::AddressChanged => (
                "letter-address-changed-subject",
                self.leading("letter-address-changed", "/a-propos"),
            ),
            What::Notices { .. } => ("letter-notices-subject", self.notices()),
            What::SignUps(count) => (
                "letter-sign-ups-subject",
                self.counted("letter-sign-ups", *count, "/mairie/inscriptions"),
            ),
            What::Reports(count) => (
                "letter-reports-subject",
                self.counted("letter-reports", *count, "/mairie/signalements"),
            ),
        }
    }

    /// Who did what, and nothing of what they wrote: a letter passes through many hands.
    fn notices(&self) -> String {
        let What::Notices { told, more } = &self.told.what else {
            return String::new();
        };
        let locale = self.told.locale;
        let one = [("count", Arg::from(1))];
        let mut lines: Vec<String> = told
            .iter()
            .map(|it| {
                let name = named(&it.from.display_name, &it.from.acct);
                format!("- {name} {}", locale.text_with(said(it.kind).1, &one))
            })
            .collect();
        if *more > 0 {
            let count = [("count", Arg::from(*more as i64))];
            lines.push(locale.text_with("letter-notices-more", &count));
        }
        let see = self.leading("letter-notices-see", "/avis");
        let head = self.say("letter-notices", "town", &self.town.profile().name);
        [head, lines.join("\n"), see].join("\n\n")
    }

    fn counted(&self, key: &str, count: usize, path: &str) -> String {
        let link = format!("{}{path}", self.town.origin);
        let args = [
            ("count", Arg::from(count as i64)),
            ("link", Arg::from(link)),
        ];
        self.told.locale.text_with(key, &args)
    }

    fn leading(&self, key: &str, path: &str) -> String {
        let args = [
            ("town", Arg::from(self.town.profile().name.as_str())),
            ("link", Arg::from(format!("{}{path}", self.town.origin))),
        ];
        self.told.locale.text_with(key, &args)
    }

    fn say(&self, key: &str, name: &str, value: &str) -> String {
        self.told.locale.text_with(key, &[(name, Arg::from(value))])
    }
}
