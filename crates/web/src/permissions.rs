//! What an app may do, in the words of people. Decides nothing.

use parvis_town::tokens::Scopes;

/// Keys of the locale files, the widest permissions first said, none twice.
pub fn words(scopes: &Scopes) -> Vec<&'static str> {
    let mut keys: Vec<&'static str> = Vec::new();
    for scope in scopes.widest() {
        let key = key(scope);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

fn key(scope: &str) -> &'static str {
    match scope {
        "profile" => "scope-profile",
        "read" => "scope-read",
        "read:accounts" => "scope-read-accounts",
        "read:blocks" => "scope-read-blocks",
        "read:bookmarks" => "scope-read-bookmarks",
        "read:collections" => "scope-read-collections",
        "read:favourites" => "scope-read-favourites",
        "read:filters" => "scope-read-filters",
        "read:follows" => "scope-read-follows",
        "read:lists" => "scope-read-lists",
        "read:me" => "scope-read-me",
        "read:mutes" => "scope-read-mutes",
        "read:notifications" => "scope-read-notifications",
        "read:search" => "scope-read-search",
        "read:statuses" => "scope-read-statuses",
        "write:accounts" => "scope-write-accounts",
        "write:blocks" => "scope-write-blocks",
        "write:bookmarks" => "scope-write-bookmarks",
        "write:collections" => "scope-write-collections",
        "write:conversations" => "scope-write-conversations",
        "write:favourites" => "scope-write-favourites",
        "write:filters" => "scope-write-filters",
        "write:follows" => "scope-write-follows",
        "write:lists" => "scope-write-lists",
        "write:media" => "scope-write-media",
        "write:mutes" => "scope-write-mutes",
        "write:notifications" => "scope-write-notifications",
        "write:reports" => "scope-write-reports",
        "write:statuses" => "scope-write-statuses",
        "follow" => "scope-follow",
        "push" => "scope-push",
        staff if staff.starts_with("admin:read") => "scope-admin-read",
        staff if staff.starts_with("admin:") => "scope-admin-write",
        // `write`; and the widest words for what might be added without any, so that nobody agrees to more than is said.
        _ => "scope-write",
    }
}

#[cfg(test)]
mod tests {
    use parvis_town::tokens::SCOPES;

    use super::*;

    #[test]
    fn every_permission_has_words_of_its_own() {
        for scope in SCOPES {
            let wide = key(scope) == "scope-write";
            assert_eq!(wide, scope == "write", "{scope}");
        }
    }

    #[test]
    fn nothing_is_said_twice() {
        let scopes = Scopes::parse(
            "read write follow push read:lists admin:read:accounts admin:read:reports",
        );
        let words = words(&scopes.unwrap());
        assert_eq!(
            words,
            [
                "scope-read",
                "scope-write",
                "scope-push",
                "scope-admin-read"
            ]
        );
    }
}
