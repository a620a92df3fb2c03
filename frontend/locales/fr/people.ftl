# Les personnes : profils, abonnements.

edit-profile = Modifier mon profil
follow = Suivre
ask-to-follow = Demander à suivre
unfollow = Ne plus suivre
withdraw-request = Retirer ma demande
block = Bloquer
unblock = Débloquer
mute = Masquer ses messages
unmute = Ne plus masquer
remove-follower = Retirer de mes abonnés
write-to = Lui écrire
accept = Accepter
refuse = Refuser
mark-locked = Choisit ses abonnés
mark-follows-you = Vous suit
mark-muted = Masqué
mark-blocked = Bloqué
from-elsewhere = Cette personne est sur le serveur d’une autre ville ou d’un autre réseau, { $domain }. Les nombres et les messages peuvent être incomplets ici.
asks-to-follow = { $name } demande à vous suivre.
profile-tabs = Ce que montre le profil
tab-posts = Messages
tab-replies = Avec les réponses
tab-media = Images
profile-empty = Aucun message à montrer.
profile-empty-elsewhere = Les messages de cette personne arriveront ici quand un habitant la suivra.
since = Depuis le { $date }
n-posts = { $count ->
    [one] { $count } message
   *[other] { $count } messages
}
n-following = { $count ->
    [one] { $count } abonnement
   *[other] { $count } abonnements
}
n-followers = { $count ->
    [one] { $count } abonné
   *[other] { $count } abonnés
}
followers-of = Abonnés de { $name }
following-of = Abonnements de { $name }
followers-empty = Aucun abonné à montrer.
following-empty = Aucun abonnement à montrer.
follows-hidden = { $name } ne montre ni ses abonnements ni ses abonnés.
requests-what = Ces personnes demandent à vous suivre. Vos messages pour vos abonnés ne leur seront montrés que si vous acceptez.
requests-empty = Aucune demande en attente.
block-heading = Bloquer { $name } ?
block-what = Cette personne ne pourra plus voir vos messages, vous répondre ni vous suivre, et vous ne verrez plus les siens. Elle n’en est pas prévenue.
mute-heading = Masquer { $name } ?
mute-what = Vous ne verrez plus ses messages ni ses partages. Cette personne n’en saura rien, et vous pouvez y revenir quand vous voulez.
mute-how-long = Pour combien de temps ?
mute-hour = Une heure
mute-day = Un jour
mute-week = Une semaine
mute-always = Jusqu’à ce que je change d’avis
mute-notices = Masquer aussi ses avis
mute-notices-hint = Ses réponses et ses « j’aime » ne vous seront plus signalés.
mute-yes = Masquer
done-blocked = Cette personne est bloquée.
done-unblocked = Cette personne n’est plus bloquée.
done-muted = Vous ne verrez plus ses messages.
done-unmuted = Vous verrez de nouveau ses messages.
done-requested = Votre demande est envoyée.
done-followed = Vous suivez cette personne.
done-unfollowed = Vous ne suivez plus cette personne.
done-accepted = Cette personne vous suit maintenant.
done-refused = C’est refusé.
report = Signaler
report-heading = Signaler { $name }
report-what = L’équipe de la mairie le lira. La personne n’en saura rien.
report-why = De quoi s’agit-il ?
report-spam = De la publicité ou une arnaque
report-rules = Cela ne respecte pas les règles
report-legal = C’est contraire à la loi
report-other = Autre chose
report-words = En quelques mots
report-forward = Transmettre aussi, sans votre nom, à l’équipe de { $domain }
report-send = Envoyer
done-reported = Merci, la mairie va regarder.
has-moved = { $name } a déménagé :

# Ce que l’on règle pour une personne
tab-about = À propos
tab-groups = Groupes
groups-of = Groupes dont { $name } s’occupe
groups-of-none = { $name } ne s’occupe d’aucun groupe de la ville.
groups-only-you = Cette liste n’est montrée qu’à vous. Ici, les autres ne voient que les groupes dont vous vous occupez ; ceux que vous suivez figurent aussi parmi vos abonnements.
groups-in-your-hands = Vous vous en occupez
follow-options = Ce que je vois de cette personne
follow-shares = Montrer aussi ce qu’elle partage
follow-told = Me prévenir de chacun de ses messages
follow-languages = Choisir des langues
follow-languages-only = Seulement les messages écrits en :
follow-languages-hint = Si vous ne cochez rien, vous les voyez dans toutes les langues. Ceux dont la langue n’est pas indiquée restent visibles dans tous les cas.
note = Ma note
note-what = Vous seul la voyez.
note-add = Noter quelque chose sur cette personne
familiar = Parmi ses abonnés que vous suivez :
familiar-more = { $count ->
    [one] et une autre personne
   *[other] et { $count } autres personnes
}
on-lists = Mettre sur mes listes
block-server = Bloquer tout { $domain }
server-block-heading = Bloquer tout le serveur { $domain } ?
server-block-what = Vous ne verrez plus rien des personnes de ce serveur, et ni vous ni elles ne pourrez plus vous suivre. Rien ne change pour les autres habitants.
blocked-servers = Serveurs bloqués
blocked-servers-what = Vous ne voyez plus rien des personnes de ces serveurs d’autres villes.
blocked-servers-none = Aucun serveur.
server-to-block = Bloquer un serveur
server-to-block-hint = Son nom, comme autre-ville.fr
server-block = Bloquer ce serveur
muted-until = jusqu’au { $when }
mark-muted-until = Masqué jusqu’au { $when }
about-more = Sur ce compte
about-page = Adresse
about-since = Compte ouvert
about-known-since = Connu ici
about-last-post = Dernier message
about-home = Sa page
recommends = Les personnes que { $name } recommande
speaks-of = Ses étiquettes
done-note = C’est noté. Vous seul le voyez.
done-server-blocked = Ce serveur est bloqué pour vous.
done-server-unblocked = Ce serveur n’est plus bloqué pour vous.
memberships-heading = Sur quelles listes mettre { $name } ?
memberships-none = Vous n’avez pas encore de liste.
