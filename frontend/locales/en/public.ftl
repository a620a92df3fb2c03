# The town for those without an account, on a phone, on other sites, and the first steps.

# Reading elsewhere
feed-person = Follow in a news reader (Atom)
feed-town = Read in a news reader (Atom)
feed-tag = Read this tag in a news reader (Atom)

# Following and replying from another server
follow-from-elsewhere = Follow
reply-from-elsewhere = Reply
follow-from = Follow { $name }
reply-from = Reply to { $name }
from-elsewhere-what = Do you already have an account on the server of another town, or on Mastodon? Give its address: we take you there, and everything happens at home.
elsewhere-address = Your address
elsewhere-address-hint = Like @name@server.org. We do not keep it.
elsewhere-go = Go on at my server
elsewhere-here = Do you live in { $town }?
refusal-address-incomplete = We need your whole address, like @name@server.org.
refusal-address-unknown = This server does not know this address. Please check the spelling.
refusal-address-silent = This server does not answer. Please try again a little later.
refusal-address-no-way = This server does not say how to come from here. Copy the address of this page into its search.

# Without a network
offline = You are offline
offline-what = This page is waiting for the network to return. A post sent meanwhile waits on this device and will go out by itself.
offline-home = See my home page again
offline-kept = You are offline. This is your home page as it was on

# First steps
first-steps-n = Step { $count } of 3
first-steps-who = Who are you?
first-steps-who-what = A name and a picture, so that your neighbours recognise you. Everything can be changed later, and nothing is required.
first-steps-people = Who is here?
first-steps-people-what = Follow whom you like: their posts will come to your home page.
first-steps-hall = The town hall and the team
first-steps-groups = Associations and groups
first-steps-neighbours = Neighbours
first-steps-nobody = Nobody shows themselves here yet. You are among the first!
first-steps-how = How does it work?
first-steps-audience = Who will see what you write
first-steps-audience-what = You choose for each post.
first-steps-trouble = If something is wrong
first-steps-trouble-what = Under each post and on each profile, the “…” menu lets you report, mute or block. A report is read by people of the town, and shown to nobody else.
first-steps-town = { $town } runs this service and pays for it. There is no advertising, and nothing you do here is sold.
first-steps-next = Continue
first-steps-skip = Skip
first-steps-done = Go to the square

# For other sites
embedding = On another site
embedding-what = The latest public posts of the town, or of an association, can be shown on another site, the town hall’s for instance. Without scripts and without trackers.
embedding-line = The line to copy
embedding-line-hint = Paste it into the page of your site, where you want it.
embedding-see = See what it looks like
embedding-who = For a person or an association here
embedding-who-hint = Their name, like @club. Leave it empty for the whole town.
embedding-go = Prepare the line
embedding-nobody = Nobody here has this name.
embedding-link = Show the square on another site
embed-empty = No posts yet.
embed-more = Read everything on the square of { $town }
