# Your data: what the town says of it by itself, on its pages and to apps. The times come from the program.

privacy-days =
    { $count ->
        [one] { $count } day
       *[other] { $count } days
    }

privacy-who = Who is responsible
privacy-who-town = { $town } runs this service and answers for what is done with your data.
privacy-who-contact = For any question, this is how to reach it: { $contact }
privacy-who-silent = The town has not given a contact yet: ask at the town hall.

privacy-free = No advertising, no tracking
privacy-free-what = This service shows no advertising, does not measure its audience and builds no profile of you. Posts stand in order of time, nothing else.
privacy-free-others = Its pages load nothing from any other site. Pictures from other servers come through the town: those servers do not learn that you look at them.

privacy-kept = What we keep
privacy-kept-visitor = If you read without an account, we write down nothing about you.
privacy-kept-account = If you have an account: your username, what you wrote to ask for it, your e-mail address if you give one, your settings, what it takes to recognise you, and who invited you. Your password is kept in a form from which it cannot be read back.
privacy-kept-words = What you put into it: your profile, your posts, your pictures, your drafts, your votes, what you like or keep, the people you follow, mute or block, your lists, your filters and your notes.
privacy-kept-profile = You see and correct your profile here:
privacy-kept-edits = When you edit a post, its earlier texts can still be read by whoever may read the post, { $revisions } at most.
privacy-kept-pictures = The place and the device noted in your photos and films are erased as soon as they arrive.
privacy-kept-reports = What you report is read and kept by the town’s staff. If you ask for the other server to know of it as well, your words and the address of the post go there, without your name.

privacy-devices = Your devices and your IP address
privacy-devices-session = At each log-in we note the IP address (of an IPv6 address, the first half), what your browser calls itself and the time. We also note its last visit, to the hour. That is for you to recognise your devices, and to log out those that are not yours:
privacy-devices-end = This line goes when you log out, or after { $session } without a visit.
privacy-devices-apps = Of an app to which you opened your account we note its name, what it may do and the day it was last used:
privacy-devices-tries = Against guessed passwords and abuse the program also counts what comes from one IP address. These counts are written down nowhere: they stay in memory and are lost when the program restarts at the latest.
privacy-devices-log = The program’s log holds no name, no IP address and no text, unless the town hall has set it otherwise to look for a fault. The web server in front of it may keep a log of its own: the town hall will tell you what that holds.

privacy-where = Where it is kept
privacy-where-town = In a database and a place of its own for files, which serve this town alone. Nothing in them is shared with another.
privacy-where-backups = If the town hall makes backups, what you delete stays in them until they are replaced.

privacy-readers = Who can read
privacy-readers-choice = For each post you choose: everyone, the town, the town and its neighbours, a group, your followers, or the people you name. The town shows it to nobody else. A post for the town alone goes to no other server.
privacy-readers-public = What is for everyone, anyone may read and copy. Search engines are asked to leave out people who do not wish to be found.
privacy-readers-staff = The town’s staff read requests for accounts, with their e-mail address, and reports. Their pages do not show them posts that are not meant for them.
privacy-readers-direct = Private messages are not encrypted end to end: those who run the machine, here and where the other person is, could read them, like all that is not public. Do not trust them with secrets.

privacy-leaving = What goes to other servers
privacy-leaving-posts = Your posts for everyone go to the servers of those who follow you, whom you name, quote or answer, and to the neighbouring towns if there are any. Those for the town and its neighbours go to these alone, those for your followers or for a few people to their servers alone. A group hands on what you write in it to its members. Your profile goes along.
privacy-leaving-gestures = When you follow, like, share, block or vote, the server of the person elsewhere learns of it, too.
privacy-leaving-never = Your e-mail address, your IP address, your drafts, your bookmarks, your lists, your filters and your notes are never part of it.
privacy-leaving-ledger = We note which servers, and for a private message which inboxes, got a copy, to ask them to correct or delete it when you do so here. We cannot force them to. The menu of each post shows this list; for posts you deleted, it is here:
privacy-leaving-settled = A like, a vote or a block that was sent is forgotten { $settled } after it was delivered.

privacy-arriving = If you write from another server
privacy-arriving-what = Your posts and your profile are kept here once your server sends them to us, or when a resident looks for them. What you correct or delete at home is corrected or deleted here as well, when your server tells us. If it does not, write to the town hall.
privacy-arriving-waiting = What waits for a resident to agree is forgotten after { $waiting }.

privacy-letters = E-mails
privacy-letters-what = Our e-mails are plain text, with no picture and nothing that tells whether you opened them. They say who did something, never what was written.
privacy-letters-kept = The trace of an e-mail that was sent is forgotten after { $letters }. One that could not be sent is forgotten after { $letters-late } at the latest.

privacy-push = Notices on your devices
privacy-push-what = If you ask for them, they go by the service that your browser or your app chose, often its maker’s. They are encrypted for your device: this service sees when a notice passes and how much it weighs, not what it says. A notice that could not be handed over is forgotten after { $push }. You choose here:

privacy-cookies = Cookies and your browser
privacy-cookies-session = One cookie keeps you logged in. It is worth nothing as soon as you log out, or after { $session } without a visit.
privacy-cookies-others = Three others serve the pages alone: one protects the forms of who is not logged in and goes when the browser is closed, another tells the next page what you have just done, the last remembers for { $appearance } how you want pages to look without an account. None serves to follow you.
privacy-cookies-offline = For when there is no network, your browser may keep your last home page and what you wrote or meant to send meanwhile. That is erased when you log out.

privacy-time = For how long
privacy-time-account = What you put into your account stays there while the account exists and you do not delete it.
privacy-time-post = A post that you delete is gone at once, and its pictures are erased after { $abandoned } at the latest. All that is left is its address, its author, its date and the list of those who had a copy.
privacy-time-leaving = If you delete your account, it is hidden at once and erased { $leaving } later. What is left is your username, so that it is given to nobody else, reports, the list of servers to be told, the key that signs this, and a few traces without a text: votes of yours that were counted, whom you followed on other servers, the account that you moved to.
privacy-time-refused = A request for an account that is refused is erased at once.
privacy-time-little = A picture that was sent and is part of no post and no draft is erased after { $abandoned }, the report on what you bring along from another server after { $imports }.

privacy-rights = Your rights
privacy-rights-what = You may see, correct, take along and delete what is about you. Nearly all of it is done here, without asking anybody.
privacy-rights-export = Take along a copy of all you wrote, and of your lists:
privacy-rights-delete = Delete everything:
privacy-rights-ask = For the rest, or to object to something, write to the town hall. In the European Union it has one month to answer.
privacy-rights-complain = If its answer does not satisfy you, you may complain to the data protection authority: in France, the CNIL (www.cnil.fr).

privacy-to-profile = My profile
privacy-to-sessions = Connected devices
privacy-to-apps = Apps
privacy-to-copies = Copies of posts I deleted
privacy-to-notices = Settings of notices
privacy-to-export = Take my data along
privacy-to-delete = Delete my account

privacy-town = What the town hall adds
