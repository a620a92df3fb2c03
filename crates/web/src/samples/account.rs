//! Pages of the account itself: two steps, keys, invitations, moving, leaving.

use parvis_model::{account::Role, clock::DAY, refusal::Refusal};
use parvis_town::{
    exports::Sheet,
    imports::{Brought, ImportView},
    invitations::{InvitationView, State},
    passkeys::PasskeyView,
    two_step::TwoStepView,
};

use super::{
    rendered,
    town::{NOW, bruno, frame, me},
    typed, wrong,
};
use crate::{
    asked::Asked,
    departures::LeavingForm,
    email::EmailForm,
    exports::ExportsPage,
    frame::Typed,
    imports::ImportsPage,
    invitations::{InvitationsPage, Link, OverPage},
    moves::MovesPage,
    passkeys::{PasskeysPage, RemovalPage},
    sign_up::SignUpPage,
    two_step::{Pairing, PaperCodesPage, SecondStepPage, Shown, TwoStepForm},
};

pub fn invitation(state: State) -> InvitationView {
    InvitationView {
        id: 7,
        code: "lune-7k2f-orme".into(),
        uses_left: 3,
        expires_at: NOW + 9 * DAY,
        note: "Pour les voisins du lavoir".into(),
        state,
        by: bruno(),
        came: vec![bruno()],
    }
}

pub fn all(language: &str) -> Vec<(&'static str, String)> {
    let at = |here: &str| frame(language, Some(me(Role::Resident)), here);
    let two_step = |shown, form| {
        rendered(&TwoStepForm {
            page: &at("/reglages/deux-etapes"),
            shown,
            form,
        })
    };
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let state = |codes_left| TwoStepView {
        since: NOW,
        codes_left,
    };
    let brought = |what, finished, failures: Vec<(String, Refusal)>| ImportView {
        id: 4,
        what,
        created_at: NOW,
        finished,
        total: 120,
        settled: if finished { 120 } else { 47 },
        failed: failures.len() as i64 * 2,
        failures,
    };
    let unknown = Refusal::invalid("file", "refusal-import-no-person");
    let refused = Refusal::invalid("file", "refusal-import-refused");
    let passkey = |used_at| PasskeyView {
        id: 3,
        name: "Firefox sur Linux".into(),
        created_at: NOW,
        used_at,
    };
    let passkeys = |keys, creation, field| {
        rendered(&PasskeysPage {
            page: &at("/reglages/cles"),
            keys,
            creation,
            form: wrong(Asked::default(), field),
        })
    };
    let here = at("/reglages/invitations");
    let states = [State::Open, State::UsedUp, State::Over, State::TakenBack];
    let invitations = InvitationsPage {
        page: &here,
        links: states
            .map(|state| Link::new(&here, "https://valmont.example", invitation(state)))
            .into(),
        form: wrong(Asked::default(), "uses"),
    };
    vec![
        (
            "exporter",
            rendered(&ExportsPage {
                page: &at("/reglages/exporter"),
            }),
        ),
        (
            "importer",
            rendered(&ImportsPage {
                page: &at("/reglages/importer"),
                imports: vec![
                    brought(
                        Brought::Table(Sheet::Following),
                        false,
                        vec![("paul@loin.example".into(), unknown)],
                    ),
                    brought(Brought::Table(Sheet::Bookmarks), true, vec![]),
                    brought(Brought::Posts, true, vec![("Le pont".into(), refused)]),
                ],
                form: wrong(Asked::default(), "file"),
            }),
        ),
        (
            "deux-etapes",
            two_step(Shown::Off, wrong(Asked::default(), "old_password")),
        ),
        (
            "deux-etapes-cle",
            two_step(
                Shown::Begun(Pairing::new(secret, "valmont.localhost:8000", "lucie").unwrap()),
                wrong(Asked::default(), "code"),
            ),
        ),
        (
            "deux-etapes-oui",
            two_step(Shown::On(state(7)), Typed::default()),
        ),
        (
            "deux-etapes-sans-code",
            two_step(Shown::On(state(0)), Typed::default()),
        ),
        (
            "deux-etapes-codes",
            rendered(&PaperCodesPage {
                page: &at("/reglages/deux-etapes"),
                heading: at("/").t("two-step-now-on"),
                what: at("/").t("two-step-now-on-what"),
                codes: vec!["abcd-efgh-jkmn".into(), "pqrs-tuvw-xyz2".into()],
            }),
        ),
        (
            "connexion-code",
            rendered(&SecondStepPage {
                page: &frame(language, None, "/connexion/code"),
                towards: Some("Tusky".into()),
                passkey: Some("{}".into()),
                again: "/connexion?suite=%2F".into(),
                form: typed([("ticket", "1.2.3"), ("suite", "/")]),
            }),
        ),
        (
            "cles",
            passkeys(
                vec![passkey(Some(NOW)), passkey(None)],
                None,
                "old_password",
            ),
        ),
        ("cles-aucune", passkeys(vec![], None, "old_password")),
        ("cles-creer", passkeys(vec![], Some("{}".into()), "name")),
        (
            "cle-retirer",
            rendered(&RemovalPage {
                page: &at("/reglages/cles/3/retirer"),
                key: passkey(None),
                form: wrong(Asked::default(), "old_password"),
            }),
        ),
        ("invitations", rendered(&invitations)),
        (
            "invitation-finie",
            rendered(&OverPage {
                page: &frame(language, None, "/invitation/abcd"),
            }),
        ),
        (
            "inscription-invitee",
            rendered(&SignUpPage::new(
                &frame(language, None, "/invitation/abcd"),
                Some(bruno()),
                typed([("invitation", "abcd")]),
            )),
        ),
        (
            "reglages-adresse",
            rendered(&EmailForm {
                page: &at("/reglages/adresse"),
                by_letter: true,
                to_prove: true,
                form: wrong(Asked::of([("email", "lucie".into())]), "email"),
            }),
        ),
        (
            "demenager",
            rendered(&MovesPage {
                page: &at("/reglages/demenager"),
                aliases: vec![bruno()],
                successor: Some(bruno()),
                form: wrong(Asked::of([("account", "bruno".into())]), "account"),
            }),
        ),
        (
            "supprimer",
            rendered(&LeavingForm {
                page: &at("/reglages/supprimer"),
                form: wrong(Asked::default(), "sure"),
            }),
        ),
    ]
}
