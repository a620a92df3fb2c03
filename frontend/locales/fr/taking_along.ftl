# Emporter ses données, en apporter d’ailleurs.

exports = Emporter mes données
exports-short = Vos messages, vos images, vos listes.
exports-open = Ouvrir
exports-what = Tout ce que vous avez fait ici est à vous. Gardez-en une copie, ou apportez-la sur un autre serveur.
exports-posts = Tous mes messages
exports-posts-what = Votre profil, vos messages et vos fichiers, dans une seule archive. Cela peut prendre quelques minutes.
exports-posts-do = Télécharger l’archive
exports-sheets = Mes listes
exports-sheets-what = Des tableaux que les autres serveurs savent lire, et votre tableur aussi.
exports-get = Télécharger
exports-get-which = Télécharger : { $name }
sheet-following = Personnes suivies
sheet-lists = Listes
sheet-blocked = Personnes bloquées
sheet-muted = Personnes masquées
sheet-domains = Serveurs bloqués
sheet-bookmarks = Signets
imports = Apporter des données
imports-short = Vos listes et vos messages d’un autre serveur.
imports-open = Ouvrir
imports-what = Choisissez un tableau (CSV) que vous avez téléchargé sur un autre serveur. Nous nous en occupons peu à peu ; vous pouvez fermer la page.
imports-kind = Que contient ce tableau ?
imports-file = Fichier
imports-file-hint = Un fichier .csv de { $size } Mo au plus.
imports-how = Et ce qui est déjà ici ?
imports-merge = Garder, et ajouter ce qui est dans le fichier
imports-overwrite = Remplacer : ce qui n’est pas dans le fichier est retiré
imports-do = Apporter
imports-list = Ce que vous avez apporté
imports-progress = { $settled } sur { $total }
imports-going = En cours.
imports-finished = Terminé.
imports-failed =
    { $count ->
        [one] Une ligne n’a pas pu être reprise :
       *[other] { $count } lignes n’ont pas pu être reprises :
    }
imports-failed-more = Et d’autres encore.
imports-posts = Apporter mes messages
imports-posts-what = Vous avez écrit ailleurs ? Téléchargez-y l’archive de vos messages et choisissez-la ici. Ils prendront place sur votre page, à leur date, avec leurs images. Personne n’en est averti et rien ne part vers d’autres serveurs.
imports-posts-which = Ne sont pas repris : les messages du dernier jour, ceux adressés à quelques personnes ou aux communes voisines, les réponses aux autres, les partages et les sondages eux-mêmes. Ce qui était pour vos abonnés le reste. Une archive apportée deux fois n’ajoute rien, et ce que vous avez supprimé ici ne revient pas.
imports-posts-own = C’est moi qui ai écrit ces messages
imports-posts-file = Archive
imports-posts-file-hint = Un fichier .zip ou .tar.gz de { $size } Mo au plus, d’une ville comme celle-ci ou de Mastodon.
imports-posts-do = Apporter mes messages
imports-posts-kind = Messages
imports-posts-failed = Ce qui n’a pas pu être repris :
imports-stop = Arrêter
imports-forget = Effacer de la liste
done-import-begun = C’est bien arrivé. Nous nous en occupons.
done-import-forgotten = C’est retiré de la liste.
