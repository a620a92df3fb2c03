//! Which network an address belongs to, where one network counts as one asker. Knows no connection.

use std::net::IpAddr;

/// An IPv4 address, or the /64 of an IPv6 one, which is what one household has.
pub fn name(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Some(IpAddr::V4(address)) => address.to_string(),
        None => "unknown".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_one_ipv6_network_count_as_one() {
        let of = |text: &str| name(Some(text.parse().unwrap()));
        assert_eq!(of("2001:db8:1:2:3::1"), of("2001:db8:1:2:4::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:203.0.113.9"), of("203.0.113.9"));
    }
}
