# Écrire : le formulaire entier, les fichiers, les brouillons, les messages programmés.

compose-left = signes restants
compose-warning-label = Ce que l’on lit d’abord
reach-public = Visible par tous, ici et ailleurs.
reach-unlisted = Visible par qui a le lien ou vous suit, mais absent des pages publiques de la ville.
reach-followers = { $count ->
    [0] Vous n’avez pas encore d’abonné : seules les personnes nommées le verront.
    [one] Visible par votre abonné et les personnes nommées.
   *[other] Visible par vos { $count } abonnés et les personnes nommées.
}
reach-copies = { $count ->
    [0] Aucun serveur d’une autre ville n’en gardera de copie, sauf ceux des personnes que vous nommez.
    [one] { $count } serveur d’une autre ville en gardera une copie, et ceux des personnes que vous nommez.
   *[other] { $count } serveurs d’autres villes en garderont une copie, et ceux des personnes que vous nommez.
}
write-gone = Le message dont il s’agissait n’est plus là. Votre texte est gardé : relisez-le avant de publier.
write-unsure = Votre session a changé entre-temps. Votre texte est gardé : relisez-le et publiez de nouveau. Un fichier choisi devra peut-être l’être de nouveau.
log-in-text-kept = Votre session a pris fin pendant que vous écriviez. Votre texte n’est pas perdu : connectez-vous, il vous attend dans vos brouillons. Un fichier choisi devra peut-être l’être de nouveau.

# Mettre en forme
formatting = Mettre en forme
formatting-name = nom
formatting-word = mot
formatting-mention = nomme une personne et la prévient
formatting-tag = fait une étiquette, que d’autres peuvent suivre
formatting-slanted = penché
formatting-bold = gras
formatting-list = un point d’une liste, chacun sur sa ligne
formatting-numbers = une liste numérotée
formatting-quote = les mots de quelqu’un d’autre
formatting-link = un lien sur un mot
formatting-code = écrit tel quel, sans mise en forme

# Fichiers
attached = Fichiers joints
attached-earlier = Avancer
attached-later = Reculer
attached-remove = Retirer
pictures-hint = Photos, son ou vidéo. Quatre au plus ; 40 Mo au plus pour un son ou une vidéo.
pictures-choose = Choisir des fichiers, ou les déposer ici
pictures-send = Envoyer et voir
recording-description = Description pour qui n’entend pas ou ne voit pas
focal = Choisir ce qui reste visible
focal-hint = Quand l’image est recadrée, ce point reste dans le cadre. Vous pouvez aussi toucher l’image.
focal-across = De gauche (0) à droite (100)
focal-down = Du haut (0) au bas (100)
upload-sending = Envoi de
upload-added = Le fichier est ajouté. Vous pouvez le décrire.
upload-failed = L’envoi n’a pas abouti. Vérifiez la connexion et réessayez.
upload-log-in = Votre session a pris fin. Publiez ou enregistrez : votre texte sera gardé pendant que vous vous reconnectez.
upload-full = Pas plus de { $count } fichiers par message.
suggestions-found = propositions. Flèches pour choisir, Entrée pour prendre.

# Programmer
schedule = Programmer
schedule-when = Publier le
schedule-hint = À l’heure de { $town }. Laissez vide pour publier tout de suite.
scheduled = Messages programmés
scheduled-what = Ils seront publiés à l’heure dite, heure de { $town }.
scheduled-refused = Ce message n’a pas pu être publié. Relisez-le, puis choisissez une autre date ou publiez-le.
scheduled-change = Modifier
scheduled-delete-yes = Oui, ne pas le publier

# Brouillons
draft-save = Garder en brouillon
drafts = Brouillons et programmés
drafts-link = { $count ->
    [one] { $count } brouillon
   *[other] { $count } brouillons
}
drafts-heading = Brouillons
drafts-what = Ce que vous avez commencé. Vous seul le voyez ; 50 au plus.
drafts-none = Aucun brouillon pour l’instant.
draft-saved = Enregistré le { $when }
draft-no-words = Sans texte
draft-files = { $count ->
    [one] { $count } fichier joint
   *[other] { $count } fichiers joints
}
draft-go-on = Continuer
draft-delete-yes = Oui, jeter ce brouillon
done-draft-saved = Votre brouillon est enregistré.
done-draft-deleted = Le brouillon est supprimé.
done-scheduled = Votre message sera publié à l’heure dite.
done-scheduled-cancelled = Le message ne sera pas publié.

# Les langues, chacune dans la sienne
tongue-fr = Français
tongue-en = English
tongue-de = Deutsch
tongue-es = Español
tongue-it = Italiano
tongue-pt = Português
tongue-nl = Nederlands
tongue-pl = Polski
tongue-uk = Українська
tongue-tr = Türkçe
tongue-ar = العربية
tongue-br = Brezhoneg
tongue-ca = Català
tongue-co = Corsu
tongue-eu = Euskara
tongue-oc = Occitan

# Avant de publier des images dont personne n’a rien dit
reminder = Me rappeler de décrire mes images
reminder-hint = Une fois par message, juste avant de le publier. Vous restez libre de publier sans.
reminder-lacking =
    { $count ->
        [one] Une image n’a pas de description.
       *[other] { $count } images n’ont pas de description.
    }
reminder-why = Quelques mots suffisent à qui ne la voit pas : « Le lavoir sous la neige », par exemple. Rien n’est encore publié.
reminder-describe = Ajouter une description
reminder-publish = Publier quand même

# Comment l’on écrit d’habitude
habits = Mes messages, d’habitude
habits-what = Ce que le formulaire propose quand vous écrivez, ici et dans vos applications. Vous pourrez choisir autrement pour chaque message.
habits-audience = Qui les voit
habits-language = Langue
habits-language-hint = La dernière que vous avez choisie en écrivant prend cette place.
habits-language-page = Celle des pages
habits-sensitive = Cacher d’abord mes images
habits-sensitive-hint = On les voit après avoir touché l’avertissement.
