# What stands around every page, and the town's pages.

skip = Skip to content
menu = Menu
nav = Main
nav-home = Home
nav-town = My town
nav-write = Write
nav-search = Search
nav-notices = Notices
nav-unread = unread
nav-requests = Requests
nav-favourites = Favourites
nav-bookmarks = Bookmarks
nav-me = Me
nav-profile = My profile
nav-settings = Settings
nav-staff = Town hall
nav-about = About
foot = Footer
square = On the square
write = Write
log-in = Log in
nav-log-in = Log in
log-out = Log out
join = Create an account
save = Save
cancel = Cancel
pages = Pages
older = Older posts
older-people = See more
newest = Back to the start
up-to-date = You are up to date
order-note = Posts stand from newest to oldest, always.

# The town hall, on the right
town-hall = The town hall
contact = Contact
about-link = About, rules and contact
rules = The rules here

# For those without an account
landing-title = Welcome
landing-heading = { $town }, among neighbours
landing-lead = The public square of { $town }, online: its residents, its associations, its town hall.
landing-point-order = Posts stand in order of time; nothing else decides what you see.
landing-point-free = No advertising, no tracking. The town runs this service.
landing-point-neighbours = You can also talk with people of other towns, and with everyone on Mastodon and the open networks.
landing-posts = On the square right now
associations = Associations
associations-what = Those of { $town } that let themselves be found, the last come first.
associations-none = No association shows itself here yet.
associations-all = All associations

# A town that nobody has prepared yet
not-open = This town is not open yet
not-open-what = Someone is preparing the square. Come back soon: you will be welcome.
not-open-yours = Are you the one preparing it?
not-open-link = When it started, the program printed a line with a link. Open that link: there you name the town and open your account.
not-open-again = Can’t find the line? Restart the program and it prints it again.

# Pages
town-what = Everything residents write for the town or for everyone.
town-what-visitor = What residents write for everyone.
town-empty = The square is still quiet.
home-empty = Your home page is still empty.
home-empty-what = Follow neighbours, associations or the town hall: their posts will come here.
home-empty-go = See who is here
favourites-what = The posts you liked. Their authors know.
favourites-empty = You have not liked any post yet.
bookmarks-what = The posts you keep for later. Only you see them here.
bookmarks-empty = You have not kept any post yet.

# Search
search-label = A person, a word, an address
search-hint = A name from here, an address like @name@other-town.eu, or the link of a page on another server.
search-hint-visitor = A name or a word.
search-go = Search
search-how = Search more precisely
search-what = You find your own posts, those that name you, those you liked, shared or kept, and the public posts of people who agree to be found. The newest come first.
search-how-what = All words must stand in the post; in "quotes" they follow one another, and a - before a word leaves it out. You can add from:@name or from:me for the author, #tag or @name for what the post mentions, has:image, has:video, has:audio, has:poll or has:link for what it holds, is:reply or is:sensitive for what it is, language:fr for its language, before:2026-03-01, after:2026-03-01 or during:2026-03 for its date, in:library to search only what has to do with you, in:public among public posts.
search-people = People
search-groups = Groups
search-more-people = More people
search-tags = Tags
search-posts = Posts
search-nothing = Nothing found for “{ $query }”.
search-nothing-what = Check the spelling, or try the full address.
search-unreachable = The server of this address does not answer. Try again a little later.

# Notices
notices-empty = No notices yet.
notices-empty-what = You will see here who answers you, follows you or likes your posts.
unread = unread
see-requests = See the requests
notice-mention = talks to you
notice-post = wrote a post
notice-follow-request = asks to follow you
notice-sign-up = asks for an account
notice-report = has reported somebody
notice-neighbour = asks to be a neighbour town
notice-edit = changed a post you shared or liked

# About
about-who = Who runs this service
about-staff = These people look after the square. You can write to them.
about-how = How it works
about-how-order = You see the posts of the people you follow, newest first. No computation chooses for you.
about-how-audience = For each post you choose who will see it: everyone, the town only, your followers, or the people you name.
about-how-elsewhere = This square talks with those of other towns and with all open networks. What you send there is kept there as a copy; if you delete it here, we ask the other servers to delete it too.
your-data = Your data
your-data-what = What { $town } keeps of you, where, for how long, and who can read it
your-data-since = The town hall wrote this on { $date }.
about-joining = Opening an account
rules-none = The town has not written its rules yet.
contact-none = The town has not given a contact yet.
joining-open = Anyone can open an account.
joining-approval = Anyone can ask for an account. Someone from the town reads each request.
joining-invitation = You need an invitation code, from the town hall or from a resident.
joining-closed = Accounts cannot be opened at the moment.

# When something is wrong
error-home = Back to the home page
error-operation = If you talk to the town hall about it, give this number: { $id }
error-not-found = This page does not exist
error-not-found-what = It may have been deleted, or its author does not show it to everyone.
error-forbidden = This is not allowed
error-stale = This page was open for too long
error-stale-what = To be safe, we did nothing. Go back, reload the page and try again.
error-too-many = A little too fast
error-invalid = Something does not fit
error-too-large = This is too large
error-too-large-what = A picture may weigh { $size } MB at most.
error-too-much-what = It is more than the town takes at once. Send fewer pictures, or smaller ones.
error-bad-request = We did not understand this request
error-bad-request-what = The address or the form is not complete. Go back and try again.
error-method = This page cannot be asked for like that
error-method-what = Go back to the home page and use the buttons on the page.
error-broken = Something broke on our side
error-broken-what = It is not your fault, and nothing else is lost. Try again in a moment.
error-unavailable = The town takes a break
error-unavailable-what = Its pages will be back shortly. Nothing is lost: try again in a minute.
error-full = The town cannot save anything more
error-full-what = Its storage is full. What you just sent was not kept, everything else is there. Keep your text and try again later; the town hall sees the problem in its log.
error-unknown-town = No town of this name lives here
error-unknown-town-what = Check the address. If it is right, the town has not opened its doors yet, or it has moved.
error-too-slow = The answer takes too long
error-too-slow-what = We stopped waiting. Try again in a minute.
