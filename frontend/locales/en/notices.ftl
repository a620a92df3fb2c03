# Notices: who speaks to you, follows you, likes your posts.

notices-all = All
notices-mentions = To me
notices-liked = Shares and likes
notices-followers = Followers
notices-tabs = Which notices
notices-menu = More about notices
notices-settings = Set up my notices
notices-read = Mark all as read
notices-clear = Clear all notices
notices-clear-heading = Clear all your notices?
notices-clear-what = The posts themselves stay; only this list is emptied. This cannot be undone.
notices-clear-yes = Clear all
notices-held = { $count ->
    [one] One person waits for you to accept their notices.
   *[other] { $count } people wait for you to accept their notices.
}
notices-held-see = See who
notice-and = and
notice-others = { $count ->
    [one] one other person
   *[other] { $count } other people
}
notice-favourite = { $count ->
    [one] likes your post
   *[other] like your post
}
notice-boost = { $count ->
    [one] shared your post
   *[other] shared your post
}
notice-follow = { $count ->
    [one] follows you now
   *[other] follow you now
}
held-heading = Notices put aside
held-what = These people wrote to you or reacted, but your settings put them aside first. If you accept, their notices reach you; if not, they are forgotten. Nobody is told.
held-empty = Nothing is put aside.
held-dismiss = Dismiss
held-count = { $count ->
    [one] { $count } notice
   *[other] { $count } notices
}
settings-notices = Who may send me notices
tab-notices = Notices
settings-notices-what = What to do when these write to you or answer you:
notices-not-following = People I do not follow
notices-not-followers = People who do not follow me
notices-new-accounts = Accounts opened less than thirty days ago
notices-private = Private messages of people to whom I have not written
notices-let-through = Tell me
notices-hold-back = Put aside, I will look
notices-drop = Do not tell me
settings-notices-held = What is put aside is here:
done-notices-cleared = Your notices are cleared.
done-held-accepted = This person’s notices reach you now.
done-held-dismissed = It is dismissed.
