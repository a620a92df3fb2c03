# What strangers of other towns add to my posts, and I look at first.

waiting-first = To look at first
waiting-first-what = These people of other towns react to your posts. Nobody else sees it until you say yes. They learn what you answered; you are not asked again about what you refuse.
waiting-empty = Nothing waits for your answer.
waiting-settings = Choose what I look at first
waiting-agree = Yes, show it
waiting-reply = Answers
waiting-quote = Wants to quote
waiting-boost = Wants to share
waiting-like = Likes
waiting-your-post = your post
waiting-pictures = { $count ->
    [one] With a picture.
   *[other] With { $count } pictures.
}
waiting-original = See the original on its server
waiting-count = { $count ->
    [one] A reaction to your posts waits for you to look at it.
   *[other] { $count } reactions to your posts wait for you to look at them.
}
waiting-see = Have a look
looks-at = What I look at first
looks-at-hint = For posts from now on: what people of other towns whom you do not follow add to them waits until you say yes. People of this town and those you name never wait.
looks-at-nothing = Nothing, all appears at once
looks-at-shown = Their answers, shares and quotes
looks-at-everything = Their answers, shares, quotes and likes
done-waiting-agreed = Said: everyone can see it.
done-waiting-refused = Refused, nobody will see it here.
