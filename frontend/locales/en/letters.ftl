# The e-mails that the town writes, and the pages they lead to.

letter-hello = Hello { $name },
letter-end =
    { $town }
    { $origin }
letter-stop =
    To get no more of these e-mails, one click is enough:
    { $link }
letter-test-subject = A test e-mail – { $town }
letter-test =
    Hello,

    This test e-mail comes from { $town }. If it reaches you, the town can write to its residents; there is nothing else to do.
letter-password-subject = Choose a new password – { $town }
letter-password =
    Somebody asked for a new password for your account in { $town }. If it was you, choose it on this page within the hour:

    { $link }

    If it was not you, do nothing: your password stays the same.
letter-address-subject = Is this your address? – { $town }
letter-address =
    This address was given for an account in { $town }. If it was you, say so on this page within a day:

    { $link }

    If it was not you, do nothing: the address will not be taken.
letter-password-changed-subject = Your password has changed – { $town }
letter-password-changed =
    The password of your account in { $town } has just been changed.

    If it was you, all is well. If not, take your account back at once on this page, and tell the town hall:

    { $link }
letter-passkeys-changed-subject = Your passkeys have changed – { $town }
letter-passkeys-changed =
    A passkey has just been added to your account in { $town }, or removed from it.

    If it was you, all is well. If not, choose a new password at once on this page: no passkey will open your account any more. And tell the town hall:

    { $link }
letter-address-changed-subject = The address of your account has changed – { $town }
letter-address-changed =
    Your account in { $town } no longer has this address: another took its place, or it was removed.

    If it was you, all is well. If not, write soon to the people who look after the town:

    { $link }
letter-notices-subject = News for you – { $town }
letter-notices = This is waiting for you in { $town }:
letter-notices-more =
    { $count ->
        [one] … and one more notice.
       *[other] … and { $count } more notices.
    }
letter-notices-see =
    See everything:
    { $link }
letter-sign-ups-subject = Somebody asks for an account – { $town }
letter-sign-ups =
    { $count ->
        [one] One person is waiting for their request for an account to be read:
       *[other] { $count } people are waiting for their requests for an account to be read:
    }

    { $link }
letter-reports-subject = A report is waiting – { $town }
letter-reports =
    { $count ->
        [one] One report is waiting to be read:
       *[other] { $count } reports are waiting to be read:
    }

    { $link }
recover-letter-what = We can send you a link by e-mail to choose a new password.
recover-letter-go = Send me the link
recover-by-code = With a recovery code
done-letter-asked = If this account exists and has an address, an e-mail is on its way. Look among the unwanted mail, too; the link works once, for an hour.
new-password = New password
new-password-what = Choose one that you use nowhere else. All your devices will be logged out.
from-letter-over = This link no longer works
address-confirm = Is this your address?
address-confirm-what = { $email } will be the address of your account.
address-confirm-yes = Yes, it is mine
done-email-confirmed = Thank you, your address is saved.
done-email-asked = An e-mail is on its way to this address. It will count as soon as you have followed the link in it.
email-change-letter = We will send an e-mail there, to be sure that it is yours.
email-to-prove = We do not know yet whether this address is yours, and send nothing there until then. Save it once more to get a link.
joined-letter = An e-mail is on its way to the address you gave. It will count as soon as you have followed the link in it.
letters-stop = No more of these e-mails
letters-stop-what = We will only write about what concerns your account itself, such as a changed password.
letters-stop-yes = Stop writing to me
letters-stopped = Done
letters-stopped-what = You will get no more of these e-mails. You can ask for them again in your settings.
choices = What to tell me about
choices-what = Tick what you want to know, and where.
choices-page = Notices page
choices-device = Devices
choices-letter = E-mail
choices-letter-hint = One e-mail a day at most, and only if there is something new that you have not read. It says who, never what was written.
choices-no-address = To get them, a confirmed address is needed.
choices-give-address = Give an address
choice-mention = Somebody talks to me
choice-post = Somebody I follow closely writes
choice-favourite = Somebody likes my post
choice-boost = Somebody shares my post
choice-follow = Somebody follows me
choice-follow-request = Somebody asks to follow me
choice-sign-up = Somebody asks for an account
choice-report = Somebody makes a report
choice-neighbour = A town asks to be a neighbour
choice-edit = A post I shared changes
choice-poll = A poll ends
choice-quote = Somebody quotes my post
choice-quoted-edit = A post I quoted changes
