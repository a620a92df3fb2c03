# Quotes: showing one post inside another, with the consent of its author.

quote = Quote
quote-heading = Quote a post
quote-take-back = Take my post out of this quote
quote-see-all = See the whole post
quote-see = See that post
quote-pending = Quotes a post: waiting for its author to agree.
quote-refused = The author of the quoted post does not want to be quoted here.
quote-revoked = The author of the quoted post has taken it out.
quote-deleted = The quoted post is no longer there.
quote-hidden = The quoted post is not open to you.
quote-of-blocked = Quotes a post by somebody you have blocked.
quote-of-blocked-server = Quotes a post from a server you have blocked.
quote-of-muted = Quotes a post by somebody you have hidden.
quoters = Who may quote this post
quoters-everyone = Everyone
quoters-followers = My followers
quoters-nobody = Nobody but me
quoters-hint = A post that is not open to all is never quoted by others. You can always take a quote back.
quoters-usual = Who may quote my posts
quoters-usual-hint = For those you write from now on; you can choose otherwise for each of them.
notice-quote = quoted your post
notice-quoted-edit = edited a post you quoted
done-quote-taken-back = Your post is no longer quoted.
reply-waiting = The person you answer wishes to agree first: until then, outside of our town only they get your answer.
reply-refused = The person you answer does not want this answer under their post.
