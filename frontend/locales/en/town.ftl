# The town hall: preparing the town, welcoming, settings.

set-up-title = Prepare the town
set-up-what = Welcome! A few answers and the square is open. Everything can be changed later.
set-up-town = The town
set-up-account = Your account
set-up-go = Open the square
set-up-done = The square is open and you hold its keys.
town-name = Name of the town
town-summary = In one sentence
town-summary-hint = What someone reads who arrives here for the first time.
town-rules = Rules
town-rules-hint = One rule a line.
town-contact = Contact
town-contact-hint = A phone number, an e-mail address or an office.
town-privacy = What the town hall adds on data
town-privacy-hint = Stands at the foot of the page “Your data”: who hosts the machine, how long backups last, on what legal basis, who is data protection officer.
town-language = Language of the town
town-time-zone = Time zone
town-time-zone-hint = The times of posts follow it.
town-registration = Who can open an account
town-hue = Colour of the town
town-hue-hint = Buttons and links take it; light and dark follow.
hue-green = Fir green
hue-leaf = Leaf green
hue-ochre = Ochre
hue-brick = Brick
hue-plum = Plum
hue-blue = Slate blue
hue-lagoon = Lagoon blue
registration-open = Everyone
registration-approval = On request, read by the town hall
registration-invitation = With an invitation code
registration-closed = Nobody at the moment
staff-sign-ups = Sign-ups
staff-town = Town settings
waiting = Requests for an account
waiting-none = No request is waiting.
invitations = Open invitations
invitations-what = Those of all residents. Once taken back, an invitation opens no account any more.
invitations-none = No open invitation.
invitation-left = { $count ->
    [one] { $count } person left
   *[other] { $count } people left
}
invitation-until = until { $date }
done-approved = The account is open.
done-rejected = The request is refused.
refusal-choice = Choose one of the answers offered.
refusal-number = Give a whole number.
staff-reports = Reports
reports-none = Nothing to look into.
reported-by = Reported by { $name }
report-post = Post of { $date }
report-unseen = { $count ->
    [one] One reported post is not shown here, as it is not meant for you or is gone.
   *[other] { $count } reported posts are not shown here, as they are not meant for you or are gone.
}
report-forwarded = Also passed on to the staff of their server.
report-close = Seen
done-report-closed = The report is closed.
