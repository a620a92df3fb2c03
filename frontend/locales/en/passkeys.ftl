# Coming in with a key that one's device keeps, without a password.

passkeys = Passkeys
passkeys-short = Log in with your fingerprint, your face or the code of your device.
passkeys-open = See
passkeys-back = Back to the account
passkeys-what = A passkey stays in your phone, your computer or your password manager. You log in with your fingerprint, your face or the code of the device: nothing to remember, nothing to copy, and nothing that a false site could steal from you.
passkeys-besides = Your password still works. If you have turned on two-step log-in, a passkey takes the place of both password and code.
passkey-add = Add a passkey
passkey-begin = Continue
passkey-no-script = Making a passkey needs JavaScript, which your browser has turned off. Your password is enough to log in.
passkey-missing = This browser knows no passkeys. Try from your phone or a newer browser.
passkey-make = Make the passkey
passkey-make-what = Your device will ask for your fingerprint, your face or its code.
passkey-name = Name of the key
passkey-name-hint = To recognise it in the list.
passkey-not-made = No key was made. Try again, or go back.
passkey-is-known = This device already has a passkey for this account.
passkey-since = Added on { $date }
passkey-used = used on { $date }
passkey-never-used = never used
passkey-remove = Remove
passkey-remove-which = Remove the key “{ $name }”?
passkey-remove-what = It will no longer open the door here. Remember to delete it from your device too.
passkey-log-in = Log in with a passkey
passkey-not-used = No key was used. Try again, or log in with your password.
done-passkey = The passkey is added.
done-passkey-removed = The passkey is removed.
