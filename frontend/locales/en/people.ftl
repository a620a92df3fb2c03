# People: profiles, who follows whom.

edit-profile = Edit my profile
follow = Follow
ask-to-follow = Ask to follow
unfollow = Unfollow
withdraw-request = Withdraw my request
block = Block
unblock = Unblock
mute = Hide their posts
unmute = Stop hiding
remove-follower = Remove from my followers
write-to = Write to them
accept = Accept
refuse = Refuse
mark-locked = Chooses followers
mark-follows-you = Follows you
mark-muted = Hidden
mark-blocked = Blocked
from-elsewhere = This person is on the server of another town or network, { $domain }. Numbers and posts may be incomplete here.
asks-to-follow = { $name } asks to follow you.
profile-tabs = What the profile shows
tab-posts = Posts
tab-replies = With replies
tab-media = Pictures
profile-empty = No posts to show.
profile-empty-elsewhere = This person’s posts will arrive here once a resident follows them.
since = Since { $date }
n-posts = { $count ->
    [one] { $count } post
   *[other] { $count } posts
}
n-following = { $count } following
n-followers = { $count ->
    [one] { $count } follower
   *[other] { $count } followers
}
followers-of = Followers of { $name }
following-of = Followed by { $name }
followers-empty = No followers to show.
following-empty = Nobody to show.
follows-hidden = { $name } does not show these lists.
requests-what = These people ask to follow you. They will see your posts for followers only if you accept.
requests-empty = No request is waiting.
block-heading = Block { $name }?
block-what = This person will no longer see your posts, answer you or follow you, and you will no longer see theirs. They are not told.
mute-heading = Hide { $name }?
mute-what = You will no longer see their posts or what they share. They will not know, and you can undo it whenever you like.
mute-how-long = For how long?
mute-hour = One hour
mute-day = One day
mute-week = One week
mute-always = Until I change my mind
mute-notices = Hide their notices too
mute-notices-hint = You will not be told when they reply to you or like your posts.
mute-yes = Hide
done-blocked = This person is blocked.
done-unblocked = This person is no longer blocked.
done-muted = You will no longer see their posts.
done-unmuted = You will see their posts again.
done-requested = Your request is sent.
done-followed = You follow this person.
done-unfollowed = You no longer follow this person.
done-accepted = This person follows you now.
done-refused = It is refused.
report = Report
report-heading = Report { $name }
report-what = The town hall’s staff will read it. The person will not know.
report-why = What is it about?
report-spam = Advertising or a fraud
report-rules = It breaks the rules
report-legal = It is against the law
report-other = Something else
report-words = In a few words
report-forward = Also pass it on, without your name, to the staff of { $domain }
report-send = Send
done-reported = Thank you, the town hall will look into it.
has-moved = { $name } has moved:

# What one sets up for a person
tab-about = About
tab-groups = Groups
groups-of = Groups that { $name } looks after
groups-of-none = { $name } looks after no group of the town.
groups-only-you = This list is shown to you alone. Here others see only the groups that you look after; those that you follow also stand among the people you follow.
groups-in-your-hands = You look after it
follow-options = What I see of this person
follow-shares = Show what they share, too
follow-told = Tell me of each of their posts
follow-languages = Choose languages
follow-languages-only = Only posts written in:
follow-languages-hint = If you tick none, you see them in every language. Those that do not say their language are there in any case.
note = My note
note-what = Only you see it.
note-add = Note something about this person
familiar = Among their followers, you follow:
familiar-more = { $count ->
    [one] and one other person
   *[other] and { $count } other people
}
on-lists = Put on my lists
block-server = Block all of { $domain }
server-block-heading = Block the whole server { $domain }?
server-block-what = You will see nothing of the people of this server any more, and neither you nor they can follow each other. Nothing changes for other residents.
blocked-servers = Blocked servers
blocked-servers-what = You see nothing of the people of these servers of other towns.
blocked-servers-none = No server.
server-to-block = Block a server
server-to-block-hint = Its name, such as other-town.example
server-block = Block this server
muted-until = until { $when }
mark-muted-until = Hidden until { $when }
about-more = About this account
about-page = Address
about-since = Account opened
about-known-since = Known here
about-last-post = Last post
about-home = Their page
recommends = People whom { $name } recommends
speaks-of = Their tags
done-note = Noted. Only you see it.
done-server-blocked = This server is blocked for you.
done-server-unblocked = This server is no longer blocked for you.
memberships-heading = On which lists to put { $name }?
memberships-none = You have no list yet.
