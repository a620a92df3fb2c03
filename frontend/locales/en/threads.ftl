# A thread: what a post said before, being told of it no more, writing it anew.

revisions = What it said before
revisions-what = All versions of this post by { $name }, the newest first.
revisions-back = Back to the post
revision-now = Current version
revision-first = At first
revisions-see = See what it said before
delete-anew = Delete and rewrite
delete-anew-what = Rewriting: the post is deleted, and its text waits for you among your drafts with its pictures. Replies, shares and favourites are lost.
done-anew = The post is deleted. Here is its text: change it and publish again.
thread-mute = Stop being told about this conversation
thread-unmute = Be told about this conversation again
thread-muted = You are no longer told what is said here.
thread-again = Replies written elsewhere may arrive after a moment.
thread-look-again = Look again
thread-ask = Look for more replies elsewhere
done-thread-asked = We have asked. What was replied elsewhere arrives here in a moment: look again.
done-thread-asked-lately = We have asked already. What was replied elsewhere arrives here in a moment: look again.
done-thread-not-asked = We are looking for many replies just now. Please try again in a few minutes.
