//! Every address of the pages in one table. Knows which function answers, not how.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};
use parvis_model::limits;

use crate::{
    about, actions, announcements, anyone, appearance, assets, associations, authorize, by_letter,
    connections, conversations, copies, crawlers, departures, devices, drafts, email, embeds,
    exports, fault, feeds, filters, first_steps, follows, from_elsewhere, headers, home, imports,
    installed, interactions, invitations, lists, log_in, look, media, memberships, moves,
    neighbours, notes, notice_choices, notice_settings, notices, passkeys, people, polls, posts,
    privacy, profile, quotes, relations, remote_pictures, reports, revisions, search, set_up,
    settings, sign_up, staff, streams, styleguide, suggestions, tags, timelines, two_step, visit,
    write,
};

/// Bytes of a form without pictures: the longest text, four times over for its encoding, and some room.
const FORM_BYTES: usize = 256 * 1024;
/// Bytes of a form with a table: enough to say that it is too large rather than to cut it off.
const TABLE_BYTES: usize = 4 * limits::IMPORT_BYTES + FORM_BYTES;
/// Bytes of a form with as many pictures as a post may have.
const PICTURES_BYTES: usize = limits::POST_PICTURES * limits::PICTURE_BYTES + FORM_BYTES;
/// Bytes of a form with an archive of posts.
const ARCHIVE_BYTES: usize = limits::ARCHIVE_BYTES + FORM_BYTES;
/// Bytes of the largest form of all; each address has a bound of its own besides.
pub const LARGEST_FORM: usize = ARCHIVE_BYTES;
const _: () = assert!(LARGEST_FORM >= PICTURES_BYTES && LARGEST_FORM >= TABLE_BYTES);
const _: () = assert!(LARGEST_FORM >= write::BODY);

/// The pages of whichever town stands in the request's extensions as `Arc<Town>`; the client's address is
/// expected there as `ConnectInfo<SocketAddr>`.
pub fn routes() -> Router {
    with_all_around(pages())
}

/// The same with the styleguide, for those who build the pages.
pub fn routes_with_styleguide() -> Router {
    with_all_around(pages().merge(styleguide::routes()))
}

fn with_all_around(pages: Router) -> Router {
    pages
        .fallback(fault::not_found)
        .method_not_allowed_fallback(fault::method)
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .merge(for_writing().layer(DefaultBodyLimit::max(write::BODY)))
        .merge(with_tables().layer(DefaultBodyLimit::max(TABLE_BYTES)))
        .merge(with_pictures().layer(DefaultBodyLimit::max(PICTURES_BYTES)))
        .merge(with_archives().layer(DefaultBodyLimit::max(ARCHIVE_BYTES)))
        .layer(middleware::from_fn(visit::receive))
        .merge(for_anyone().layer(middleware::from_fn(anyone::receive)))
        .merge(files())
        .layer(middleware::from_fn(headers::guard))
}

fn pages() -> Router {
    Router::new()
        // the square
        .route("/", get(home::home))
        .route("/ville", get(home::town))
        .route("/nouveautes", get(home::news))
        .route("/nouveautes/flux", get(streams::home))
        .route("/associations", get(associations::list))
        .route("/ailleurs", get(timelines::elsewhere))
        .route("/voisins", get(timelines::neighbours))
        .route("/groupes", get(timelines::groups))
        .route("/tags", get(tags::followed).post(tags::follow_named))
        .route("/tags/{tag}", get(tags::tag))
        .route("/tags/{tag}/suivre", post(tags::start))
        .route("/tags/{tag}/ne-plus-suivre", post(tags::stop))
        .route("/listes", get(lists::all).post(lists::create))
        .route("/listes/{id}", get(lists::read))
        .route(
            "/listes/{id}/modifier",
            get(lists::form).post(lists::change),
        )
        .route("/listes/{id}/ajouter", post(lists::add))
        .route("/listes/{id}/retirer", post(lists::remove))
        .route(
            "/listes/{id}/supprimer",
            get(lists::confirm_deletion).post(lists::delete),
        )
        .route("/recherche", get(search::search))
        .route("/authorize_interaction", get(search::interaction))
        .route("/a-propos", get(about::about))
        .route("/confidentialite", get(privacy::privacy))
        .route("/integrer", get(embeds::embedding))
        .route("/en-attente", get(installed::waiting))
        // people and their posts
        .route("/@{acct}", get(profile::profile))
        .route("/@{acct}/groupes", get(profile::groups))
        .route("/@{acct}/abonnes", get(people::followers))
        .route("/@{acct}/abonnements", get(people::following))
        .route("/@{acct}/bloquer", get(people::confirm_block))
        .route("/@{acct}/masquer", get(people::confirm_mute))
        .route("/@{acct}/bloquer-serveur", get(relations::confirm_server))
        .route(
            "/@{acct}/listes",
            get(memberships::form).post(memberships::change),
        )
        .route(
            "/@{acct}/signaler",
            get(reports::form).post(reports::report),
        )
        .route(
            "/@{acct}/suivre",
            get(from_elsewhere::follow_form).post(from_elsewhere::follow),
        )
        .route(
            "/@{acct}/{id}/repondre",
            get(from_elsewhere::reply_form).post(from_elsewhere::reply),
        )
        .route("/@{acct}/{id}", get(posts::thread))
        .route(
            "/@{acct}/{id}/supprimer",
            get(posts::confirm_deletion).post(posts::delete),
        )
        .route("/@{acct}/{id}/copies", get(copies::of_post))
        .route("/@{acct}/{id}/historique", get(revisions::list))
        .route("/brouillons", get(drafts::list))
        .route("/brouillons/{id}/supprimer", post(drafts::discard))
        .route("/programmes/{id}/supprimer", post(drafts::cancel))
        .route("/ecrire/propositions", get(suggestions::list))
        .route("/actions/message/{id}/{deed}", post(actions::on_post))
        .route(
            "/actions/message/{id}/chercher-ailleurs",
            post(posts::ask_elsewhere),
        )
        .route("/actions/sondage/{id}", post(polls::vote))
        .route(
            "/actions/citation/{quoted}/{quoting}",
            post(quotes::take_back),
        )
        .route("/actions/compte/{id}/note", post(notes::keep))
        .route("/actions/compte/{id}/options", post(follows::set_options))
        .route("/actions/compte/{id}/{deed}", post(actions::on_account))
        .route(
            "/actions/serveur/{domain}/{deed}",
            post(relations::on_server),
        )
        .route("/actions/annonce/{id}/lue", post(announcements::dismiss))
        // one's own
        .route("/avis", get(notices::list))
        .route("/avis/lus", post(notices::read))
        .route("/avis/{id}", get(notices::open))
        .route(
            "/avis/effacer",
            get(notices::confirm_clearing).post(notices::clear),
        )
        .route("/avis/demandes", get(notices::held).post(notices::decide))
        .route(
            "/avis/a-voir",
            get(interactions::list).post(interactions::decide),
        )
        .route("/messages", get(conversations::list))
        .route(
            "/messages/nouveau",
            get(conversations::new_form).post(conversations::begin),
        )
        .route(
            "/messages/{id}",
            get(conversations::show).post(conversations::answer),
        )
        .route("/messages/{id}/non-lue", post(conversations::mark_unread))
        .route("/messages/{id}/taire", post(conversations::mute))
        .route(
            "/messages/{id}/supprimer",
            get(conversations::confirm_deletion).post(conversations::delete),
        )
        .route("/demandes", get(people::requests))
        .route("/favoris", get(timelines::favourites))
        .route("/signets", get(timelines::bookmarks))
        .route("/reglages", get(settings::first))
        .route(
            "/reglages/compte",
            get(settings::account).post(settings::change_password),
        )
        .route("/reglages/langue", post(settings::change_language))
        .route("/reglages/habitudes", post(settings::change_habits))
        .route("/reglages/citations", post(settings::change_quoters))
        .route(
            "/reglages/codes",
            get(settings::codes).post(settings::renew_codes),
        )
        .route(
            "/reglages/sessions",
            get(settings::sessions).post(settings::close_session),
        )
        .route(
            "/reglages/avis",
            get(notice_settings::form).post(notice_settings::change),
        )
        .route("/reglages/avis/choix", post(notice_choices::choose))
        .route("/reglages/avis/appareil", post(devices::change))
        .route("/reglages/filtres", get(filters::list))
        .route(
            "/reglages/filtres/nouveau",
            get(filters::new_form).post(filters::create),
        )
        .route(
            "/reglages/filtres/{id}",
            get(filters::form).post(filters::change),
        )
        .route(
            "/reglages/filtres/{id}/supprimer",
            get(filters::confirm_deletion).post(filters::delete),
        )
        .route(
            "/reglages/personnes",
            get(relations::kept_away).post(relations::block_server),
        )
        .route(
            "/reglages/affichage",
            get(appearance::form).post(appearance::change),
        )
        .route(
            "/reglages/deux-etapes",
            get(two_step::form).post(two_step::change),
        )
        .route("/reglages/cles", get(passkeys::list).post(passkeys::change))
        .route(
            "/reglages/cles/{id}/retirer",
            get(passkeys::confirm_removal).post(passkeys::remove),
        )
        .route(
            "/reglages/invitations",
            get(invitations::list).post(invitations::change),
        )
        .route("/reglages/exporter", get(exports::form))
        .route("/reglages/exporter/{name}", get(exports::file))
        .route("/reglages/importer/oublier", post(imports::forget))
        .route("/reglages/adresse", get(email::form).post(email::change))
        .route("/reglages/demenager", get(moves::form).post(moves::change))
        .route(
            "/reglages/supprimer",
            get(departures::form).post(departures::leave),
        )
        .route("/reglages/copies", get(copies::deleted))
        .route(
            "/reglages/applications",
            get(connections::list).post(connections::disconnect),
        )
        // coming and going
        .route("/premiers-pas/2", get(first_steps::people))
        .route("/premiers-pas/3", get(first_steps::how))
        .route(
            "/oauth/authorize",
            get(authorize::ask).post(authorize::answer),
        )
        // toot asks with a slash at the end.
        .route("/oauth/authorize/", get(authorize::ask))
        .route("/oauth/authorize/native", get(authorize::code))
        .route("/inscription", get(sign_up::form).post(sign_up::sign_up))
        .route("/connexion", get(log_in::form).post(log_in::log_in))
        .route(
            "/connexion/code",
            get(two_step::elsewhere).post(two_step::log_in),
        )
        .route(
            "/connexion/cle",
            get(two_step::elsewhere).post(passkeys::log_in),
        )
        .route("/invitation/{code}", get(invitations::arrive))
        .route("/deconnexion", post(log_in::log_out))
        .route(
            "/mot-de-passe-oublie",
            get(log_in::recovery_form).post(log_in::recover),
        )
        .route("/mot-de-passe-oublie/lettre", post(by_letter::ask))
        .route(
            "/mot-de-passe-oublie/nouveau",
            get(by_letter::password_form).post(by_letter::set_password),
        )
        .route(
            "/adresse/confirmer",
            get(by_letter::address_form).post(by_letter::confirm_address),
        )
        .route(
            "/avis/lettres/arreter",
            get(by_letter::stop_form).post(by_letter::stop),
        )
        // the town hall
        .route("/bienvenue", get(set_up::form).post(set_up::set_up))
        .route(
            "/mairie/inscriptions",
            get(staff::sign_ups).post(staff::decide),
        )
        .route(
            "/mairie/signalements",
            get(reports::list).post(reports::close),
        )
        .route(
            "/mairie/reglages",
            get(staff::town).post(staff::change_town),
        )
        .route(
            "/mairie/voisins",
            get(neighbours::list).post(neighbours::decide),
        )
}

fn for_writing() -> Router {
    Router::new()
        .route("/ecrire", get(write::form).post(write::publish))
        .route("/ecrire/fichiers", post(write::upload))
        .route(
            "/partager",
            get(installed::share).post(installed::share_past_worker),
        )
        .route(
            "/@{acct}/{id}/modifier",
            get(write::edit_form).post(write::edit),
        )
}

fn with_tables() -> Router {
    Router::new().route(
        "/reglages/importer",
        get(imports::form).post(imports::bring),
    )
}

fn with_archives() -> Router {
    Router::new().route(
        "/reglages/importer/messages",
        get(imports::form).post(imports::posts::bring),
    )
}

fn with_pictures() -> Router {
    Router::new()
        .route(
            "/premiers-pas/1",
            get(first_steps::who).post(first_steps::describe),
        )
        .route(
            "/reglages/profil",
            get(settings::profile).post(settings::edit_profile),
        )
        .route("/mairie/apparence", get(look::form).post(look::change))
}

/// The same for everybody, whoever asks.
fn for_anyone() -> Router {
    Router::new()
        .route("/ville/fil.atom", get(feeds::of_town))
        .route("/tags/{tag}/fil.atom", get(feeds::of_tag))
        .route("/@{acct}/fil.atom", get(feeds::of_person))
        .route("/integrer/ville", get(embeds::town))
        .route("/integrer/@{acct}", get(embeds::person))
        .route("/integrer/@{acct}/{id}", get(embeds::post))
        .route("/oembed", get(embeds::oembed))
        // Where those look who know it from Mastodon.
        .route("/api/oembed", get(embeds::oembed))
        .route("/robots.txt", get(crawlers::robots))
        .route("/sitemap.xml", get(crawlers::sitemap))
        .route("/manifest.webmanifest", get(installed::manifest))
        .route("/worker.js", get(installed::worker))
        .route("/hors-ligne", get(installed::offline))
}

fn files() -> Router {
    Router::new()
        .route("/avatar-default.png", get(assets::avatar))
        .route("/header-default.png", get(assets::header_picture))
        .route("/thumbnail-default.png", get(assets::thumbnail))
        .route("/icones/{name}", get(installed::icon))
        .route("/assets/{name}", get(assets::asset))
        .route("/theme/{name}", get(assets::theme))
        .route(
            "/media/remote/{kind}/{of}/{seal}",
            get(remote_pictures::picture),
        )
        .route("/media/{*key}", get(media::file))
}
