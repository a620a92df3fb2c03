# La ville pour qui n’a pas de compte, sur un téléphone, sur d’autres sites, et les premiers pas.

# Lire ailleurs
feed-person = Suivre dans un lecteur de nouvelles (Atom)
feed-town = Lire dans un lecteur de nouvelles (Atom)
feed-tag = Lire cette étiquette dans un lecteur de nouvelles (Atom)

# Suivre et répondre depuis un autre serveur
follow-from-elsewhere = Suivre
reply-from-elsewhere = Répondre
follow-from = Suivre { $name }
reply-from = Répondre à { $name }
from-elsewhere-what = Vous avez déjà un compte sur le serveur d’une autre ville, ou sur Mastodon ? Donnez son adresse : nous vous y emmenons, et tout se passe chez vous.
elsewhere-address = Votre adresse
elsewhere-address-hint = Comme @nom@serveur.fr. Nous ne la gardons pas.
elsewhere-go = Continuer sur mon serveur
elsewhere-here = Vous habitez { $town } ?
refusal-address-incomplete = Il nous faut votre adresse entière, comme @nom@serveur.fr.
refusal-address-unknown = Ce serveur ne connaît pas cette adresse. Vérifiez l’orthographe.
refusal-address-silent = Ce serveur ne répond pas. Réessayez un peu plus tard.
refusal-address-no-way = Ce serveur ne dit pas comment venir d’ici. Copiez l’adresse de cette page dans sa recherche.

# Sans réseau
offline = Vous êtes hors ligne
offline-what = Cette page attend le retour du réseau. Un message envoyé entre-temps attend sur cet appareil et partira tout seul.
offline-home = Revoir ma page d’accueil
offline-kept = Vous êtes hors ligne. Voici votre page d’accueil comme elle était le

# Premiers pas
first-steps-n = Étape { $count } sur 3
first-steps-who = Qui êtes-vous ?
first-steps-who-what = Un nom et une image, pour que vos voisins vous reconnaissent. Tout peut être changé plus tard, et rien n’est obligatoire.
first-steps-people = Qui est là ?
first-steps-people-what = Suivez qui vous voulez : leurs messages viendront sur votre page d’accueil.
first-steps-hall = La mairie et l’équipe
first-steps-groups = Associations et groupes
first-steps-neighbours = Voisins
first-steps-nobody = Personne ne se montre ici pour le moment. Vous êtes parmi les premiers !
first-steps-how = Comment ça marche ?
first-steps-audience = Qui verra ce que vous écrivez
first-steps-audience-what = Vous le choisissez pour chaque message.
first-steps-trouble = Si quelque chose ne va pas
first-steps-trouble-what = Sous chaque message et sur chaque profil, le menu « … » permet de signaler, de masquer ou de bloquer. Un signalement est lu par des personnes de la ville, et n’est montré à personne d’autre.
first-steps-town = { $town } tient ce service et le paie. Il n’y a pas de publicité, et rien de ce que vous faites ici n’est vendu.
first-steps-next = Continuer
first-steps-skip = Passer
first-steps-done = Aller sur la place

# Pour d’autres sites
embedding = Sur un autre site
embedding-what = Les derniers messages publics de la ville, ou d’une association, peuvent se montrer sur un autre site, celui de la mairie par exemple. Sans programme et sans traceur.
embedding-line = La ligne à copier
embedding-line-hint = Collez-la dans la page de votre site, à l’endroit voulu.
embedding-see = Voir ce que cela donne
embedding-who = Pour une personne ou une association d’ici
embedding-who-hint = Son nom, comme @club. Laissez vide pour toute la ville.
embedding-go = Préparer la ligne
embedding-nobody = Personne ici ne porte ce nom.
embedding-link = Montrer la place sur un autre site
embed-empty = Aucun message pour le moment.
embed-more = Tout lire sur la place de { $town }
