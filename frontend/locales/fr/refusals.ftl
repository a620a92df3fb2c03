# Ce que le site répond quand une demande ne peut pas aboutir : dire simplement quoi faire.

## Partout

refusal-not-found = Cette page n’existe pas, ou elle ne vous est pas ouverte.
refusal-not-yours = Vous ne pouvez changer que ce qui est à vous.
refusal-blocked = Ce n’est pas possible avec cette personne.
refusal-self = Vous ne pouvez pas faire cela avec votre propre compte.
refusal-suspended = Ce compte est suspendu. Écrivez à l’équipe du site pour en parler.
refusal-too-often =
    { $minutes ->
        [one] C’était beaucoup d’un coup. Réessayez dans { $minutes } minute.
       *[other] C’était beaucoup d’un coup. Réessayez dans { $minutes } minutes.
    }
refusal-file-missing = Choisissez d’abord un fichier.
refusal-time-zone-unknown = Ce fuseau horaire n’existe pas. Choisissez-en un dans la liste.
refusal-language-unknown = Cette langue n’est pas proposée. Choisissez-en une dans la liste.
refusal-languages-many = Choisissez { $limit } langues au plus.

## Messages

refusal-text-empty = Écrivez quelques mots ou ajoutez une image avant d’envoyer.
refusal-text-too-long =
    Votre message est trop long : { $count } caractères pour { $limit } au plus. Raccourcissez-le ou envoyez-le en plusieurs fois.
refusal-summary-too-long = L’avertissement est trop long : { $limit } caractères au plus.
refusal-too-many-pictures =
    { $limit ->
        [one] Une seule image est possible par message.
       *[other] Pas plus de { $limit } images par message : retirez-en.
    }
refusal-picture-unreadable = Cette image n’a pas pu être lue. Essayez avec un fichier JPEG, PNG, GIF ou WebP.
refusal-recording-unreadable = Ce son ou cette vidéo n’a pas pu être lu. Essayez avec un fichier MP4, WebM, MP3, M4A, Ogg, FLAC ou WAV.
refusal-recording-too-large = Ce son ou cette vidéo est trop lourd. Réduisez le fichier, puis essayez de nouveau.
refusal-recording-too-long = Ce son ou cette vidéo est trop long.
refusal-media-not-ready = Un fichier est encore en préparation. Essayez de nouveau dans un instant !
refusal-media-failed = Ce fichier n’a pas pu être préparé. Essayez avec un autre.
refusal-media-in-use = Ce fichier appartient à un message.
refusal-picture-too-large = Cette image est trop grande. Réduisez-la, puis essayez de nouveau.
refusal-description-too-long = La description de l’image est trop longue : { $limit } caractères au plus.
refusal-audience-unknown = Choisissez dans la liste à qui ce message s’adresse.
refusal-cannot-boost = Ce message n’est pas pour tout le monde : il ne peut pas être partagé.
refusal-quote-not-wanted = Son auteur ne souhaite pas que ce message soit cité.
refusal-reply-not-wanted = Son auteur ne souhaite pas que vous répondiez à ce message.
refusal-thread-closed = Les personnes qui s’occupent de ce groupe ont fermé cette discussion : on ne peut plus y répondre.
refusal-out-of-group = Les personnes qui s’occupent de ce groupe n’y prennent plus vos messages.
refusal-share-not-wanted = Son auteur ne souhaite pas que ce message soit partagé.
refusal-favourite-not-wanted = Son auteur ne souhaite pas que ce message soit aimé.
refusal-quoters-unknown = Choisissez dans la liste qui peut citer ce message.

## Sondages

refusal-poll-few-options = Un sondage propose deux réponses au moins : remplissez-en une de plus.
refusal-poll-many-options = Un sondage propose { $limit } réponses au plus : retirez-en.
refusal-poll-long-option = Une réponse est trop longue : { $limit } caractères au plus.
refusal-poll-same-options = Deux réponses sont les mêmes : changez-en une.
refusal-poll-too-short = Un sondage dure cinq minutes au moins.
refusal-poll-too-long = Un sondage dure un mois au plus.
refusal-poll-with-pictures = Un message porte des images ou un sondage, pas les deux : gardez l’un des deux.
refusal-poll-own = C’est votre sondage : ce sont les autres qui votent.
refusal-poll-over = Ce sondage est terminé : on ne peut plus voter.
refusal-poll-voted = Vous avez déjà voté : un vote ne se change pas.
refusal-poll-choice = Choisissez parmi les réponses proposées, puis votez.

## Noms, inscription et connexion

refusal-username-taken = Ce nom d’utilisateur est déjà pris. Essayez-en un autre.
refusal-username-invalid = Un nom d’utilisateur a { $limit } caractères au plus : lettres de a à z sans accent, chiffres, et tiret bas « _ » sauf au début et à la fin.
refusal-username-reserved = Ce nom est réservé au site. Essayez-en un autre.
refusal-email-invalid = Cette adresse électronique semble incomplète. Elle doit ressembler à nom@exemple.fr.
refusal-email-taken = Cette adresse électronique sert déjà à un autre compte.
refusal-letter-link = Ce lien a déjà servi, ou il est trop ancien. Demandez-en un autre.
refusal-password-empty = Choisissez un mot de passe.
refusal-password-short =
    Ce mot de passe est trop court : il faut au moins { $limit } caractères. Une petite phrase convient très bien.
refusal-password-long = Ce mot de passe est trop long : { $limit } caractères au plus.
refusal-password-wrong = Le mot de passe actuel n’est pas le bon. Vérifiez la touche des majuscules et réessayez.
refusal-login-wrong = Le nom ou le mot de passe n’est pas le bon. Vérifiez-les et réessayez.
refusal-login-suspended = Ce compte est suspendu : la connexion est fermée. Écrivez à l’équipe du site pour en parler.
refusal-login-waiting = Votre inscription attend encore l’accord de l’équipe du site. Revenez un peu plus tard.
refusal-registration-closed = Les inscriptions sont fermées pour le moment.
refusal-invitation-invalid = Cette invitation n’est pas valable, ou elle a déjà servi. Demandez-en une nouvelle à la personne qui vous l’a donnée.
refusal-reason-needed = Dites en quelques mots pourquoi vous souhaitez vous inscrire.
refusal-terms-not-agreed = Pour vous inscrire, lisez les règles du site et cochez la case pour les accepter.
refusal-setup-link = Ce lien d’installation n’est pas le bon. Copiez-le en entier depuis le journal du serveur.
refusal-setup-done = L’installation est déjà faite. Connectez-vous avec le compte qui a été créé.

## Profil et réglages

refusal-name-empty = Donnez un nom.
refusal-display-name-too-long = Ce nom est trop long : { $limit } caractères au plus.
refusal-bio-too-long = Votre présentation est trop longue : { $limit } caractères au plus.
refusal-field-too-long = Cette ligne du profil est trop longue : { $limit } caractères au plus.
refusal-too-many-fields =
    { $limit ->
        [one] Le profil a une seule ligne de ce genre.
       *[other] Le profil a { $limit } lignes de ce genre au plus : retirez-en.
    }
refusal-site-unfit = Ce n’est pas le nom d’un site : { $site }. Il devrait ressembler à journal.example.
refusal-sites-full = Cela fait assez de sites : { $limit } au plus.

## Applications

refusal-scope-unknown = Ce droit n’existe pas : { $scope }.
refusal-app-name = Une application donne son nom, en { $limit } caractères au plus.
refusal-app-website = L’adresse du site de l’application n’est pas une adresse web.
refusal-app-redirect = Une adresse de retour de l’application manque ou ne peut pas être acceptée.
refusal-app-unknown = Cette application n’est pas connue ici, ou elle ne l’est plus. Recommencez depuis l’application.
refusal-app-redirect-unknown = L’application veut vous envoyer à une adresse qu’elle n’avait pas annoncée. Pour votre sécurité, nous nous arrêtons ici.
refusal-app-response = L’application demande l’accès d’une façon que ce site ne connaît pas.
refusal-app-challenge = L’application protège sa demande d’une façon que ce site n’accepte pas (il faut S256).
refusal-app-scopes-wider = L’application demande plus de droits qu’elle n’en avait annoncé.
refusal-cannot-pin = Un message privé, ou pour les communes voisines, ne peut pas être épinglé.
refusal-pins-full = Cinq messages sont déjà épinglés : retirez-en un d’abord.
refusal-no-alias = L’autre compte ne dit pas encore que celui-ci est aussi à vous : ajoutez-le là-bas d’abord.
refusal-moved-lately = Ce compte a déménagé il y a moins de trente jours.
refusal-aliases-full = C’est assez d’autres comptes : retirez-en un d’abord.
refusal-report-too-long = Ce signalement est trop long : mille caractères au plus.

## Choix de lecture

refusal-note-too-long = Cette note est trop longue : { $limit } caractères au plus.
refusal-domain-unfit = Ce n’est pas le nom d’un serveur d’une autre commune.
refusal-not-followed = Vous ne pouvez mettre en avant que des personnes que vous suivez.
refusal-tags-full = C’est assez d’étiquettes : { $limit } au plus. Retirez-en un d’abord.
refusal-list-title = Donnez à la liste un nom de { $limit } caractères au plus.
refusal-lists-full = C’est assez de listes : { $limit } au plus. Supprimez-en une d’abord.
refusal-on-list = Cette personne est déjà sur la liste.
refusal-filter-title = Donnez au filtre un nom de { $limit } caractères au plus.
refusal-filter-context = Dites où le filtre doit agir.
refusal-keyword = Donnez un mot ou une expression de { $limit } caractères au plus.
refusal-filters-full = C’est assez : { $limit } au plus. Supprimez-en d’abord.
refusal-time = Cette date n’est pas comprise.
refusal-drafts-full = C’est assez de brouillons : { $limit } au plus. Publiez-en ou jetez-en un d’abord.
refusal-draft-too-long = Ce brouillon est trop long pour être gardé.
refusal-draft-empty = Il n’y a encore rien à garder.
refusal-scheduled-soon = Un message programmé doit attendre cinq minutes au moins.
refusal-domain-blocks-full = C’est assez de serveurs bloqués : { $limit } au plus. Débloquez-en d’abord.
refusal-scheduled-full = C’est assez de messages programmés : { $limit } au plus. Publiez-en ou supprimez-en d’abord.
refusal-streams-full = Trop d’applications écoutent en même temps. Fermez-en et réessayez.
refusal-stream-scope = Cette application n’a pas la permission d’écouter cela.
refusal-announcement-text = Écrivez l’annonce, en { $limit } signes au plus.
refusal-announcement-end = La fin doit venir après le début, et après maintenant.
refusal-announcements-full = Il y a déjà { $limit } annonces : retirez-en une d’abord.
refusal-emoji = Répondez par un seul emoji.
refusal-emoji-full = Cette annonce a déjà { $limit } emojis différents : choisissez-en un parmi eux.

## Deux étapes, déménagement, départ

refusal-two-step-on = La connexion en deux étapes est déjà activée.
refusal-two-step-not-begun = Recommencez : la mise en place n’était pas commencée.
refusal-two-step-code = Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant et réessayez.
refusal-two-step-late = Cela a pris trop de temps. Recommencez avec votre mot de passe.
refusal-handle-unknown = Ce compte est introuvable. Vérifiez l’adresse : elle ressemble à @nom@serveur.example.
refusal-last-admin = Vous êtes la seule personne à administrer ce site. Confiez-le d’abord à quelqu’un d’autre.
refusal-leaving-unsure = Cochez la case pour confirmer.
refusal-recipients = Nommez une à { $limit } personnes.
refusal-recipient-unknown = Nous n’avons trouvé personne sous le nom « { $name } ».
refusal-recipient-unreachable = Ce message ne peut pas parvenir à { $name }. Il n’a été envoyé à personne.
refusal-names-another = @{ $name } recevrait aussi ce message. Si vous voulez seulement parler de cette personne, enlevez le signe @.

## Apporter des données

refusal-import-unreadable = Ce fichier n’est pas un tableau lisible. Choisissez le fichier .csv téléchargé sur l’autre serveur.
refusal-import-empty = Ce tableau ne contient rien. Choisissez un autre fichier.
refusal-import-unfit = Rien n’a été remplacé : cette ligne ne va pas dans ce tableau : « { $line } ». Est-ce le bon fichier ?
refusal-import-long = Ce tableau est trop long : { $limit } lignes au plus. Coupez-le en plusieurs fichiers.
refusal-import-large = Ce fichier est trop lourd : { $size } Mo au plus. Coupez-le en plusieurs fichiers.
refusal-imports-full = Trois tableaux sont déjà en cours. Attendez qu’ils soient finis.
refusal-import-kind = Dites ce que contient le tableau.
refusal-import-no-person = Cette personne est introuvable.
refusal-import-no-post = Ce message est introuvable.
refusal-import-not-followed = Vous ne suivez pas cette personne : seules celles que vous suivez vont sur une liste.
refusal-import-refused = Ce n’était pas possible.
refusal-archive-own = Cochez la case : on n’apporte que ses propres messages.
refusal-archive-busy = Une archive est déjà en cours. Attendez qu’elle soit finie.
refusal-archive-large = Cette archive est trop lourde : { $size } Mo au plus.
refusal-archive-unreadable = Cette archive n’est pas lisible. Choisissez le fichier .zip ou .tar.gz téléchargé sur l’autre serveur.
refusal-archive-empty = Il n’y a dans cette archive aucun message à reprendre.
refusal-archive-long = Il y a trop de messages dans cette archive.
refusal-archive-gone = L’archive n’est plus là. Apportez-la encore une fois.
refusal-colour = Nous ne comprenons pas cette couleur : choisissez-la avec la pipette, ou écrivez-la comme #0f5132.
refusal-passkey = Cette clé d’accès n’a pas pu être vérifiée. Réessayez, ou entrez avec votre mot de passe.
refusal-passkey-late = La page était ouverte depuis trop longtemps. Essayez encore une fois.
refusal-passkey-unverified = Votre appareil n’a pas demandé votre empreinte, votre visage ou son code. Réglez d’abord un code de verrouillage, ou entrez avec votre mot de passe.
refusal-passkey-unknown = Nous ne connaissons pas cette clé d’accès. Elle a peut-être été retirée : entrez avec votre mot de passe.
refusal-passkey-copied = Cette clé d’accès semble avoir été copiée. Entrez avec votre mot de passe, puis retirez-la dans vos réglages.
refusal-passkey-known = Cette clé d’accès est déjà enregistrée.
refusal-passkeys-many = Vous avez déjà { $limit } clés d’accès. Retirez-en une d’abord.
refusal-may-not-invite = Ici, les invitations viennent de la mairie.
refusal-invitations-many = Vous avez déjà { $limit } invitations en cours. Reprenez-en une d’abord.
refusal-neighbour-unknown = À cette adresse, aucune commune ne répond. Vérifiez-la, ou réessayez plus tard.
refusal-neighbour-blocked = Le serveur de cette commune est bloqué ici.
refusal-neighbours-too-many = Il y a déjà trop de communes voisines ou de propositions en attente.
refusal-no-neighbours = Votre ville n’a pas encore de commune voisine. Choisissez à qui ce message s’adresse.
