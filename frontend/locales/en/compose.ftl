# Writing: the whole form, files, drafts, scheduled posts.

compose-left = characters left
compose-warning-label = What people read first
reach-public = Visible to everyone, here and elsewhere.
reach-unlisted = Visible to those who have the link or follow you, but not on the town’s public pages.
reach-followers = { $count ->
    [0] Nobody follows you yet: only the people you name will see it.
    [one] Visible to your one follower and the people you name.
   *[other] Visible to your { $count } followers and the people you name.
}
reach-copies = { $count ->
    [0] No server of another town will keep a copy, except those of the people you name.
    [one] { $count } server of another town will keep a copy, and those of the people you name.
   *[other] { $count } servers of other towns will keep a copy, and those of the people you name.
}
write-gone = The post this was about is no longer there. Your text is kept: read it again before you publish.
write-unsure = Your session has changed in the meantime. Your text is kept: read it again and publish once more. A file you chose may have to be chosen again.
log-in-text-kept = Your session ended while you were writing. Your text is not lost: log in, and it waits for you among your drafts. A file you chose may have to be chosen again.

# Formatting
formatting = Formatting
formatting-name = name
formatting-word = word
formatting-mention = names a person and lets them know
formatting-tag = makes a tag that others can follow
formatting-slanted = slanted
formatting-bold = bold
formatting-list = an item of a list, each on its own line
formatting-numbers = a numbered list
formatting-quote = somebody else’s words
formatting-link = a link on a word
formatting-code = written as it is, without formatting

# Files
attached = Attached files
attached-earlier = Earlier
attached-later = Later
attached-remove = Remove
pictures-hint = Photos, sound or video. Four at most; 40 MB at most for sound or video.
pictures-choose = Choose files, or drop them here
pictures-send = Send and see
recording-description = Description for those who cannot hear or see it
focal = Choose what stays visible
focal-hint = When the picture is cropped, this point stays in view. You can also touch the picture.
focal-across = From left (0) to right (100)
focal-down = From top (0) to bottom (100)
upload-sending = Sending
upload-added = The file is added. You can describe it.
upload-failed = It could not be sent. Check your connection and try again.
upload-log-in = Your session has ended. Publish or save: your text is kept while you log in again.
upload-full = No more than { $count } files in one post.
suggestions-found = suggestions. Arrow keys to choose, Enter to take one.

# Scheduling
schedule = Schedule
schedule-when = Publish on
schedule-hint = In { $town }’s time. Leave it empty to publish right away.
scheduled = Scheduled posts
scheduled-what = They will be published at the time given, { $town }’s time.
scheduled-refused = This post could not be published. Read it again, then choose another date or publish it.
scheduled-change = Change
scheduled-delete-yes = Yes, do not publish it

# Drafts
draft-save = Keep as a draft
drafts = Drafts and scheduled posts
drafts-link = { $count ->
    [one] { $count } draft
   *[other] { $count } drafts
}
drafts-heading = Drafts
drafts-what = What you have begun. Only you can see it; 50 at most.
drafts-none = No drafts for now.
draft-saved = Saved on { $when }
draft-no-words = No text
draft-files = { $count ->
    [one] { $count } attached file
   *[other] { $count } attached files
}
draft-go-on = Go on
draft-delete-yes = Yes, throw this draft away
done-draft-saved = Your draft is saved.
done-draft-deleted = The draft is deleted.
done-scheduled = Your post will be published at the time given.
done-scheduled-cancelled = The post will not be published.

# Languages, each in its own
tongue-fr = Français
tongue-en = English
tongue-de = Deutsch
tongue-es = Español
tongue-it = Italiano
tongue-pt = Português
tongue-nl = Nederlands
tongue-pl = Polski
tongue-uk = Українська
tongue-tr = Türkçe
tongue-ar = العربية
tongue-br = Brezhoneg
tongue-ca = Català
tongue-co = Corsu
tongue-eu = Euskara
tongue-oc = Occitan

# Before pictures are published that nothing is said about
reminder = Remind me to describe my pictures
reminder-hint = Once for each post, just before you publish it. You may always publish without.
reminder-lacking =
    { $count ->
        [one] One picture has no description.
       *[other] { $count } pictures have no description.
    }
reminder-why = A few words are enough for those who cannot see it: “The wash house in the snow”, for example. Nothing is published yet.
reminder-describe = Add a description
reminder-publish = Publish anyway

# How somebody usually writes
habits = My posts, as a rule
habits-what = What the form offers when you write, here and in your apps. You can choose otherwise for each post.
habits-audience = Who sees them
habits-language = Language
habits-language-hint = The last one you chose while writing takes this place.
habits-language-page = That of the pages
habits-sensitive = Hide my pictures at first
habits-sensitive-hint = People see them after touching the warning.
