//! Pictures that hang on posts.

use parvis_town::MediaView;
use serde::Serialize;

use super::scalar::IdText;

#[derive(Serialize)]
pub struct MediaAttachment<'a> {
    id: IdText,
    r#type: &'static str,
    url: &'a str,
    preview_url: &'a str,
    remote_url: Option<&'a str>,
    preview_remote_url: Option<&'a str>,
    text_url: Option<&'a str>,
    meta: Meta,
    description: Option<&'a str>,
    blurhash: Option<&'a str>,
}

#[derive(Serialize)]
struct Meta {
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<Extent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    small: Option<Extent>,
    focus: Focus,
}

#[derive(Serialize)]
struct Extent {
    width: i32,
    height: i32,
    size: String,
    aspect: f64,
}

#[derive(Serialize)]
struct Focus {
    x: f32,
    y: f32,
}

impl Extent {
    /// `None` where it is not known.
    fn of(width: i32, height: i32) -> Option<Self> {
        let known = width > 0 && height > 0;
        known.then(|| Self {
            width,
            height,
            size: format!("{width}x{height}"),
            aspect: f64::from(width) / f64::from(height),
        })
    }
}

impl<'a> MediaAttachment<'a> {
    pub fn new(view: &'a MediaView) -> Self {
        Self {
            id: IdText(view.id),
            r#type: match view.mime.split('/').next() {
                Some("image") => "image",
                Some("video") => "video",
                Some("audio") => "audio",
                _ => "unknown",
            },
            url: &view.url,
            preview_url: &view.preview_url,
            remote_url: view.remote_url.as_deref(),
            preview_remote_url: None,
            text_url: None,
            meta: Meta {
                original: Extent::of(view.width, view.height),
                small: Extent::of(view.preview_width, view.preview_height),
                focus: Focus {
                    x: view.focus.0,
                    y: view.focus.1,
                },
            },
            description: Some(view.description.as_str()).filter(|text| !text.is_empty()),
            blurhash: view.blurhash.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn a_picture_tells_its_size_before_it_is_loaded() {
        insta::assert_json_snapshot!(MediaAttachment::new(&samples::picture()), @r#"
        {
          "id": "6",
          "type": "image",
          "url": "https://v.example/media/p.webp",
          "preview_url": "https://v.example/media/q.webp",
          "remote_url": null,
          "preview_remote_url": null,
          "text_url": null,
          "meta": {
            "original": {
              "width": 1600,
              "height": 800,
              "size": "1600x800",
              "aspect": 2.0
            },
            "small": {
              "width": 400,
              "height": 200,
              "size": "400x200",
              "aspect": 2.0
            },
            "focus": {
              "x": 0.0,
              "y": 0.5
            }
          },
          "description": "Le pont",
          "blurhash": "LEHV6nWB2yk8"
        }
        "#);
    }
}
