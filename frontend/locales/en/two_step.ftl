# Logging in with two steps: a password, then a code from the phone.

two-step = Two-step log-in
two-step-short = A code from your phone beside the password.
two-step-open = Set up
two-step-what = After your password we ask for a code that your phone shows. Whoever guesses or steals your password does not get in.
two-step-app = You need a free app that shows codes, for example Aegis, FreeOTP or that of your password manager.
two-step-begin = Begin
two-step-why-password = To be sure that it is you.
two-step-scan = Show this drawing to the app
two-step-scan-what = In the app, choose “Add an account”, then point the camera at this square.
two-step-picture = Square to point the app at; the key to copy is written below.
two-step-or-key = No camera? Copy this key into the app:
two-step-key = Key to copy
two-step-first-code = Code shown by the app
two-step-first-code-hint = Six digits, new ones every thirty seconds.
two-step-confirm = Turn on
two-step-now-on = Two-step log-in is on
two-step-now-on-what = Next time we will ask you for a code. First write these down: they help when you do not have your phone.
two-step-new-codes = Here are your new codes
two-step-new-codes-what = They help when you do not have your phone. The old ones no longer work.
two-step-codes = Codes to keep on paper
two-step-codes-once = Each works only once. We cannot show them again: write them down or print this page. They are not the same as those for a forgotten password.
two-step-noted = Noted
two-step-is-on = On since { $date }.
two-step-codes-left =
    { $count ->
        [0] You have no code left on paper.
        [one] You have one code left on paper.
       *[other] You have { $count } codes left on paper.
    }
two-step-renew = Get new codes for paper
two-step-turn-off = Ask for a code no longer
two-step-change = Change something
two-step-log-in = One more step
two-step-log-in-what = Open the app on your phone and copy the code it shows. A code kept on paper will do as well.
two-step-code = Code
two-step-code-hint = Six digits, or one of your codes on paper.
two-step-go = Log in
two-step-again = Begin again
two-step-lost = Neither phone nor paper? The town hall can give you access again: drop by or write.
done-two-step-off = Two-step log-in is off.
