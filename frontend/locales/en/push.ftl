# What comes to one's phone

push-mention = { $name } talks to you
push-post = { $name } wrote a post
push-favourite = { $name } likes your post
push-boost = { $name } shared your post
push-follow = { $name } follows you now
push-follow-request = { $name } asks to follow you
push-sign-up = { $name } asks for an account
push-report = { $name } has reported somebody
push-neighbour = { $name } asks to be a neighbour town
push-edit = { $name } changed a post you shared
push-poll = The poll of { $name } has ended
push-quote = { $name } quoted your post
push-quoted-edit = { $name } edited a post you quoted

refusal-push-endpoint = This address cannot be used to receive notices.
refusal-push-keys = The keys of this device do not fit.
