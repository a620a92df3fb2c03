# Les sondages : demander, voter, lire le résultat.

poll = Sondage
poll-answer-n = Réponse { $count }
poll-more-answers = Plus de réponses
poll-hint = Deux réponses au moins. Ce qui reste vide ne compte pas.
poll-lasts = Durée
poll-lasts-hour = 1 heure
poll-lasts-six-hours = 6 heures
poll-lasts-day = 1 jour
poll-lasts-three-days = 3 jours
poll-lasts-week = 1 semaine
poll-lasts-month = 30 jours
poll-several = On peut choisir plusieurs réponses
poll-hide = Ne montrer le résultat qu’à la fin
poll-choose-one = Choisissez une réponse
poll-choose-several = Choisissez une ou plusieurs réponses
poll-vote = Voter
poll-see = Voir le résultat
poll-result = Résultat du sondage
poll-hidden = Le résultat sera montré à la fin.
poll-yours = votre choix
poll-percent = { $count } %
poll-voters = { $count ->
    [0] personne n’a encore voté
    [one] { $count } personne a voté
   *[other] { $count } personnes ont voté
}
poll-votes = { $count ->
    [0] aucune voix
    [one] { $count } voix
   *[other] { $count } voix
}
poll-over = terminé
poll-minutes-left = { $count ->
    [one] encore { $count } minute
   *[other] encore { $count } minutes
}
poll-hours-left = { $count ->
    [one] encore { $count } heure
   *[other] encore { $count } heures
}
poll-days-left = { $count ->
    [one] encore { $count } jour
   *[other] encore { $count } jours
}
poll-log-in = Connectez-vous pour voter
notice-poll = avait posé une question : le sondage est terminé
done-voted = Votre vote est compté.
