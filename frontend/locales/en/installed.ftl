# The town as an app: being told on the device, writing without a network.

device-heading = Being told on this device
device-what = Your notices appear on this phone or computer, even while the page is closed. They pass, encrypted, through the service of your browser. This ends when you log out.
device-needs = This takes a recent browser in which scripts are allowed. On an iPhone or iPad, first add this site to the home screen (the “Share” button), then open it from there.
device-start = Tell me on this device
device-told = This device tells you.
device-stop = Stop telling me here
device-denied = Your browser does not allow notices from this site. You can change that in its settings.
device-failed = Your browser could not sign up. Try again later, or with another browser.
done-device-told = This device will tell you.
done-device-left = This device will not tell you any more.

offline-writes = There is no network just now. What you publish will wait on this device and go out by itself when the network is back.
outbox = What waits for the network
outbox-what = What you write without a network is kept on this device until you log out, and goes out by itself, once only, as soon as the network is back.
outbox-none = Nothing is waiting just now.
outbox-send = Send now
outbox-drop = Throw away
outbox-count = Posts waiting on this device:
outbox-see = Log in to see mine
error-not-author = This post is not yours
error-not-author-what = It was written on this device with another account than yours. It has not been published.
unsent = A post written without a network could not go out.
unsent-see = See it

done-shared-words = If pictures were to come along, choose them here: they could not follow.
pictures-received = Pictures received from another app:
pictures-received-attach = Attach the pictures received

more-came = Posts added:
