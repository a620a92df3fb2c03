//! What a page says of itself to machines that meet a link to it: Open Graph (<https://ogp.me>), its own address, its feed,
//! its ActivityPub document, and for search engines schema.org data. Of people and posts only what their authors let be found.

use askama::Template;
use parvis_model::{account::AccountKind, audience::Audience, text::plain};
use parvis_town::{AccountView, MediaView, PostView, look::Picture};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::{colour, frame::Frame};

/// Characters of a description.
const DESCRIPTION: usize = 240;

#[derive(Template)]
#[template(path = "parts/described.html")]
struct Described<'a> {
    page: &'a Frame,
    /// `website`, `profile` or `article`.
    kind: &'static str,
    title: String,
    description: String,
    /// Where this page lives, whatever way led to it.
    address: String,
    /// A large one, else a small one.
    picture: Option<&'a MediaView>,
    image: String,
    /// Of the feed.
    feed: String,
    /// Of the same as other servers read it.
    document: String,
    oembed: String,
    /// schema.org, ready to stand in a script element.
    data: String,
    /// Search engines shall leave the page alone.
    hidden: bool,
}

impl Frame {
    pub fn origin(&self) -> String {
        format!("{}://{}", self.visit.jar().scheme(), self.host)
    }

    fn of_the_town(&self) -> Described<'_> {
        Described {
            page: self,
            kind: "website",
            title: self.town.name.clone(),
            description: if self.town.summary.is_empty() {
                self.tw("landing-lead", "town", &self.town.name)
            } else {
                self.town.summary.clone()
            },
            address: self.origin(),
            picture: None,
            image: self.town_picture(),
            feed: format!("{}/ville/fil.atom", self.origin()),
            document: String::new(),
            oembed: String::new(),
            data: String::new(),
            hidden: false,
        }
    }

    /// For search engines as long as everybody whose words stand there lets them be found.
    pub fn head_of_landing(&self, posts: &[PostView]) -> askama::Result<String> {
        Described {
            hidden: !posts.iter().all(is_findable),
            ..self.of_the_town()
        }
        .render()
    }

    /// Holds what people wrote who may not want to be found, so it is not for search engines.
    pub fn head_of_town(&self) -> askama::Result<String> {
        let address = format!("{}/ville", self.origin());
        Described {
            oembed: self.oembed(&address),
            address,
            hidden: true,
            ..self.of_the_town()
        }
        .render()
    }

    /// Of the page of a tag; other lists are one's own.
    pub fn head_of_list(&self, heading: &str) -> askama::Result<String> {
        let Some(tag) = self.here.strip_prefix("/tags/") else {
            return Ok(String::new());
        };
        let tag = tag.split(['?', '/']).next().unwrap_or_default();
        let address = format!("{}/tags/{tag}", self.origin());
        Described {
            title: heading.to_owned(),
            feed: format!("{address}/fil.atom"),
            address,
            hidden: true,
            ..self.of_the_town()
        }
        .render()
    }

    pub fn head_of_person(&self, who: &AccountView) -> askama::Result<String> {
        let description = shortened(&plain(&who.bio_html), DESCRIPTION);
        let address = self.own_address(who.local, &who.path, &who.url);
        let feed = format!("{}{}/fil.atom", self.origin(), who.path);
        Described {
            kind: "profile",
            title: format!("{} (@{})", who.display_name, who.handle),
            data: if who.local && who.indexable {
                in_script(&profile_page(who, &description))
            } else {
                String::new()
            },
            description,
            image: who.avatar.clone().unwrap_or_default(),
            feed: if who.local { feed } else { String::new() },
            document: if who.local {
                who.uri.clone()
            } else {
                String::new()
            },
            oembed: if who.local {
                self.oembed(&address)
            } else {
                String::new()
            },
            address,
            ..self.of_the_town()
        }
        .render()
    }

    /// Nothing of a post that is not for everyone.
    pub fn head_of_post(&self, post: &PostView) -> askama::Result<String> {
        if !post.audience.is_open() {
            return Ok(String::new());
        }
        let who = &post.author;
        let is_warned = !post.summary.is_empty();
        let text = if is_warned {
            post.summary.clone()
        } else {
            plain(&post.html)
        };
        let mut pictures = post.media.iter();
        let address = self.own_address(post.local, &post.path, &post.url);
        let findable = post.local && who.indexable && post.audience == Audience::Public;
        Described {
            kind: "article",
            title: self.tw("post-by", "name", &who.display_name),
            description: shortened(&text, DESCRIPTION),
            picture: pictures
                .find(|file| file.is_picture() && !file.preview_url.is_empty())
                .filter(|_| !post.sensitive && !is_warned),
            image: who.avatar.clone().unwrap_or_default(),
            feed: if who.local {
                format!("{}{}/fil.atom", self.origin(), who.path)
            } else {
                String::new()
            },
            document: if post.local {
                post.uri.clone()
            } else {
                String::new()
            },
            oembed: if post.local {
                self.oembed(&address)
            } else {
                String::new()
            },
            data: if findable {
                in_script(&self.posting(post, &text))
            } else {
                String::new()
            },
            address,
            ..self.of_the_town()
        }
        .render()
    }

    pub fn beginning(post: &PostView) -> String {
        shortened(&plain(&post.html), DESCRIPTION)
    }

    /// Banner, arms, or what we drew for towns that have neither.
    fn town_picture(&self) -> String {
        let look = &self.town.look;
        let own = look.banner.as_ref();
        let own = own.or(look.arms.as_ref().map(|arms| &arms.icon));
        let path = own.map_or_else(|| "/thumbnail-default.png".to_owned(), Picture::path);
        format!("{}{path}", self.origin())
    }

    pub fn theme_colour(&self) -> String {
        colour::of_town(&self.town)
    }

    /// The name of the style sheet with the town's colour.
    pub fn theme(&self) -> String {
        colour::theme(&self.town)
    }

    /// What is from elsewhere has its page there.
    fn own_address(&self, local: bool, path: &str, url: &str) -> String {
        if local {
            format!("{}{path}", self.origin())
        } else {
            self.web_address(url).to_owned()
        }
    }

    fn oembed(&self, address: &str) -> String {
        let address = utf8_percent_encode(address, NON_ALPHANUMERIC);
        format!("{}/oembed?url={address}", self.origin())
    }

    fn posting(&self, post: &PostView, text: &str) -> Value {
        let author = person(&post.author);
        let count = |kind: &str, count: i64| {
            json!({"@type": "InteractionCounter", "userInteractionCount": count,
                "interactionType": format!("https://schema.org/{kind}")})
        };
        json!({
            "@context": "https://schema.org",
            "@type": "SocialMediaPosting",
            "url": post.url,
            "headline": shortened(text, 110),
            "articleBody": text,
            "inLanguage": post.language,
            "datePublished": self.iso(post.created_at),
            "dateModified": self.iso(post.edited_at.unwrap_or(post.created_at)),
            "author": author,
            "commentCount": post.replies,
            "interactionStatistic": [count("LikeAction", post.favourites), count("ShareAction", post.boosts)],
        })
    }
}

/// With what it quotes.
fn is_findable(post: &PostView) -> bool {
    let quoted = post.quote.as_ref().and_then(|quote| quote.post.as_ref());
    post.author.indexable && quoted.is_none_or(|quoted| quoted.author.indexable)
}

fn person(who: &AccountView) -> Value {
    let kind = match who.kind {
        AccountKind::Group | AccountKind::Organization => "Organization",
        _ => "Person",
    };
    json!({"@type": kind, "name": who.display_name, "alternateName": format!("@{}", who.handle),
        "url": who.url, "image": who.avatar})
}

fn profile_page(who: &AccountView, description: &str) -> Value {
    let mut entity = person(who);
    entity["description"] = description.into();
    json!({"@context": "https://schema.org", "@type": "ProfilePage", "url": who.url, "mainEntity": entity})
}

/// Nothing in it can end the element it stands in, or begin a comment there.
fn in_script(data: &Value) -> String {
    data.to_string().replace('<', "\\u003c")
}

/// The beginning of a text, as one line, ending with a word.
pub fn shortened(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = line.char_indices().nth(most) else {
        return line;
    };
    let whole = line[..end].rfind(' ').unwrap_or(end);
    format!("{}…", &line[..whole])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_cannot_leave_the_data() {
        let data = in_script(&json!({"a": "</script><!--<script>"}));
        assert!(!data.contains('<'), "{data}");
        let back: Value = serde_json::from_str(&data).unwrap();
        assert_eq!(back["a"], "</script><!--<script>");
    }

    #[test]
    fn a_long_text_ends_with_a_word() {
        assert_eq!(shortened("  un\n\ndeux trois ", 40), "un deux trois");
        assert_eq!(shortened("un deux trois", 9), "un deux…");
        assert_eq!(shortened("éééééééé", 3), "ééé…");
    }
}
