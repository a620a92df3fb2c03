//! A post as one sheet on a page: whose it is, why it is here, what hangs on it. Decides nothing about who may see it.

use parvis_model::{audience::Audience, id::Id};
use parvis_town::{AccountView, MediaView, PostView, views::TagView};

/// Answers deeper than this are not moved in further.
const DEEPEST: usize = 4;

pub struct Card<'a> {
    pub post: &'a PostView,
    pub booster: Option<&'a AccountView>,
    /// The tag for which alone it stands in the list.
    pub tag: Option<&'a TagView>,
    /// Whom it answers: name and page.
    pub answers: Option<(String, String)>,
    /// The post that the page is about.
    pub chosen: bool,
    /// It stands on top of its author's page.
    pub pinned: bool,
    /// Nobody is to answer it, or something above it, any more.
    pub closed: bool,
    pub depth: usize,
    /// Of the entry in the list: of a shared post, the sharing's.
    entry: Id,
}

impl<'a> Card<'a> {
    pub fn new(post: &'a PostView) -> Self {
        match &post.boost_of {
            Some(original) => Self {
                booster: Some(&post.author),
                entry: post.id,
                ..Self::plain(original)
            },
            None => Self::plain(post),
        }
    }

    fn plain(post: &'a PostView) -> Self {
        Self {
            post,
            booster: None,
            tag: post.brought_by.as_ref(),
            answers: answered(post),
            chosen: false,
            pinned: false,
            closed: post.closed,
            depth: 0,
            entry: post.id,
        }
    }

    #[must_use]
    pub fn chosen(mut self) -> Self {
        self.chosen = true;
        self
    }

    #[must_use]
    pub fn pinned(mut self) -> Self {
        self.pinned = true;
        self
    }

    #[must_use]
    pub fn closed(mut self, above: bool) -> Self {
        self.closed |= above;
        self
    }

    /// The group that it was taken out of, and why.
    pub fn taken_out(&self) -> Option<(&'a AccountView, &'a str)> {
        let group = self.post.group.as_deref()?;
        Some((group, self.post.taken_out.as_deref()?))
    }

    /// Shown only to who opens it.
    pub fn is_folded(&self) -> bool {
        !self.post.summary.is_empty() || self.taken_out().is_some()
    }

    /// One's own, unless only the people named may read it.
    pub fn may_pin(&self) -> bool {
        let is_own = self.post.mine.is_some_and(|mine| mine.author);
        is_own && !matches!(self.post.audience, Audience::Direct | Audience::Neighbours)
    }

    /// Which post of the same page it answers; one's own needs no saying.
    #[must_use]
    pub fn answering(mut self, question: Option<&PostView>) -> Self {
        if let Some(question) = question {
            let other = question.author.id != self.post.author.id;
            self.answers = other.then(|| {
                (
                    question.author.display_name.clone(),
                    format!("#m-{}", question.id),
                )
            });
        }
        self
    }

    #[must_use]
    pub fn at_depth(mut self, depth: usize) -> Self {
        self.depth = depth.min(DEEPEST);
        self
    }

    /// Unlike the post's id, never twice on a page.
    pub fn anchor(&self) -> Id {
        self.entry
    }

    /// The group it stands in, where the page has not said so already.
    pub fn group(&self) -> Option<&'a AccountView> {
        let group = self.post.group.as_deref().filter(|_| self.post.in_group)?;
        let said = self.booster.is_some_and(|booster| booster.id == group.id);
        Some(group).filter(|_| !said)
    }

    pub fn pictures(&self) -> Vec<&'a MediaView> {
        self.post
            .media
            .iter()
            .filter(|file| file.is_picture())
            .collect()
    }

    /// What of a picture stays visible where it is cropped, in tenths from the left and from the top.
    #[expect(clippy::unused_self, reason = "templates ask everything of their card")]
    pub fn focus(&self, picture: &MediaView) -> String {
        let tenths = |part: f32| ((part.clamp(-1.0, 1.0) + 1.0) * 5.0).round() as i32;
        let (x, y) = picture.focus;
        format!("fx-{} fy-{}", tenths(x), 10 - tenths(y))
    }

    /// Is there one that a large screen shows better than the small one? Only where it is as wide as the post, and lies here:
    /// those of other servers would have to be fetched first. Phones are content with the small one.
    pub fn has_larger(&self, picture: &MediaView) -> bool {
        let is_alone = self.grid() == "one" && picture.remote_url.is_none();
        is_alone && picture.preview_width > 0 && picture.width > picture.preview_width
    }

    pub fn has_pictures(&self) -> bool {
        self.post.media.iter().any(MediaView::is_picture)
    }

    /// Sound and video that lie here: played on the page, once somebody asks for it.
    pub fn recordings(&self) -> Vec<&'a MediaView> {
        let all = self.post.media.iter();
        all.filter(|file| is_recording(file)).collect()
    }

    pub fn has_recordings(&self) -> bool {
        self.post.media.iter().any(is_recording)
    }

    /// What else there is: documents, and whatever lies on other servers; linked, not shown.
    pub fn files(&self) -> Vec<&'a MediaView> {
        let all = self.post.media.iter();
        all.filter(|file| !file.is_picture() && !is_recording(file))
            .collect()
    }

    pub fn has_files(&self) -> bool {
        !self.files().is_empty()
    }

    pub fn grid(&self) -> &'static str {
        match self.pictures().len() {
            0 | 1 => "one",
            3 => "many three",
            _ => "many",
        }
    }
}

fn is_recording(file: &MediaView) -> bool {
    file.remote_url.is_none() && (file.is_video() || file.mime.starts_with("audio/"))
}

/// Whom a post answers, as far as the post itself says; nothing for those who go on with their own.
fn answered(post: &PostView) -> Option<(String, String)> {
    let whom = post.reply_to_account.filter(|id| *id != post.author.id)?;
    post.mentions.iter().find(|it| it.id == whom).map(|it| {
        let name = it.acct.split('@').next().unwrap_or_default();
        (format!("@{name}"), it.path.clone())
    })
}
