# Les fils : accueil, groupes, étiquettes, listes.

nav-groups = Groupes
nav-lists = Listes
nav-tags = Étiquettes

# Du nouveau
new-posts-look = Voir s’il y a du nouveau
new-posts = { $count ->
    [one] { $count } nouveau message
   *[other] { $count } nouveaux messages
}
new-posts-many = { $count } nouveaux messages ou plus
nothing-new = Rien de nouveau pour le moment.
seen-from = Vous aviez déjà vu la suite

# Pourquoi ce message est là
you-shared = Vous avez partagé
brought-by-tag = Vous suivez l’étiquette

# Ailleurs
elsewhere = Ailleurs
elsewhere-what = Ce que des gens d’autres villes et d’autres réseaux écrivent pour tout le monde, et qui est arrivé jusqu’ici.
elsewhere-empty = Rien n’est encore arrivé d’ailleurs.

# Groupes
groups-what = Ce qui s’écrit dans les groupes où vous êtes.
groups-mine = Mes groupes
groups-empty = Vous n’êtes encore dans aucun groupe.
groups-empty-what = Une association, un quartier, un club : suivez un groupe, et ses messages viendront ici.
groups-empty-go = Chercher un groupe
groups-quiet = Vos groupes sont encore calmes.

# Étiquettes
tag-heading = Étiquette #{ $tag }
tag-empty = Aucun message avec cette étiquette.
tag-follow = Suivre l’étiquette
tag-unfollow = Ne plus suivre l’étiquette
tags-mine = Mes étiquettes
tags-what = Les messages publics qui portent une étiquette suivie viennent sur votre page d’accueil.
tags-empty = Vous ne suivez encore aucune étiquette.
tags-empty-what = Une étiquette est un mot précédé de #, comme #marché.
tag-add = Suivre une étiquette de plus
tag-name = Étiquette
tag-name-hint = Un seul mot, avec ou sans #.
tag-is-none = Ce n’est pas une étiquette : donnez un seul mot, sans espace ni ponctuation.
done-tag-followed = Vous suivez cette étiquette.
done-tag-unfollowed = Vous ne suivez plus cette étiquette.

# Listes
lists-what = Une liste réunit quelques personnes que vous suivez, pour lire leurs messages à part. Vous seul la voyez.
lists-empty = Vous n’avez pas encore de liste.
lists-empty-what = Par exemple la famille, les associations, les commerçants.
list-new = Nouvelle liste
list-title = Nom de la liste
list-title-hint = Par exemple : Famille.
list-create = Créer la liste
list-change = Modifier la liste
list-apart = hors de l’accueil
list-back = Lire la liste
list-quiet = Rien à lire pour le moment.
list-quiet-what = Ajoutez des personnes, ou attendez qu’elles écrivent.
list-settings = Réglages de la liste
list-members = Personnes sur la liste
list-members-none = Personne encore.
list-remove = Retirer
list-add = Ajouter
list-add-heading = Ajouter des personnes
list-add-what = Seulement des personnes que vous suivez. Elles ne sont pas prévenues.
list-add-address = Adresse de la personne
list-add-address-hint = Comme @marie ou @paul@autre-ville.fr.
list-add-unknown = Vous ne suivez personne à cette adresse. Suivez d’abord cette personne, ou choisissez dans la liste.
list-answers = Réponses à montrer
list-answers-members = Celles entre personnes de la liste
list-answers-followed = Celles à toutes les personnes que vous suivez
list-answers-none = Aucune
list-exclusive = Les lire seulement ici
list-exclusive-hint = Leurs messages ne viennent plus sur votre page d’accueil.
list-delete = Supprimer la liste
list-delete-heading = Supprimer la liste « { $title } » ?
list-delete-what = Vous suivez toujours ces personnes ; seule la liste disparaît.
done-list-created = Votre liste est prête. Ajoutez-y des personnes.
done-list-deleted = La liste est supprimée.
done-list-added = C’est ajouté à la liste.
done-list-removed = C’est retiré de la liste.
