# La mairie : préparer la ville, accueillir, régler.

set-up-title = Préparer la ville
set-up-what = Bienvenue ! Quelques réponses, et la place est ouverte. Tout peut être changé plus tard.
set-up-town = La ville
set-up-account = Votre compte
set-up-go = Ouvrir la place
set-up-done = La place est ouverte et vous en avez les clés.
town-name = Nom de la ville
town-summary = En une phrase
town-summary-hint = Ce que lit une personne qui arrive ici pour la première fois.
town-rules = Règles
town-rules-hint = Une règle par ligne.
town-contact = Contact
town-contact-hint = Un téléphone, une adresse e-mail ou un bureau.
town-privacy = Ce que la mairie ajoute sur les données
town-privacy-hint = Se lit au bas de la page « Vos données » : qui héberge la machine, combien de temps durent les copies de sauvegarde, sur quelle base légale, qui est délégué à la protection des données.
town-language = Langue de la ville
town-time-zone = Fuseau horaire
town-time-zone-hint = Les heures des messages suivent celui-ci.
town-registration = Qui peut ouvrir un compte
town-hue = Couleur de la ville
town-hue-hint = Les boutons et les liens la prennent ; le clair et le sombre suivent.
hue-green = Vert sapin
hue-leaf = Vert feuille
hue-ochre = Ocre
hue-brick = Brique
hue-plum = Prune
hue-blue = Bleu ardoise
hue-lagoon = Bleu lagune
registration-open = Tout le monde
registration-approval = Sur demande, lue par la mairie
registration-invitation = Avec un code d’invitation
registration-closed = Personne pour le moment
staff-sign-ups = Inscriptions
staff-town = Réglages de la ville
waiting = Demandes de compte
waiting-none = Aucune demande en attente.
invitations = Invitations en cours
invitations-what = Celles de tous les habitants. Une fois reprise, une invitation n’ouvre plus de compte.
invitations-none = Aucune invitation en cours.
invitation-left = { $count ->
    [one] encore { $count } personne
   *[other] encore { $count } personnes
}
invitation-until = jusqu’au { $date }
done-approved = Le compte est ouvert.
done-rejected = La demande est refusée.
refusal-choice = Choisissez une des réponses proposées.
refusal-number = Donnez un nombre entier.
staff-reports = Signalements
reports-none = Rien à examiner.
reported-by = Signalé par { $name }
report-post = Message du { $date }
report-unseen = { $count ->
    [one] Un message signalé n’apparaît pas ici, parce qu’il ne vous est pas destiné ou n’existe plus.
   *[other] { $count } messages signalés n’apparaissent pas ici, parce qu’ils ne vous sont pas destinés ou n’existent plus.
}
report-forwarded = Transmis aussi à l’équipe de son serveur.
report-close = C’est vu
done-report-closed = Le signalement est classé.
