//! Every address of the pages in one table. Knows which function answers, not how.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};
use parvis_model::limits;

use crate::{
    about, actions, announcements, assets, authorize, connections, copies, fault, headers, home,
    lists, log_in, media, notices, people, polls, posts, profile, quotes, remote_pictures, reports,
    search, set_up, settings, sign_up, staff, visit, write,
};

/// Bytes of a form without pictures: the longest text, four times over for its encoding, and some room.
const FORM_BYTES: usize = 256 * 1024;
/// Bytes of a form with as many pictures as a post may have.
const PICTURES_BYTES: usize = limits::POST_PICTURES * limits::PICTURE_BYTES + FORM_BYTES;

/// The pages of whichever town stands in the request's extensions as `Arc<Town>`; the client's address is
/// expected there as `ConnectInfo<SocketAddr>`.
pub fn routes() -> Router {
    pages()
        .fallback(fault::not_found)
        .method_not_allowed_fallback(fault::method)
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .merge(with_pictures().layer(DefaultBodyLimit::max(PICTURES_BYTES)))
        .layer(middleware::from_fn(visit::receive))
        .merge(files())
        .layer(middleware::from_fn(headers::guard))
}

fn pages() -> Router {
    Router::new()
        // the square
        .route("/", get(home::home))
        .route("/ville", get(home::town))
        .route("/tags/{tag}", get(lists::tag))
        .route("/recherche", get(search::search))
        .route("/authorize_interaction", get(search::interaction))
        .route("/a-propos", get(about::about))
        // people and their posts
        .route("/@{acct}", get(profile::profile))
        .route("/@{acct}/abonnes", get(people::followers))
        .route("/@{acct}/abonnements", get(people::following))
        .route("/@{acct}/bloquer", get(people::confirm_block))
        .route("/@{acct}/masquer", get(people::confirm_mute))
        .route(
            "/@{acct}/signaler",
            get(reports::form).post(reports::report),
        )
        .route("/@{acct}/{id}", get(posts::thread))
        .route(
            "/@{acct}/{id}/supprimer",
            get(posts::confirm_deletion).post(posts::delete),
        )
        .route("/@{acct}/{id}/copies", get(copies::of_post))
        .route("/actions/message/{id}/{deed}", post(actions::on_post))
        .route("/actions/sondage/{id}", post(polls::vote))
        .route(
            "/actions/citation/{quoted}/{quoting}",
            post(quotes::take_back),
        )
        .route("/actions/compte/{id}/{deed}", post(actions::on_account))
        .route("/actions/annonce/{id}/lue", post(announcements::dismiss))
        // one's own
        .route("/avis", get(notices::list))
        .route("/demandes", get(people::requests))
        .route("/favoris", get(lists::favourites))
        .route("/signets", get(lists::bookmarks))
        .route("/reglages", get(settings::first))
        .route(
            "/reglages/compte",
            get(settings::account).post(settings::change_password),
        )
        .route("/reglages/langue", post(settings::change_language))
        .route("/reglages/citations", post(settings::change_quoters))
        .route(
            "/reglages/codes",
            get(settings::codes).post(settings::renew_codes),
        )
        .route(
            "/reglages/sessions",
            get(settings::sessions).post(settings::close_session),
        )
        .route("/reglages/personnes", get(settings::people))
        .route("/reglages/copies", get(copies::deleted))
        .route(
            "/reglages/applications",
            get(connections::list).post(connections::disconnect),
        )
        // coming and going
        .route(
            "/oauth/authorize",
            get(authorize::ask).post(authorize::answer),
        )
        .route("/oauth/authorize/native", get(authorize::code))
        .route("/inscription", get(sign_up::form).post(sign_up::sign_up))
        .route("/connexion", get(log_in::form).post(log_in::log_in))
        .route("/deconnexion", post(log_in::log_out))
        .route(
            "/mot-de-passe-oublie",
            get(log_in::recovery_form).post(log_in::recover),
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
}

fn with_pictures() -> Router {
    Router::new()
        .route("/ecrire", get(write::form).post(write::publish))
        .route(
            "/@{acct}/{id}/modifier",
            get(write::edit_form).post(write::edit),
        )
        .route(
            "/reglages/profil",
            get(settings::profile).post(settings::edit_profile),
        )
}

fn files() -> Router {
    Router::new()
        .route("/avatar-default.png", get(assets::avatar))
        .route("/header-default.png", get(assets::header_picture))
        .route("/thumbnail-default.png", get(assets::thumbnail))
        .route("/assets/{name}", get(assets::asset))
        .route("/theme/{name}", get(assets::theme))
        .route(
            "/media/remote/{kind}/{of}/{seal}",
            get(remote_pictures::picture),
        )
        .route("/media/{*key}", get(media::file))
}
