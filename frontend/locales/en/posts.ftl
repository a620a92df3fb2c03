# Posts: reading, writing, answering.

reply = Reply
share = Share
favourite = Like
bookmark = Keep
pin = Pin to my page
unpin = Unpin
pinned = Pinned
edit = Edit
delete = Delete
edited-at = edited on { $date }
edited = edited
shared-by = shared
answers-to = In reply to
in-group = In the group
group-closed = Those who look after the group have closed this discussion: it can be read, and no longer answered.
group-took-out = Taken out of the group { $group } by those who look after it.
group-their-reason = Their reason:
warning-open = (open)
sensitive-pictures = Sensitive pictures
sensitive-recordings = Sensitive sound or video
a-video = Video
a-sound = Sound
attached-file = Attached file
preview-by = By { $name }
more-about = More about { $name }
see-at-home = See on its own server
from-here = { $name } · { $town }
from-there = { $name } · { $domain }
kind-group = Association
kind-organization = Town hall or service
kind-service = Automated account
post-by = Post by { $name }
log-in-to-reply = Log in to reply

n-replies = { $count ->
    [one] { $count } reply
   *[other] { $count } replies
}
n-shares = { $count ->
    [one] { $count } share
   *[other] { $count } shares
}
n-favourites = { $count ->
    [one] { $count } like
   *[other] { $count } likes
}

# Who will see it
audience-public = Everyone
audience-unlisted = Everyone, quietly
audience-neighbours = The town and its neighbours
audience-town = { $town } only
audience-followers = My followers
audience-followers-theirs = Their followers
audience-group = The members of the group
audience-direct = The people named
consequence-public = Visible to all, here and elsewhere. The servers of your followers keep a copy.
consequence-unlisted = Visible to those who have the link or follow you, but not on the town’s public pages.
consequence-neighbours = Visible to residents of { $town } and of the neighbour towns who have an account. A copy is kept in those towns, and nowhere else.
consequence-town = Visible to residents of { $town } who have an account. Nothing leaves this server.
consequence-followers = Visible to your followers and the people named. Their servers keep a copy.
consequence-direct = Visible to the people you name with @. It is not encrypted: those who run the servers could read it.

# Writing
publish = Publish
write-heading = Write a post
reply-heading = Reply
edit-heading = Edit the post
compose-text = Your post
compose-news = What is new in { $town }?
compose-answer = Your reply
answering = You are replying to { $name }
compose-warning = Warning
compose-warning-hint = The post stays folded behind this line.
compose-audience = Who will see this post
compose-language = Language of the post
compose-more = More choices
compose-sensitive = What I attach may upset: hide it first
pictures = Photos, sound, video
picture-n = File { $count }
picture-description = Description for those who cannot see the picture
picture-description-why = What it shows, in one sentence
description-recalled = This is what you wrote about the same file before. You can change it.

# Deleting
delete-heading = Delete this post?
delete-what = It disappears from here at once, and we ask the other servers to delete it. This cannot be undone.
delete-yes = Delete

# What was just done
done-published = Your post is published.
done-edited = Your post is changed.
done-deleted = Your post is deleted.

# Copies of a post on the servers of other towns
copies = Copies elsewhere
copies-of = Your post of { $date }
copies-what = When people elsewhere follow you or receive your post, their town’s server keeps a copy of it. These are the servers.
copies-none = No server of another town got this post from us.
copy-since = Copy since { $date }
copy-held = Has a copy
copy-coming = On its way
copy-declined = Did not take it
copy-unreached = Does not answer: nothing could be handed over
copy-forgotten = Confirmed the deletion on { $date }
copy-asked = Has not confirmed yet: we keep asking
copy-silent = No longer answers: we do not know whether it deleted its copy
copy-unheeding = Does not accept our request: we do not know whether it deleted its copy
copies-deleted-at = Deleted on { $date }.
copies-servers-told = { $count ->
    [one] { $count } server was told,
   *[other] { $count } servers were told,
}
copies-confirmed = { $count ->
    [0] none has confirmed.
    [one] { $count } has confirmed.
   *[other] { $count } have confirmed.
}
copies-deleted-what = A server that confirms says that it received the request. We cannot look whether it really erased everything.
copies-all-deleted = All your deleted posts
copies-deleted = Copies of deleted posts
copies-deleted-list-what = For each deleted post: which servers of other towns were told, and which of them confirmed. Of the post itself nothing is left here.
copies-deleted-see = See the deleted posts
copies-deleted-none = No server of another town has had to forget a post of yours.
older-servers = See more
older-deletions = See older ones

# An event elsewhere, told in a post.
event-at = When: { $when }
event-from-to = When: { $from } – { $to }
event-where = Where: { $place }
event-cancelled = Cancelled.
