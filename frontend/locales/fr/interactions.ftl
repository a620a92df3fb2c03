# Ce que des inconnus d’autres villes ajoutent à mes messages, et que je regarde d’abord.

waiting-first = À voir d’abord
waiting-first-what = Ces personnes d’autres villes réagissent à vos messages. Personne d’autre ne le voit tant que vous n’avez pas dit oui. Elles apprennent votre réponse ; ce que vous refusez ne vous est plus demandé.
waiting-empty = Rien n’attend votre réponse.
waiting-settings = Choisir ce que je regarde d’abord
waiting-agree = Oui, montrer
waiting-reply = Répond à
waiting-quote = Veut citer
waiting-boost = Veut partager
waiting-like = Aime
waiting-your-post = votre message
waiting-pictures = { $count ->
    [one] Avec une image.
   *[other] Avec { $count } images.
}
waiting-original = Voir l’original sur son serveur
waiting-count = { $count ->
    [one] Une réaction à vos messages attend que vous la regardiez.
   *[other] { $count } réactions à vos messages attendent que vous les regardiez.
}
waiting-see = Regarder
looks-at = Ce que je regarde d’abord
looks-at-hint = Pour vos prochains messages : ce qu’y ajoutent des personnes d’autres villes que vous ne suivez pas attend que vous disiez oui. Les gens d’ici et ceux que vous nommez dans le message n’attendent jamais.
looks-at-nothing = Rien, tout paraît tout de suite
looks-at-shown = Leurs réponses, partages et citations
looks-at-everything = Leurs réponses, partages, citations et j’aime
done-waiting-agreed = C’est dit : tout le monde peut le voir.
done-waiting-refused = C’est refusé, personne ne le verra ici.
