# Les avis : qui vous parle, vous suit, aime vos messages.

notices-all = Tout
notices-mentions = On me parle
notices-liked = Partages et j’aime
notices-followers = Abonnés
notices-tabs = Quels avis
notices-menu = Plus, à propos des avis
notices-settings = Régler mes avis
notices-read = Tout marquer comme lu
notices-clear = Effacer tous les avis
notices-clear-heading = Effacer tous vos avis ?
notices-clear-what = Les messages eux-mêmes restent ; seule cette liste est vidée. On ne peut pas revenir en arrière.
notices-clear-yes = Tout effacer
notices-held = { $count ->
    [one] Une personne attend que vous acceptiez ses avis.
   *[other] { $count } personnes attendent que vous acceptiez leurs avis.
}
notices-held-see = Voir qui
notice-and = et
notice-others = { $count ->
    [one] une autre personne
   *[other] { $count } autres personnes
}
notice-favourite = { $count ->
    [one] aime votre message
   *[other] aiment votre message
}
notice-boost = { $count ->
    [one] a partagé votre message
   *[other] ont partagé votre message
}
notice-follow = { $count ->
    [one] vous suit maintenant
   *[other] vous suivent maintenant
}
held-heading = Avis mis de côté
held-what = Ces personnes vous ont écrit ou ont réagi, mais vos réglages les mettent d’abord de côté. Si vous acceptez, leurs avis vous parviennent ; sinon, ils sont oubliés. Personne n’en est prévenu.
held-empty = Rien n’est mis de côté.
held-dismiss = Écarter
held-count = { $count ->
    [one] { $count } avis
   *[other] { $count } avis
}
settings-notices = Qui peut m’envoyer des avis
tab-notices = Avis
settings-notices-what = Que faire quand vous écrivent ou vous répondent :
notices-not-following = Les personnes que je ne suis pas
notices-not-followers = Les personnes qui ne me suivent pas
notices-new-accounts = Les comptes ouverts depuis moins de trente jours
notices-private = Les messages privés de personnes à qui je n’ai pas écrit
notices-let-through = Me prévenir
notices-hold-back = Mettre de côté, je regarderai
notices-drop = Ne pas me prévenir
settings-notices-held = Ce qui est mis de côté se trouve ici :
done-notices-cleared = Vos avis sont effacés.
done-held-accepted = Les avis de cette personne vous parviennent maintenant.
done-held-dismissed = C’est écarté.
