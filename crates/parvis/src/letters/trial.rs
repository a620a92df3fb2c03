//! `letter`: one letter, at once, by which whoever runs the town sees whether any leave it. Waits behind no other and is
//! remembered nowhere.

use std::error::Error as _;

use anyhow::anyhow;
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use lettre::{Address, transport::smtp::Error};

use super::{GOOD_BYE, PATIENCE, PostOffice, Trouble};
use crate::{
    cli::Letter,
    exit::{Done, Stop},
    mail::MailSettings,
    output,
    settings::Settings,
    towns,
};

pub async fn run(settings: &Settings, town: Option<&str>, asked: Letter) -> Done {
    let Letter::Test { address } = asked;
    let mail = &settings.mail;
    if !mail.is_on() {
        return Err(no_mail_server());
    }
    let to: Address = address.parse().map_err(|_| {
        Stop::wrong(format!(
            "{address:?}: expected an address such as marie@courriel.example"
        ))
    })?;
    let town = towns::chosen(settings, town).await?;
    let office = PostOffice::open(mail, &town)?.ok_or_else(no_mail_server)?;
    let server = format!("{}:{}", office.door.host, office.door.port);
    let taken = office.try_out(to).await;
    taken.map_err(|why| anyhow!("{server} {}", fit_to_show(&why, mail)))?;
    output::line(format_args!(
        "{server} has taken the letter. If it does not come, look among the unwanted mail of {address}, and at the log of that \
         server."
    ))
}

fn no_mail_server() -> Stop {
    Stop::wrong("mail.host is not set: without a mail server no letter is ever written")
}

impl PostOffice {
    /// Fails with what the mail server, or the way to it, has against the letter.
    async fn try_out(&self, to: Address) -> Result<(), String> {
        let letter = parvis_web::test_letter(&self.town);
        let message = self.message(self.town.ids.next(), to, &letter);
        let message = message.ok_or("cannot be given a letter with this address")?;
        let mut line = in_words(self.door.open())
            .await
            .map_err(|why| format!("does not let us in: {why}"))?;
        let text = message.formatted();
        let sent = in_words(line.send(message.envelope(), &text)).await;
        tokio::time::timeout(GOOD_BYE, line.abort()).await.ok();
        sent.map(drop)
            .map_err(|why| format!("does not take the letter: {why}"))
    }
}

async fn in_words<T>(asked: impl Future<Output = Result<T, Error>>) -> Result<T, String> {
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(answer) => answer.map_err(words),
        Err(_) => Err(Trouble::SILENCE.kind.to_owned()),
    }
}

/// Those of the mail server, too: whoever asks at the shell gave the address themselves.
fn words(error: Error) -> String {
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    let trouble = Trouble::from(error);
    match trouble.status {
        Some(status) => format!("it answers {status} {said}"),
        None if said.is_empty() => trouble.kind.to_owned(),
        None => format!("{} ({said})", trouble.kind),
    }
}

/// A server may say back what it was told, the password as well, and what it says may hold commands for the terminal. Those go
/// last, since one may stand inside the password.
fn fit_to_show(words: &str, mail: &MailSettings) -> String {
    let mut shown = words.to_owned();
    for secret in secrets(mail) {
        shown = shown.replace(&secret, "***");
    }
    shown
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// The password, as it was told, too: a server may leave out what fills up the last characters.
fn secrets(mail: &MailSettings) -> Vec<String> {
    let (Some(user), Some(password)) = (&mail.user, &mail.password) else {
        return Vec::new();
    };
    let mut secrets = vec![
        STANDARD_NO_PAD.encode(format!("\0{user}\0{}", password.0)),
        STANDARD_NO_PAD.encode(&password.0),
        password.0.clone(),
    ];
    secrets.retain(|secret| !secret.is_empty());
    secrets
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::bucket::Secret;

    #[test]
    fn what_a_mail_server_says_back_shows_no_password() {
        let mail = MailSettings {
            user: Some("parvis".into()),
            password: Some(Secret("sé\tsame".into())),
            ..MailSettings::default()
        };
        let plain = STANDARD.encode("\0parvis\0sé\tsame");
        let unfilled = STANDARD_NO_PAD.encode("\0parvis\0sé\tsame");
        let login = STANDARD_NO_PAD.encode("sé\tsame");
        assert_ne!(plain, unfilled);
        let said = format!("what is \u{1b}[2JAUTH PLAIN {plain}, {unfilled}, {login} or sé\tsame?");
        assert_eq!(
            fit_to_show(&said, &mail),
            "what is  [2JAUTH PLAIN ***==, ***, *** or ***?"
        );
        assert_eq!(fit_to_show("no", &MailSettings::default()), "no");
    }
}
