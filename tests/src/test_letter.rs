//! `parvis letter test`: whoever runs the town sees whether its mail server takes letters, and if not, why.

use parvis_testkit::{MailServer, TestTown, program};

use crate::letters::town_at;

const TO: &str = "marie@courriel.example";
const SECRET: &str = "sésame des bois";
const ASK: [&str; 3] = ["letter", "test", TO];
const FAILED: i32 = 1;
const WRONG: i32 = 2;

#[tokio::test]
async fn a_test_letter_goes_at_once_and_what_the_mail_server_says_against_it_is_shown() {
    let server = MailServer::open().await;
    server.wants("parvis", SECRET);
    let login = [
        ("PARVIS_MAIL__USER", "parvis"),
        ("PARVIS_MAIL__PASSWORD", SECRET),
    ];
    let town = town_at(server.port, &login).await;
    let run = town.cli(&ASK).await.succeeding();
    assert!(run.stdout.contains("has taken the letter"), "{run:#?}");
    let letters = server.to(TO);
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].from, "parvis@valmont.example");
    let subject = letters[0].header("subject").unwrap();
    assert!(subject.starts_with("Un e-mail d’essai"), "{subject}");
    assert!(letters[0].text.contains(&town.origin));

    for answer in ["550 nobody of that name", "451 later, please"] {
        server.answers(answer);
        let run = town.cli(&ASK).await;
        assert_eq!(run.code, FAILED, "{run:#?}");
        let nothing_done = run.stdout.is_empty();
        assert!(run.stderr.contains(answer) && nothing_done, "{run:#?}");
    }

    // A way that is to be encrypted is not walked in the open where the server offers no other.
    let port = program::port().to_string();
    let changes = [
        ("PARVIS_MAIL__SECURITY", "starttls", "STARTTLS"),
        ("PARVIS_MAIL__PASSWORD", "un autre", "535"),
        ("PARVIS_MAIL__PORT", port.as_str(), port.as_str()),
    ];
    for (variable, value, said) in changes {
        let run = town.program.run(&ASK, "", &[(variable, value)]).await;
        assert_eq!(run.code, FAILED, "{run:#?}");
        assert!(run.stderr.contains(said), "{run:#?}");
        assert!(!run.stderr.contains("un autre") && !run.stderr.contains(SECRET));
    }
    assert_eq!(server.count(), 1, "nothing came in another way");

    let run = town.cli(&["letter", "test", "marie"]).await;
    assert_eq!(run.code, WRONG, "{run:#?}");
    assert!(run.stderr.contains("marie"), "{run:#?}");
    let silent = TestTown::prepare("lointain", &[]);
    let run = silent.cli(&ASK).await;
    assert_eq!(run.code, WRONG, "{run:#?}");
    assert!(run.stderr.contains("mail.host"), "{run:#?}");
}
