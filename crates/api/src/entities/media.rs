//! Pictures, sound and video that hang on posts.

use parvis_town::MediaView;
use schemars::JsonSchema;
use serde::Serialize;

use super::scalar::IdText;

#[derive(Serialize, JsonSchema)]
pub struct MediaAttachment<'a> {
    id: IdText,
    #[schemars(extend("enum" = ["image", "video", "audio", "unknown"]))]
    r#type: &'static str,
    /// Only while it is not ready there is none.
    url: Option<&'a str>,
    preview_url: Option<&'a str>,
    remote_url: Option<&'a str>,
    preview_remote_url: Option<&'a str>,
    text_url: Option<&'a str>,
    meta: Meta,
    description: Option<&'a str>,
    blurhash: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct Meta {
    #[serde(flatten)]
    recording: Option<Recording>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<Extent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    small: Option<Extent>,
    focus: Focus,
}

#[derive(Serialize, JsonSchema)]
struct Extent {
    #[serde(flatten)]
    sides: Option<Sides>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frame_rate: Option<String>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bitrate: Option<i32>,
}

#[derive(Serialize, JsonSchema)]
struct Sides {
    width: i32,
    height: i32,
    size: String,
    aspect: f64,
}

/// Of sound and video whose length is known.
#[derive(Serialize, JsonSchema)]
struct Recording {
    /// `h:mm:ss.ss`
    length: String,
    /// Seconds.
    duration: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    fps: Option<i32>,
}

impl Recording {
    fn of(view: &MediaView) -> Option<Self> {
        let (seconds, hundredths) = (view.duration / 1_000, view.duration % 1_000 / 10);
        let (minutes, hours) = (seconds / 60 % 60, seconds / 3_600);
        (view.duration > 0).then(|| Self {
            length: format!("{hours}:{minutes:02}:{:02}.{hundredths:02}", seconds % 60),
            duration: f64::from(view.duration) / 1_000.0,
            fps: Some((view.frame_rate + 500) / 1_000).filter(|rate| *rate > 0),
        })
    }
}

#[derive(Serialize, JsonSchema)]
struct Focus {
    x: f32,
    y: f32,
}

impl Sides {
    /// `None` where they are not known.
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

impl Extent {
    fn of_preview(view: &MediaView) -> Option<Self> {
        let sides = Sides::of(view.preview_width, view.preview_height)?;
        Some(Self {
            sides: Some(sides),
            frame_rate: None,
            duration: None,
            bitrate: None,
        })
    }

    /// `None` where nothing of it is known.
    fn of_file(view: &MediaView) -> Option<Self> {
        let sides = Sides::of(view.width, view.height);
        let rate = Some(view.frame_rate).filter(|rate| *rate > 0);
        (sides.is_some() || view.duration > 0).then(|| Self {
            sides,
            frame_rate: rate.map(|rate| format!("{rate}/1000")),
            duration: Some(f64::from(view.duration) / 1_000.0).filter(|long| *long > 0.0),
            bitrate: Some(view.bit_rate).filter(|rate| *rate > 0),
        })
    }
}

impl<'a> MediaAttachment<'a> {
    pub fn new(view: &'a MediaView) -> Self {
        Self {
            id: IdText(view.id),
            r#type: match view.mime.split('/').next() {
                // What is not ready shows no picture yet.
                Some("image") if view.is_picture() || view.url.is_empty() => "image",
                Some("video") => "video",
                Some("audio") => "audio",
                _ => "unknown",
            },
            url: Some(view.url.as_str()).filter(|url| !url.is_empty()),
            preview_url: Some(view.preview_url.as_str()).filter(|url| !url.is_empty()),
            remote_url: view.remote_url.as_deref(),
            preview_remote_url: None,
            text_url: None,
            meta: Meta {
                recording: Recording::of(view),
                original: Extent::of_file(view),
                small: Extent::of_preview(view),
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

    #[test]
    fn a_film_tells_how_long_it_is() {
        let film = MediaView {
            mime: "video/mp4".into(),
            url: "https://v.example/media/f.mp4".into(),
            preview_url: String::new(),
            preview_width: 0,
            preview_height: 0,
            duration: 61_230,
            frame_rate: 29_970,
            bit_rate: 800_000,
            description: String::new(),
            blurhash: None,
            focus: (0.0, 0.0),
            ..samples::picture()
        };
        insta::assert_json_snapshot!(MediaAttachment::new(&film), @r#"
        {
          "id": "6",
          "type": "video",
          "url": "https://v.example/media/f.mp4",
          "preview_url": null,
          "remote_url": null,
          "preview_remote_url": null,
          "text_url": null,
          "meta": {
            "length": "0:01:01.23",
            "duration": 61.23,
            "fps": 30,
            "original": {
              "width": 1600,
              "height": 800,
              "size": "1600x800",
              "aspect": 2.0,
              "frame_rate": "29970/1000",
              "duration": 61.23,
              "bitrate": 800000
            },
            "focus": {
              "x": 0.0,
              "y": 0.0
            }
          },
          "description": null,
          "blurhash": null
        }
        "#);
    }

    #[test]
    fn a_sound_that_is_not_ready_has_no_address_yet() {
        let sound = MediaView {
            mime: "audio/ogg".into(),
            url: String::new(),
            preview_url: String::new(),
            width: 0,
            height: 0,
            preview_width: 0,
            preview_height: 0,
            ..samples::picture()
        };
        insta::assert_json_snapshot!(MediaAttachment::new(&sound), @r#"
        {
          "id": "6",
          "type": "audio",
          "url": null,
          "preview_url": null,
          "remote_url": null,
          "preview_remote_url": null,
          "text_url": null,
          "meta": {
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
