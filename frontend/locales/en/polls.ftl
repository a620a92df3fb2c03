# Polls: asking, voting, reading the result.

poll = Poll
poll-answer-n = Answer { $count }
poll-more-answers = More answers
poll-hint = Two answers at least. What is left empty does not count.
poll-lasts = Lasts
poll-lasts-hour = 1 hour
poll-lasts-six-hours = 6 hours
poll-lasts-day = 1 day
poll-lasts-three-days = 3 days
poll-lasts-week = 1 week
poll-lasts-month = 30 days
poll-several = Several answers may be chosen
poll-hide = Show the result only at the end
poll-choose-one = Choose one answer
poll-choose-several = Choose one or several answers
poll-vote = Vote
poll-see = See the result
poll-result = Result of the poll
poll-hidden = The result will be shown at the end.
poll-yours = your choice
poll-percent = { $count }%
poll-voters = { $count ->
    [0] nobody has voted yet
    [one] { $count } person has voted
   *[other] { $count } people have voted
}
poll-votes = { $count ->
    [0] no votes
    [one] { $count } vote
   *[other] { $count } votes
}
poll-over = ended
poll-minutes-left = { $count ->
    [one] { $count } minute left
   *[other] { $count } minutes left
}
poll-hours-left = { $count ->
    [one] { $count } hour left
   *[other] { $count } hours left
}
poll-days-left = { $count ->
    [one] { $count } day left
   *[other] { $count } days left
}
poll-log-in = Log in to vote
notice-poll = had asked a question: the poll has ended
done-voted = Your vote is counted.
