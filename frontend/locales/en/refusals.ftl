# What the site answers when something cannot be done: say simply what to do.

## Everywhere

refusal-not-found = This page does not exist, or it is not open to you.
refusal-not-yours = You can only change what is yours.
refusal-blocked = This is not possible with this person.
refusal-self = You cannot do this with your own account.
refusal-suspended = This account is suspended. Write to the people who run the site to talk about it.
refusal-too-often =
    { $minutes ->
        [one] That was a lot at once. Try again in { $minutes } minute.
       *[other] That was a lot at once. Try again in { $minutes } minutes.
    }
refusal-file-missing = Choose a file first.
refusal-time-zone-unknown = There is no such time zone. Choose one from the list.
refusal-language-unknown = This language is not offered. Choose one from the list.
refusal-languages-many = Choose { $limit } languages at most.

## Posts

refusal-text-empty = Write a few words or add a picture before you send.
refusal-text-too-long =
    Your post is too long: { $count } characters, and { $limit } at most. Shorten it, or send it in several parts.
refusal-summary-too-long = The warning is too long: { $limit } characters at most.
refusal-too-many-pictures =
    { $limit ->
        [one] Only one picture can go with a post.
       *[other] No more than { $limit } pictures can go with a post: remove some.
    }
refusal-picture-unreadable = This picture could not be read. Try a JPEG, PNG, GIF or WebP file.
refusal-recording-unreadable = This sound or video could not be read. Try an MP4, WebM, MP3, M4A, Ogg, FLAC or WAV file.
refusal-recording-too-large = This sound or video is too large. Make it smaller, then try again.
refusal-recording-too-long = This sound or video is too long.
refusal-media-not-ready = Cannot attach files that have not finished processing. Try again in a moment!
refusal-media-failed = This file could not be prepared. Try another one.
refusal-media-in-use = This file belongs to a post.
refusal-picture-too-large = This picture is too large. Make it smaller, then try again.
refusal-description-too-long = The picture’s description is too long: { $limit } characters at most.
refusal-audience-unknown = Choose from the list who this post is for.
refusal-cannot-boost = This post is not for everyone: it cannot be shared.
refusal-quote-not-wanted = Its author does not want this post to be quoted.
refusal-reply-not-wanted = Its author does not want you to answer this post.
refusal-thread-closed = Those who look after this group have closed this discussion: it can no longer be answered.
refusal-out-of-group = Those who look after this group no longer take your posts in it.
refusal-share-not-wanted = Its author does not want this post to be shared.
refusal-favourite-not-wanted = Its author does not want this post to be liked.
refusal-quoters-unknown = Choose from the list who may quote this post.

## Polls

refusal-poll-few-options = A poll offers two answers at least: fill in one more.
refusal-poll-many-options = A poll offers { $limit } answers at most: take some away.
refusal-poll-long-option = An answer is too long: { $limit } characters at most.
refusal-poll-same-options = Two answers are the same: change one of them.
refusal-poll-too-short = A poll lasts five minutes at least.
refusal-poll-too-long = A poll lasts a month at most.
refusal-poll-with-pictures = A post carries pictures or a poll, not both: keep one of the two.
refusal-poll-own = This is your own poll: the others vote.
refusal-poll-over = This poll has ended: nobody can vote any more.
refusal-poll-voted = You have voted already: a vote cannot be changed.
refusal-poll-choice = Choose among the answers offered, then vote.

## Names, sign-up and log-in

refusal-username-taken = This user name is already taken. Try another one.
refusal-username-invalid = A user name has { $limit } characters at most: letters a to z without accents, digits, and the underscore “_”, but not at the start or the end.
refusal-username-reserved = This name is kept for the site. Try another one.
refusal-email-invalid = This e-mail address looks incomplete. It should look like name@example.com.
refusal-email-taken = Another account already uses this e-mail address.
refusal-letter-link = This link has been used already, or it is too old. Ask for another one.
refusal-password-empty = Choose a password.
refusal-password-short =
    This password is too short: it needs at least { $limit } characters. A short sentence works very well.
refusal-password-long = This password is too long: { $limit } characters at most.
refusal-password-wrong = The current password is not right. Check the caps lock key and try again.
refusal-login-wrong = The name or the password is not right. Check them and try again.
refusal-login-suspended = This account is suspended and cannot log in. Write to the people who run the site to talk about it.
refusal-login-waiting = Your sign-up is still waiting for the approval of the people who run the site. Come back a little later.
refusal-registration-closed = Sign-up is closed for now.
refusal-invitation-invalid = This invitation is not valid, or it has already been used. Ask the person who gave it to you for a new one.
refusal-reason-needed = Say in a few words why you would like to join.
refusal-terms-not-agreed = To sign up, read the site’s rules and tick the box to accept them.
refusal-setup-link = This set-up link is not right. Copy all of it from the server’s log.
refusal-setup-done = Set-up is already done. Log in with the account that was created.

## Profile and settings

refusal-name-empty = Please give a name.
refusal-display-name-too-long = This name is too long: { $limit } characters at most.
refusal-bio-too-long = Your introduction is too long: { $limit } characters at most.
refusal-field-too-long = This line of the profile is too long: { $limit } characters at most.
refusal-too-many-fields =
    { $limit ->
        [one] The profile has a single line of this kind.
       *[other] The profile has at most { $limit } lines of this kind: remove some.
    }
refusal-site-unfit = This is not the name of a site: { $site }. It should look like journal.example.
refusal-sites-full = That is enough sites: { $limit } at most.

## Apps

refusal-scope-unknown = This permission does not exist: { $scope }.
refusal-app-name = An app gives its name, in { $limit } characters at most.
refusal-app-website = The address of the app’s site is no web address.
refusal-app-redirect = An address to return to is missing or can’t be accepted.
refusal-app-unknown = This app is not known here, or no longer. Start again from the app.
refusal-app-redirect-unknown = The app wants to send you to an address that it had not announced. For your safety, we stop here.
refusal-app-response = The app asks for access in a way that this site does not know.
refusal-app-challenge = The app protects its request in a way that this site does not accept (it takes S256).
refusal-app-scopes-wider = The app asks for more permissions than it had announced.
refusal-cannot-pin = A post that is private, or for the neighbour towns, cannot be pinned.
refusal-pins-full = Five posts are pinned already: take one off first.
refusal-no-alias = The other account does not say yet that this one is yours too: add it there first.
refusal-moved-lately = This account has moved less than thirty days ago.
refusal-aliases-full = That is enough other accounts: take one off first.
refusal-report-too-long = This report is too long: a thousand characters at most.

## Choices of readers

refusal-note-too-long = This note is too long: { $limit } characters at most.
refusal-domain-unfit = This is not the name of a server of another town.
refusal-not-followed = You can only show people whom you follow.
refusal-tags-full = That is enough tags: { $limit } at most. Take one off first.
refusal-list-title = Give the list a name of { $limit } characters at most.
refusal-lists-full = That is enough lists: { $limit } at most. Delete one first.
refusal-on-list = This person is on the list already.
refusal-filter-title = Give the filter a name of { $limit } characters at most.
refusal-filter-context = Say where the filter is to hold.
refusal-keyword = Give a word or phrase of { $limit } characters at most.
refusal-filters-full = That is enough: { $limit } at most. Delete some first.
refusal-time = This date is not understood.
refusal-drafts-full = That is enough drafts: { $limit } at most. Publish or throw away one first.
refusal-draft-too-long = This draft is too long to be kept.
refusal-draft-empty = There is nothing to keep yet.
refusal-scheduled-soon = A post that waits must wait five minutes at least.
refusal-domain-blocks-full = That is enough blocked servers: { $limit } at most. Unblock some first.
refusal-scheduled-full = That is enough waiting posts: { $limit } at most. Publish or delete some first.
refusal-streams-full = Too many apps are listening at the same time. Close some and try again.
refusal-stream-scope = This app is not allowed to listen to that.
refusal-announcement-text = Write the announcement, in { $limit } characters at most.
refusal-announcement-end = The end must come after the beginning, and after now.
refusal-announcements-full = There are { $limit } announcements already: take one off first.
refusal-emoji = Answer with a single emoji.
refusal-emoji-full = This announcement has { $limit } different emoji already: choose one of them.

## Two steps, moving, leaving

refusal-two-step-on = Two-step log-in is on already.
refusal-two-step-not-begun = Begin again: setting up was not begun.
refusal-two-step-code = This code is not right, or was used before. Wait for the next one and try again.
refusal-two-step-late = This took too long. Begin again with your password.
refusal-handle-unknown = This account cannot be found. Check the address: it looks like @name@server.example.
refusal-last-admin = You are the only one who administers this site. First hand it over to someone else.
refusal-leaving-unsure = Tick the box to confirm.
refusal-recipients = Name one to { $limit } people.
refusal-recipient-unknown = We found nobody called “{ $name }”.
refusal-recipient-unreachable = This message cannot reach { $name }. It was sent to nobody.
refusal-names-another = @{ $name } would get this message as well. If you only want to speak of this person, take the @ away.

## Bringing data

refusal-import-unreadable = This file is not a table that can be read. Choose the .csv file downloaded from the other server.
refusal-import-empty = There is nothing in this table. Choose another file.
refusal-import-unfit = Nothing was replaced: this line does not belong in this table: “{ $line }”. Is it the right file?
refusal-import-long = This table is too long: { $limit } lines at most. Cut it into several files.
refusal-import-large = This file is too big: { $size } MB at most. Cut it into several files.
refusal-imports-full = Three tables are under way already. Wait until they are finished.
refusal-import-kind = Say what is in the table.
refusal-import-no-person = This person cannot be found.
refusal-import-no-post = This post cannot be found.
refusal-import-not-followed = You do not follow this person: only those you follow can be on a list.
refusal-import-refused = This was not possible.
refusal-archive-own = Tick the box: people bring only posts of their own.
refusal-archive-busy = An archive is under way already. Wait until it is finished.
refusal-archive-large = This archive is too big: { $size } MB at most.
refusal-archive-unreadable = This archive cannot be read. Choose the .zip or .tar.gz file downloaded from the other server.
refusal-archive-empty = There is no post in this archive that could be taken over.
refusal-archive-long = There are too many posts in this archive.
refusal-archive-gone = The archive is no longer there. Please bring it once more.
refusal-colour = We cannot read this colour: choose it with the picker, or write it like #0f5132.
refusal-passkey = This passkey could not be checked. Try again, or log in with your password.
refusal-passkey-late = The page was open for too long. Try once more.
refusal-passkey-unverified = Your device did not ask for your fingerprint, your face or its code. Set a screen lock first, or log in with your password.
refusal-passkey-unknown = We do not know this passkey. It may have been removed: log in with your password.
refusal-passkey-copied = This passkey seems to have been copied. Log in with your password, then remove it in your settings.
refusal-passkey-known = This passkey is already known.
refusal-passkeys-many = You already have { $limit } passkeys. Remove one first.
refusal-may-not-invite = Here, invitations come from the town hall.
refusal-invitations-many = You already have { $limit } open invitations. Take one back first.
refusal-neighbour-unknown = No town answers at this address. Check it, or try again later.
refusal-neighbour-blocked = The server of this town is blocked here.
refusal-neighbours-too-many = There are too many neighbour towns, or towns waiting, already.
refusal-no-neighbours = Your town has no neighbour town yet. Choose who this post is for.
