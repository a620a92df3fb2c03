//! WebFinger (RFC 7033) and host-meta (RFC 6415) documents, both ways. Knows no accounts.

use parvis_model::limits;
use serde::Serialize;
use serde_json::Value;
use url::form_urlencoded::byte_serialize;

use super::{Unreadable, read::Doc};
use crate::markup::{attribute, attributes_of, name_of, tag_of};

/// Where somebody follows and answers from, as servers have said it since OStatus.
pub const SUBSCRIBE: &str = "http://ostatus.org/schema/1.0/subscribe";

/// The address with `{uri}` in it at which somebody's server takes up what they want to follow or answer.
pub fn subscribe_template(value: &Value) -> Option<&str> {
    let doc = Doc::outermost(value).ok()?;
    let template = doc
        .docs("links")
        .filter(|link| link.text("rel") == Some(SUBSCRIBE))
        .find_map(|link| link.text("template"));
    template.filter(|template| template.contains("{uri}") && template.len() <= limits::REMOTE_URI)
}

/// What WebFinger says about a handle, as far as we ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// `acct:name@host`, if it is one.
    pub subject: Option<&'a str>,
    /// The actor's id.
    pub actor: &'a str,
}

impl<'a> Answer<'a> {
    pub fn read(value: &'a Value) -> Result<Self, Unreadable> {
        let doc = Doc::outermost(value)?;
        let is_actor = |link: &Doc| {
            let mime = link.text("type").unwrap_or_default();
            link.text("rel") == Some("self")
                && (mime.starts_with("application/activity+json")
                    || (mime.starts_with("application/ld+json")
                        && mime.contains("activitystreams")))
        };
        let actor = doc
            .docs("links")
            .filter(is_actor)
            .find_map(|link| link.one_id("href"));
        Ok(Self {
            subject: doc.text("subject"),
            actor: actor.ok_or(Unreadable::wrong("links", "no actor among them"))?,
        })
    }
}

/// Where a host says, in the XRD form of host-meta, that it answers WebFinger questions: the address with the resource in
/// place of `{uri}` (RFC 6415, section 3.1.1).
pub fn lrdd_address(xrd: &str, resource: &str) -> Option<String> {
    let mut links = xrd.split('<').filter_map(|rest| {
        let (tag, _) = tag_of(rest).filter(|_| name_of(rest) == "link")?;
        Some(attributes_of(&tag["link".len()..]))
    });
    let lrdd = links.find(|link| attribute(link, "rel") == Some("lrdd"))?;
    let template = attribute(&lrdd, "template")?.replace("&amp;", "&");
    let fits = template.contains("{uri}") && template.len() <= limits::REMOTE_URI;
    let resource: String = byte_serialize(resource.as_bytes()).collect();
    fits.then(|| template.replace("{uri}", &resource))
}

/// A JSON resource descriptor.
#[derive(Clone, Debug, Serialize)]
pub struct Descriptor {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    pub links: Vec<Link>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Link {
    pub rel: &'static str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

impl Link {
    pub fn to(rel: &'static str, media_type: &str, href: String) -> Self {
        Self {
            rel,
            media_type: Some(media_type.into()),
            href: Some(href),
            template: None,
        }
    }

    pub fn template(rel: &'static str, template: String) -> Self {
        Self {
            rel,
            template: Some(template),
            ..Self::default()
        }
    }
}

/// The template in host-meta, as JSON.
pub fn host_meta(origin: &str) -> Descriptor {
    let template = format!("{origin}/.well-known/webfinger?resource={{uri}}");
    Descriptor {
        subject: None,
        aliases: Vec::new(),
        links: vec![Link::template("lrdd", template)],
    }
}

/// The same as XRD. An origin holds no character that XML would mind.
pub fn host_meta_xml(origin: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n  \
         <Link rel=\"lrdd\" template=\"{origin}/.well-known/webfinger?resource={{uri}}\"/>\n\
         </XRD>\n"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_actor_is_picked_by_media_type() {
        let value = json!({"subject": "acct:rose@a.example", "links": [
            {"rel": "self", "type": "application/x-zot+json", "href": "https://a.example/zot"},
            {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": "https://a.example/@rose"},
            {"rel": "self", "type": "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"", "href": "https://a.example/u/1"}]});
        let answer = Answer::read(&value).unwrap();
        assert_eq!(
            (answer.subject, answer.actor),
            (Some("acct:rose@a.example"), "https://a.example/u/1")
        );
        assert!(Answer::read(&json!({"links": []})).is_err());
    }

    #[test]
    fn host_meta_names_the_place_for_questions_in_its_lrdd_link() {
        let read =
            |links: &str| lrdd_address(&format!("<XRD>{links}</XRD>"), "acct:rose@a.example");
        let asked = "https://b.example/finger?x=1&of=acct%3Arose%40a.example";
        for links in [
            r#"<Link rel="lrdd" template="https://b.example/finger?x=1&amp;of={uri}"/>"#,
            "<Link rel='other' href='x'/>\n<Link\n  template='https://b.example/finger?x=1&amp;of={uri}'\n  rel='lrdd'\n/>",
        ] {
            assert_eq!(read(links).as_deref(), Some(asked), "{links}");
        }
        for links in [
            "",
            "<Link",
            r#"<Link rel="lrdd"/>"#,
            r#"<Link rel="lrdd" template="https://b.example/finger"/>"#,
            r#"<Link rel="other" template="https://b.example/{uri}"/>"#,
        ] {
            assert_eq!(read(links), None, "{links}");
        }
        let own = lrdd_address(&host_meta_xml("https://a.example"), "acct:rose@a.example");
        let own = own.unwrap();
        assert_eq!(
            own,
            "https://a.example/.well-known/webfinger?resource=acct%3Arose%40a.example"
        );
    }
}
