# Timelines: home, groups, tags, lists.

nav-groups = Groups
nav-lists = Lists
nav-tags = Tags

# News
new-posts-look = See whether anything is new
new-posts = { $count ->
    [one] { $count } new post
   *[other] { $count } new posts
}
new-posts-many = { $count } new posts or more
nothing-new = Nothing new for now.
seen-from = You had already seen the rest

# Why a post is here
you-shared = You shared this
brought-by-tag = You follow the tag

# Elsewhere
elsewhere = Elsewhere
elsewhere-what = What people in other towns and on other networks write for everyone, as far as it came here.
elsewhere-empty = Nothing has come from elsewhere yet.

# Groups
groups-what = What is written in the groups you are in.
groups-mine = My groups
groups-empty = You are not in any group yet.
groups-empty-what = An association, a neighbourhood, a club: follow a group and its posts will come here.
groups-empty-go = Look for a group
groups-quiet = Your groups are still quiet.

# Tags
tag-heading = Tag #{ $tag }
tag-empty = No posts with this tag.
tag-follow = Follow this tag
tag-unfollow = Stop following this tag
tags-mine = My tags
tags-what = Public posts that carry a tag you follow come to your home page.
tags-empty = You do not follow any tag yet.
tags-empty-what = A tag is a word with # before it, such as #market.
tag-add = Follow one more tag
tag-name = Tag
tag-name-hint = One word, with or without #.
tag-is-none = That is not a tag: give a single word, without spaces or punctuation.
done-tag-followed = You follow this tag.
done-tag-unfollowed = You no longer follow this tag.

# Lists
lists-what = A list holds a few people you follow, so that you can read their posts apart. Only you see it.
lists-empty = You have no list yet.
lists-empty-what = For example the family, the associations, the shops.
list-new = New list
list-title = Name of the list
list-title-hint = For example: Family.
list-create = Create the list
list-change = Change the list
list-apart = not on the home page
list-back = Read the list
list-quiet = Nothing to read for now.
list-quiet-what = Add people, or wait until they write.
list-settings = Settings of the list
list-members = People on the list
list-members-none = Nobody yet.
list-remove = Remove
list-add = Add
list-add-heading = Add people
list-add-what = Only people you follow. They are not told.
list-add-address = Address of the person
list-add-address-hint = Such as @marie or @paul@other-town.example.
list-add-unknown = You follow nobody at this address. Follow the person first, or choose from the list.
list-answers = Replies to show
list-answers-members = Those between people on the list
list-answers-followed = Those to anyone you follow
list-answers-none = None
list-exclusive = Read them only here
list-exclusive-hint = Their posts no longer come to your home page.
list-delete = Delete the list
list-delete-heading = Delete the list “{ $title }”?
list-delete-what = You still follow these people; only the list goes.
done-list-created = Your list is ready. Add people to it.
done-list-deleted = The list is deleted.
done-list-added = Added to the list.
done-list-removed = Removed from the list.
