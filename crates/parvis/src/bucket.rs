//! The bucket that keeps the towns' files, where the settings name one. Opens no town and asks no server.

use std::fmt;

use parvis_media::BucketOptions;
use url::Url;

pub const EXPECTED_ENDPOINT: &str =
    "an address such as https://s3.example.org, without name and password";
/// What most storages that know no regions call theirs.
const USUAL_REGION: &str = "us-east-1";

/// S3-compatible storage. Complete, or not chosen at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketSettings {
    pub endpoint: Option<Url>,
    pub name: Option<String>,
    pub region: String,
    pub access_key: Option<String>,
    pub secret_key: Option<Secret>,
    /// Is the bucket's name in the path, or before the endpoint's host?
    pub path_style: bool,
}

/// Never shows itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Default for BucketSettings {
    fn default() -> Self {
        Self {
            endpoint: None,
            name: None,
            region: USUAL_REGION.to_owned(),
            access_key: None,
            secret_key: None,
            path_style: true,
        }
    }
}

impl BucketSettings {
    /// `None`: a town's files lie in its folder. `host`: of the town, whose files have names of their own by it.
    pub fn options(&self, host: &str) -> Option<BucketOptions> {
        Some(BucketOptions {
            endpoint: self.endpoint.clone()?,
            name: self.name.clone()?,
            region: self.region.clone(),
            access_key: self.access_key.clone()?,
            secret_key: self.secret_key.as_ref()?.0.clone(),
            in_path: self.path_style,
            prefix: prefix(host),
        })
    }

    /// Half a bucket is none: files must not lie in a folder because a key was forgotten.
    pub fn problem(&self) -> Option<String> {
        let needed = [
            ("endpoint", self.endpoint.is_some()),
            ("bucket", self.name.is_some()),
            ("access_key", self.access_key.is_some()),
            ("secret_key", self.secret_key.is_some()),
        ];
        let missing = needed.iter().filter(|(_, given)| !given);
        let missing: Vec<_> = missing
            .map(|(name, _)| format!("media.s3.{name}"))
            .collect();
        let partly = !missing.is_empty() && missing.len() < needed.len();
        partly.then(|| {
            let missing = missing.join(", ");
            format!(
                "media.s3: expected {missing} as well, or nothing of it: files lie in a folder then"
            )
        })
    }

    /// Where a town's files lie, in words.
    pub fn place(&self, host: &str) -> Option<String> {
        let (endpoint, name) = (self.endpoint.as_ref()?, self.name.as_ref()?);
        let prefix = prefix(host);
        Some(format!("the bucket {name} of {endpoint}, under {prefix}/"))
    }
}

fn prefix(host: &str) -> String {
    host.replace(':', "_")
}

/// An endpoint is shown in messages, so it may hold no secret.
pub fn endpoint(text: &str) -> Option<Url> {
    let url: Url = text.parse().ok()?;
    let plain = url.username().is_empty() && url.password().is_none();
    let bare = url.query().is_none() && url.fragment().is_none();
    let known = matches!(url.scheme(), "http" | "https") && url.has_host();
    (plain && bare && known).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> BucketSettings {
        BucketSettings {
            endpoint: endpoint("https://s3.example.org"),
            name: Some("parvis".into()),
            access_key: Some("AKIAMARIE".into()),
            secret_key: Some(Secret("geheim".into())),
            ..BucketSettings::default()
        }
    }

    #[test]
    fn half_a_bucket_is_refused_and_says_what_is_missing() {
        assert_eq!(BucketSettings::default().problem(), None);
        assert_eq!(complete().problem(), None);
        let half = BucketSettings {
            name: None,
            secret_key: None,
            ..complete()
        };
        let said = half.problem().unwrap();
        assert!(
            said.contains("media.s3.bucket, media.s3.secret_key"),
            "{said}"
        );
        assert!(half.options("valmont.example").is_none());
    }

    #[test]
    fn each_town_has_a_place_of_its_own_in_the_bucket() {
        let options = complete().options("valmont.localhost:8000").unwrap();
        assert_eq!(options.prefix, "valmont.localhost_8000");
        assert!(!format!("{:?}", complete()).contains("geheim"));
    }

    #[test]
    fn an_endpoint_holds_no_secret() {
        assert!(endpoint("http://127.0.0.1:9000").is_some());
        for bad in [
            "s3.example.org",
            "https://me:geheim@s3.example.org",
            "ftp://x",
            "https://x/?a=b",
        ] {
            assert!(endpoint(bad).is_none(), "{bad}");
        }
    }
}
