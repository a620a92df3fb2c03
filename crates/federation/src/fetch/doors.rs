//! The two ways out: one to the public internet, one to the networks that the operator opened. Each checks every address
//! at the moment of connecting, so that a name cannot point elsewhere between the check and the connection. The only
//! place that builds an HTTP client. Knows no documents.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use http::HeaderMap;
use ipnet::IpNet;
use parvis_model::limits;
use reqwest::{
    Body, Client, Method, Response,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect,
};
use url::{Host, Url};

use super::{FetchFault, addresses};

/// A name that leads to no address behind this door.
#[derive(Debug, thiserror::Error)]
#[error("no address that may be reached")]
pub(super) struct NotReachable;

pub(super) struct Doors {
    allow: Arc<[IpNet]>,
    global: Client,
    /// There is none where no network was opened.
    opened: Option<Client>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// https on port 443 to public addresses.
    Global,
    /// http or https, any port, to opened networks.
    Opened,
}

impl Doors {
    pub(super) fn new(
        allow: Vec<IpNet>,
        user_agent: &str,
        timeout: Duration,
    ) -> Result<Self, reqwest::Error> {
        let allow: Arc<[IpNet]> = allow.into();
        let open = |door| {
            client(
                Names {
                    door,
                    allow: allow.clone(),
                },
                user_agent,
                timeout,
            )
        };
        Ok(Self {
            global: open(Door::Global)?,
            opened: if allow.is_empty() {
                None
            } else {
                Some(open(Door::Opened)?)
            },
            allow,
        })
    }

    /// One request, no redirects followed. The address is checked first.
    pub(super) async fn send(
        &self,
        method: Method,
        url: &Url,
        headers: HeaderMap,
        body: Option<Body>,
    ) -> Result<Response, FetchFault> {
        let client = match self.door(url).await? {
            Door::Global => &self.global,
            Door::Opened => self.opened.as_ref().ok_or(FetchFault::Forbidden)?,
        };
        let mut request = client.request(method, url.clone()).headers(headers);
        if let Some(body) = body {
            request = request.body(body);
        }
        Ok(request.send().await?)
    }

    /// The door to this address, or why there is none.
    pub(super) async fn door(&self, url: &Url) -> Result<Door, FetchFault> {
        let anonymous = url.username().is_empty() && url.password().is_none();
        let is_web = matches!(url.scheme(), "http" | "https");
        if !is_web || !anonymous || url.as_str().len() > limits::REMOTE_URI || url.port() == Some(0)
        {
            return Err(FetchFault::Address);
        }
        let door = match url.host().ok_or(FetchFault::Address)? {
            Host::Ipv4(address) => self.door_to(&[address.into()])?,
            Host::Ipv6(address) => self.door_to(&[address.into()])?,
            // Nothing to choose; the resolver behind the door checks the addresses.
            Host::Domain(_) if self.opened.is_none() => Door::Global,
            Host::Domain(name) => {
                let found = addresses_of(name)
                    .await
                    .map_err(|_| FetchFault::Unreachable)?;
                self.door_to(&found)?
            }
        };
        if door == Door::Global && !is_secure(url) {
            Err(FetchFault::Insecure)
        } else {
            Ok(door)
        }
    }

    fn door_to(&self, found: &[IpAddr]) -> Result<Door, FetchFault> {
        if found
            .iter()
            .any(|address| addresses::is_opened(*address, &self.allow))
        {
            Ok(Door::Opened)
        } else if found.iter().any(|address| addresses::is_global(*address)) {
            Ok(Door::Global)
        } else {
            Err(FetchFault::Forbidden)
        }
    }
}

/// As the public internet is asked.
pub(super) fn is_secure(url: &Url) -> bool {
    url.scheme() == "https" && url.port_or_known_default() == Some(443)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where clients are built"
)]
fn client(names: Names, user_agent: &str, timeout: Duration) -> Result<Client, reqwest::Error> {
    Client::builder()
        .https_only(names.door == Door::Global)
        .dns_resolver(names)
        .user_agent(user_agent)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        // Half of what a whole fetch may take: a host that does not answer is told apart from a slow one.
        .connect_timeout(timeout / 2)
        .timeout(timeout)
        .pool_max_idle_per_host(8)
        .pool_idle_timeout(Duration::from_mins(1))
        .build()
}

/// Finds the addresses of names, and shows only those behind its door.
struct Names {
    door: Door,
    allow: Arc<[IpNet]>,
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let (door, allow) = (self.door, self.allow.clone());
        Box::pin(async move {
            let mut found = addresses_of(name.as_str()).await?;
            found.retain(|address| match door {
                Door::Global => addresses::is_global(*address),
                Door::Opened => addresses::is_opened(*address, &allow),
            });
            if found.is_empty() {
                return Err(NotReachable.into());
            }
            let found: Addrs =
                Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(found)
        })
    }
}

/// What the system says; names under `.localhost` are this machine whatever it says (RFC 6761).
async fn addresses_of(name: &str) -> io::Result<Vec<IpAddr>> {
    let bare = name.strip_suffix('.').unwrap_or(name);
    let last = bare.rsplit('.').next().unwrap_or(bare);
    if last.eq_ignore_ascii_case("localhost") {
        return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
    }
    let found = tokio::net::lookup_host((name, 0)).await?;
    Ok(found.map(|address| address.ip()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doors(allow: &[&str]) -> Doors {
        let allow = allow
            .iter()
            .map(|network| network.parse().unwrap())
            .collect();
        Doors::new(allow, "parvis", Duration::from_secs(1)).unwrap()
    }

    async fn door(doors: &Doors, url: &str) -> Result<Door, FetchFault> {
        doors.door(&url.parse().unwrap()).await
    }

    #[tokio::test]
    async fn the_public_internet_is_asked_by_https_only() {
        for doors in [doors(&[]), doors(&["127.0.0.1/32"])] {
            assert_eq!(door(&doors, "https://1.1.1.1/a").await, Ok(Door::Global));
            assert_eq!(
                door(&doors, "https://[2606:4700::1]/").await,
                Ok(Door::Global)
            );
            for url in [
                "http://1.1.1.1/",
                "https://1.1.1.1:8443/",
                "http://1.1.1.1:443/",
            ] {
                assert_eq!(door(&doors, url).await, Err(FetchFault::Insecure), "{url}");
            }
        }
        assert_eq!(
            door(&doors(&[]), "https://bourg.example/").await,
            Ok(Door::Global)
        );
        assert_eq!(
            door(&doors(&[]), "http://bourg.example/").await,
            Err(FetchFault::Insecure)
        );
    }

    #[tokio::test]
    async fn an_opened_network_may_be_asked_by_http_and_on_any_port() {
        let doors = doors(&["127.0.0.1/32"]);
        for url in [
            "http://127.0.0.1:8000/",
            "http://valmont.localhost:8000/",
            "https://localhost./",
            "http://LOCALHOST:1/",
        ] {
            assert_eq!(door(&doors, url).await, Ok(Door::Opened), "{url}");
        }
    }

    #[tokio::test]
    async fn t101_t108_odd_spellings_lead_nowhere_else() {
        let doors = doors(&["127.0.0.1/32"]);
        for url in [
            "http://127.0.0.2/",
            "http://[::1]/",
            "http://0.0.0.0/",
            "http://0/",
            "http://0177.0.0.2/",
            "http://0x7f.2/",
            "http://2130706434/",
            "http://127.0.0.2./",
            "http://[::ffff:127.0.0.1]/",
            "http://[::127.0.0.1]/",
            "http://169.254.169.254/latest/meta-data",
            "https://10.0.0.1/",
        ] {
            assert_eq!(door(&doors, url).await, Err(FetchFault::Forbidden), "{url}");
        }
    }

    #[tokio::test]
    async fn t122_only_the_web_is_asked() {
        let doors = doors(&["127.0.0.1/32"]);
        for url in [
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "ftp://127.0.0.1/",
            "data:text/plain,x",
            "unix:/run/x",
            "http://marie@127.0.0.1/",
            "http://:x@127.0.0.1/",
            "http://127.0.0.1:0/",
        ] {
            assert_eq!(door(&doors, url).await, Err(FetchFault::Address), "{url}");
        }
    }

    #[tokio::test]
    async fn each_door_shows_only_its_own_addresses() {
        let allow: Arc<[IpNet]> = vec!["127.0.0.1/32".parse().unwrap()].into();
        let show = |door| {
            Names {
                door,
                allow: allow.clone(),
            }
            .resolve("a.localhost".parse().unwrap())
        };
        let opened: Vec<_> = show(Door::Opened).await.unwrap().map(|a| a.ip()).collect();
        assert_eq!(opened, [IpAddr::from([127, 0, 0, 1])]);
        assert!(
            show(Door::Global)
                .await
                .is_err_and(|error| error.is::<NotReachable>())
        );
    }

    /// The name is one that the system's resolver answers with 127.0.0.2, and the answer is what counts, not the spelling.
    #[tokio::test]
    async fn t102_what_a_name_resolves_to_is_looked_at() {
        let show = |door, allow: &str| {
            let allow: Arc<[IpNet]> = vec![allow.parse().unwrap()].into();
            Names { door, allow }.resolve("127.0.0.2".parse().unwrap())
        };
        for door in [Door::Opened, Door::Global] {
            let shown = show(door, "127.0.0.1/32").await;
            assert!(shown.is_err_and(|error| error.is::<NotReachable>()));
        }
        let opened: Vec<_> = show(Door::Opened, "127.0.0.2/32")
            .await
            .unwrap()
            .map(|address| address.ip())
            .collect();
        assert_eq!(opened, [IpAddr::from([127, 0, 0, 2])]);
        // A name of the neighbouring address is not that of an opened one.
        assert_eq!(
            door(&doors(&["127.0.0.2/32"]), "http://valmont.localhost/").await,
            Err(FetchFault::Forbidden)
        );
    }

    #[tokio::test]
    async fn a_closed_name_is_found_out_at_the_moment_of_connecting() {
        let doors = doors(&[]);
        let url: Url = "https://valmont.localhost/".parse().unwrap();
        let answer = doors.send(Method::GET, &url, HeaderMap::new(), None).await;
        assert_eq!(answer.unwrap_err(), FetchFault::Forbidden);
    }
}
