# Les messages : lire, écrire, répondre.

reply = Répondre
share = Partager
favourite = J’aime
bookmark = Garder
pin = Épingler sur ma page
unpin = Ne plus épingler
pinned = Épinglé
edit = Modifier
delete = Supprimer
edited-at = modifié le { $date }
edited = modifié
shared-by = a partagé
answers-to = En réponse à
in-group = Dans le groupe
group-closed = Les personnes qui s’occupent du groupe ont fermé cette discussion : on peut la lire, plus y répondre.
group-took-out = Retiré du groupe { $group } par les personnes qui s’en occupent.
group-their-reason = Leur raison :
warning-open = (ouvrir)
sensitive-pictures = Images sensibles
sensitive-recordings = Son ou vidéo sensible
a-video = Vidéo
a-sound = Son
attached-file = Fichier joint
preview-by = Par { $name }
more-about = Plus, à propos de { $name }
see-at-home = Voir sur son serveur
from-here = { $name } · { $town }
from-there = { $name } · { $domain }
kind-group = Association
kind-organization = Mairie ou service
kind-service = Compte automatique
post-by = Message de { $name }
log-in-to-reply = Connectez-vous pour répondre

n-replies = { $count ->
    [one] { $count } réponse
   *[other] { $count } réponses
}
n-shares = { $count ->
    [one] { $count } partage
   *[other] { $count } partages
}
n-favourites = { $count ->
    [one] { $count } favori
   *[other] { $count } favoris
}

# Qui verra
audience-public = Tout le monde
audience-unlisted = Tout le monde, discrètement
audience-neighbours = La ville et les communes voisines
audience-town = { $town } seulement
audience-followers = Mes abonnés
audience-followers-theirs = Ses abonnés
audience-group = Les membres du groupe
audience-direct = Les personnes nommées
consequence-public = Visible par tous, ici et ailleurs. Les serveurs de vos abonnés en gardent une copie.
consequence-unlisted = Visible par qui a le lien ou vous suit, mais absent des pages publiques de la ville.
consequence-neighbours = Visible par les habitants de { $town } et des communes voisines qui ont un compte. Une copie est gardée dans ces communes, et nulle part ailleurs.
consequence-town = Visible par les habitants de { $town } qui ont un compte. Rien ne sort de ce serveur.
consequence-followers = Visible par vos abonnés et les personnes nommées. Leurs serveurs en gardent une copie.
consequence-direct = Visible par les personnes que vous nommez avec @. Ce n’est pas chiffré : les responsables des serveurs pourraient le lire.

# Écrire
publish = Publier
write-heading = Écrire un message
reply-heading = Répondre
edit-heading = Modifier le message
compose-text = Votre message
compose-news = Quoi de neuf à { $town } ?
compose-answer = Votre réponse
answering = Vous répondez à { $name }
compose-warning = Avertissement
compose-warning-hint = Le message reste replié derrière cette ligne.
compose-audience = Qui verra ce message
compose-language = Langue du message
compose-more = Plus de choix
compose-sensitive = Ce que je joins peut heurter : le cacher d’abord
pictures = Photos, son, vidéo
picture-n = Fichier { $count }
picture-description = Description pour qui ne voit pas l’image
picture-description-why = Ce qu’on y voit, en une phrase
description-recalled = C’est ce que vous aviez écrit pour ce même fichier. Vous pouvez le changer.

# Effacer
delete-heading = Supprimer ce message ?
delete-what = Il disparaît d’ici tout de suite, et nous demandons aux autres serveurs de l’effacer. On ne peut pas revenir en arrière.
delete-yes = Supprimer

# Ce qui vient d’être fait
done-published = Votre message est publié.
done-edited = Votre message est modifié.
done-deleted = Votre message est supprimé.

# Les copies d’un message sur les serveurs d’autres villes
copies = Copies ailleurs
copies-of = Votre message du { $date }
copies-what = Quand des gens d’ailleurs vous suivent ou reçoivent votre message, le serveur de leur ville en garde une copie. Voici lesquels.
copies-none = Aucun serveur d’une autre ville n’a reçu ce message de nous.
copy-since = Copie depuis le { $date }
copy-held = A une copie
copy-coming = En route
copy-declined = N’en a pas voulu
copy-unreached = Ne répond pas : rien n’a pu lui être remis
copy-forgotten = A confirmé la suppression le { $date }
copy-asked = N’a pas encore confirmé : nous redemandons
copy-silent = Ne répond plus : nous ne savons pas s’il a supprimé sa copie
copy-unheeding = N’accepte pas notre demande : nous ne savons pas s’il a supprimé sa copie
copies-deleted-at = Supprimé le { $date }.
copies-servers-told = { $count ->
    [one] { $count } serveur a été prévenu,
   *[other] { $count } serveurs ont été prévenus,
}
copies-confirmed = { $count ->
    [0] aucun ne l’a confirmé.
    [one] { $count } l’a confirmé.
   *[other] { $count } l’ont confirmé.
}
copies-deleted-what = Un serveur qui confirme dit qu’il a reçu la demande. Nous ne pouvons pas regarder chez lui s’il a vraiment tout effacé.
copies-all-deleted = Tous vos messages supprimés
copies-deleted = Copies des messages supprimés
copies-deleted-list-what = Pour chaque message supprimé : quels serveurs d’autres villes en ont été prévenus, et lesquels l’ont confirmé. Du message lui-même, il ne reste rien ici.
copies-deleted-see = Voir les messages supprimés
copies-deleted-none = Aucun serveur d’une autre ville n’a eu à oublier un de vos messages.
older-servers = Voir la suite
older-deletions = Voir plus ancien

# Un évènement d’ailleurs, raconté dans un message.
event-at = Quand : { $when }
event-from-to = Quand : { $from } – { $to }
event-where = Où : { $place }
event-cancelled = Annulé.
