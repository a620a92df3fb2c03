# Ce qui entoure chaque page, et les pages de la ville.

skip = Aller au contenu
menu = Menu
nav = Principal
nav-home = Accueil
nav-town = Ma ville
nav-write = Écrire
nav-search = Recherche
nav-notices = Avis
nav-unread = non lus
nav-requests = Demandes
nav-favourites = Favoris
nav-bookmarks = Signets
nav-me = Moi
nav-profile = Mon profil
nav-settings = Réglages
nav-staff = Mairie
nav-about = À propos
foot = Pied de page
square = Sur la place
write = Écrire
log-in = Se connecter
nav-log-in = Connexion
log-out = Se déconnecter
join = Créer un compte
save = Enregistrer
cancel = Annuler
pages = Pages
older = Messages plus anciens
older-people = Voir la suite
newest = Revenir au début
up-to-date = Vous êtes à jour
order-note = Les messages sont rangés du plus récent au plus ancien, toujours.

# La mairie, à droite
town-hall = La mairie
contact = Contact
about-link = À propos, règles et contact
rules = Les règles d’ici

# Pour qui n’a pas de compte
landing-title = Bienvenue
landing-heading = { $town }, entre voisins
landing-lead = La place publique en ligne de { $town } : ses habitants, ses associations, sa mairie.
landing-point-order = Les messages sont rangés par heure, rien d’autre ne décide de ce que vous voyez.
landing-point-free = Sans publicité et sans pistage. La ville tient ce service.
landing-point-neighbours = Vous parlez aussi avec les habitants des autres villes, et avec tous ceux qui utilisent Mastodon et les réseaux ouverts.
landing-posts = Sur la place en ce moment
associations = Associations
associations-what = Celles de { $town } qui veulent bien qu’on les trouve, les dernières venues d’abord.
associations-none = Aucune association ne se montre encore ici.
associations-all = Toutes les associations

# Une ville que personne n’a encore préparée
not-open = Cette ville n’est pas encore ouverte
not-open-what = Quelqu’un est en train de préparer la place. Revenez bientôt : vous serez les bienvenus.
not-open-yours = C’est vous qui la préparez ?
not-open-link = À son démarrage, le programme a écrit une ligne avec un lien. Ouvrez ce lien : vous y donnerez un nom à la ville et ouvrirez votre compte.
not-open-again = Vous ne retrouvez plus la ligne ? Redémarrez le programme, il l’écrit de nouveau.

# Pages
town-what = Tout ce que les habitants écrivent pour la ville ou pour tout le monde.
town-what-visitor = Ce que les habitants écrivent pour tout le monde.
town-empty = La place est encore calme.
home-empty = Votre page d’accueil est encore vide.
home-empty-what = Suivez des voisins, des associations ou la mairie : leurs messages viendront ici.
home-empty-go = Voir qui est là
favourites-what = Les messages que vous avez aimés. Leurs auteurs le savent.
favourites-empty = Vous n’avez encore aimé aucun message.
bookmarks-what = Les messages que vous gardez pour plus tard. Vous seul les voyez ici.
bookmarks-empty = Vous n’avez encore gardé aucun message.

# Recherche
search-label = Une personne, un mot, une adresse
search-hint = Un nom d’ici, une adresse comme @nom@autre-ville.fr, ou le lien d’une page d’un autre serveur.
search-hint-visitor = Un nom ou un mot.
search-go = Chercher
search-how = Chercher plus précisément
search-what = Vous trouvez vos propres messages, ceux qui vous nomment, ceux que vous avez aimés, partagés ou gardés, et les messages publics des personnes qui acceptent qu’on les trouve. Les plus récents viennent d’abord.
search-how-what = Tous les mots doivent se trouver dans le message ; entre "guillemets" ils se suivent, et un - devant un mot l’écarte. Vous pouvez ajouter from:@nom ou from:me pour l’auteur, #étiquette ou @nom pour ce que le message cite, has:image, has:video, has:audio, has:poll ou has:link pour ce qu’il contient, is:reply ou is:sensitive pour ce qu’il est, language:fr pour sa langue, before:2026-03-01, after:2026-03-01 ou during:2026-03 pour sa date, in:library pour ne chercher que parmi ce qui vous touche, in:public parmi les messages publics.
search-people = Personnes
search-groups = Groupes
search-more-people = Plus de personnes
search-tags = Étiquettes
search-posts = Messages
search-nothing = Rien trouvé pour « { $query } ».
search-nothing-what = Vérifiez l’orthographe, ou essayez avec l’adresse complète.
search-unreachable = Le serveur de cette adresse ne répond pas. Réessayez un peu plus tard.

# Avis
notices-empty = Pas encore d’avis.
notices-empty-what = Vous verrez ici qui vous répond, vous suit ou aime vos messages.
unread = non lu
see-requests = Voir les demandes
notice-mention = vous parle
notice-post = a écrit un message
notice-follow-request = demande à vous suivre
notice-sign-up = demande un compte
notice-report = a fait un signalement
notice-neighbour = propose d’être commune voisine
notice-edit = a modifié un message que vous avez partagé ou aimé

# À propos
about-who = Qui tient ce service
about-staff = Ces personnes veillent sur la place. Vous pouvez leur écrire.
about-how = Comment ça marche
about-how-order = Vous voyez les messages des gens que vous suivez, du plus récent au plus ancien. Aucun calcul ne choisit à votre place.
about-how-audience = Pour chaque message, vous choisissez qui le verra : tout le monde, la ville seulement, vos abonnés, ou les personnes que vous nommez.
about-how-elsewhere = Cette place parle avec celles d’autres villes et avec tous les réseaux ouverts. Ce que vous y envoyez y est gardé en copie ; si vous l’effacez ici, nous demandons aux autres serveurs de l’effacer aussi.
your-data = Vos données
your-data-what = Ce que { $town } garde de vous, où, combien de temps, et qui peut le lire
your-data-since = Ce texte de la mairie date du { $date }.
about-joining = Ouvrir un compte
rules-none = La ville n’a pas encore écrit ses règles.
contact-none = La ville n’a pas encore indiqué de contact.
joining-open = Toute personne peut ouvrir un compte.
joining-approval = Toute personne peut demander un compte. Quelqu’un de la ville lit chaque demande.
joining-invitation = Il faut un code d’invitation, donné par la mairie ou par un habitant.
joining-closed = On ne peut pas ouvrir de compte pour le moment.

# Quand quelque chose ne va pas
error-home = Retour à l’accueil
error-operation = Si vous en parlez à la mairie, donnez ce numéro : { $id }
error-not-found = Cette page n’existe pas
error-not-found-what = Elle a pu être effacée, ou son auteur ne la montre pas à tout le monde.
error-forbidden = Ce n’est pas permis
error-stale = Cette page était ouverte depuis trop longtemps
error-stale-what = Par sécurité, nous n’avons rien fait. Revenez en arrière, rechargez la page et recommencez.
error-too-many = Un peu trop vite
error-invalid = Quelque chose ne convient pas
error-too-large = C’est trop lourd
error-too-large-what = Une image peut peser au plus { $size } Mo.
error-too-much-what = C’est plus que ce que la ville prend en une fois. Envoyez moins d’images, ou de plus petites.
error-bad-request = Nous n’avons pas compris cette demande
error-bad-request-what = L’adresse ou le formulaire n’est pas complet. Revenez en arrière et recommencez.
error-method = Cette page ne se demande pas ainsi
error-method-what = Revenez à l’accueil et passez par les boutons de la page.
error-broken = Quelque chose s’est cassé chez nous
error-broken-what = Ce n’est pas votre faute, et rien d’autre n’est perdu. Réessayez dans un moment.
error-unavailable = La ville fait une pause
error-unavailable-what = Ses pages reviennent dans un instant. Rien n’est perdu : réessayez dans une minute.
error-full = La ville ne peut plus rien enregistrer
error-full-what = Sa mémoire est pleine. Ce que vous venez d’envoyer n’a pas été gardé, tout le reste est là. Gardez votre texte et réessayez plus tard ; la mairie voit le problème dans son journal.
error-unknown-town = Aucune ville de ce nom n’habite ici
error-unknown-town-what = Vérifiez l’adresse. Si elle est juste, la ville n’a pas encore ouvert ses portes, ou elle a déménagé.
error-too-slow = La réponse se fait trop attendre
error-too-slow-what = Nous avons arrêté d’attendre. Réessayez dans une minute.
