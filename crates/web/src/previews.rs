//! What the page is about that a post links to, as a quiet card under its text. Asks nobody.

use parvis_model::uri;
use parvis_town::previews::PreviewView;

use crate::card::Card;

impl<'a> Card<'a> {
    /// Where the post has pictures of its own, or quotes, they say enough.
    pub fn preview(&self) -> Option<&'a PreviewView> {
        let is_alone = !self.has_pictures() && self.post.quote.is_none();
        self.post.preview.as_deref().filter(|_| is_alone)
    }

    /// What may be too much for some is not shown unasked.
    pub fn preview_picture(&self) -> Option<&'a str> {
        let about = self.preview().filter(|_| !self.post.sensitive);
        about?.image.as_deref()
    }

    /// Where the link leads, whatever the page calls itself.
    pub fn preview_host(&self) -> String {
        let url = self.preview().map_or("", |about| about.url.as_str());
        let origin = uri::origin_of(url).unwrap_or_default();
        let host = origin.split_once("://").map_or("", |(_, host)| host);
        let host = host
            .strip_suffix(":443")
            .or_else(|| host.strip_suffix(":80"))
            .unwrap_or(host);
        host.strip_prefix("www.").unwrap_or(host).to_owned()
    }
}
