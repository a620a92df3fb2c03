# Vos données : ce que la ville en dit elle-même, sur ses pages et aux applications. Les durées viennent du programme.

privacy-days =
    { $count ->
        [one] { $count } jour
       *[other] { $count } jours
    }

privacy-who = Qui est responsable
privacy-who-town = { $town } tient ce service et répond de ce qui est fait de vos données.
privacy-who-contact = Pour toute question, voici comment la joindre : { $contact }
privacy-who-silent = La ville n’a pas encore indiqué de contact : adressez-vous à la mairie.

privacy-free = Ni publicité ni pistage
privacy-free-what = Ce service ne montre pas de publicité, ne mesure pas son audience et n’établit aucun profil de vous. Les messages sont rangés dans l’ordre du temps, rien d’autre.
privacy-free-others = Ses pages ne chargent rien d’un autre site. Les images venues d’autres serveurs passent par la ville : ceux-ci ne savent pas que vous les regardez.

privacy-kept = Ce que nous gardons
privacy-kept-visitor = Si vous lisez sans compte, nous n’écrivons rien sur vous.
privacy-kept-account = Si vous avez un compte : votre nom d’utilisateur, ce que vous avez écrit pour le demander, votre adresse e-mail si vous en donnez une, vos réglages, de quoi vous reconnaître, et qui vous a invité. Votre mot de passe est gardé sous une forme qui ne permet pas de le relire.
privacy-kept-words = Ce que vous y mettez : votre profil, vos messages, vos images, vos brouillons, vos votes, ce que vous aimez ou mettez de côté, les personnes que vous suivez, masquez ou bloquez, vos listes, vos filtres et vos notes.
privacy-kept-profile = Vous voyez et corrigez votre profil ici :
privacy-kept-edits = Quand vous modifiez un message, ses textes d’avant restent lisibles pour qui peut lire le message, { $revisions } au plus.
privacy-kept-pictures = Le lieu et l’appareil notés dans vos photos et vos films sont effacés dès leur arrivée.
privacy-kept-reports = Ce que vous signalez est lu et gardé par l’équipe de la ville. Si vous demandez que l’autre serveur le sache aussi, vos mots et l’adresse du message y partent, sans votre nom.

privacy-devices = Vos appareils et votre adresse IP
privacy-devices-session = À chaque connexion nous notons l’adresse IP (d’une adresse IPv6, la première moitié), le nom que se donne votre navigateur et l’heure. Nous notons aussi sa dernière visite, à une heure près. C’est pour que vous puissiez reconnaître vos appareils, et déconnecter ceux qui ne sont pas à vous :
privacy-devices-end = Cette ligne disparaît quand vous vous déconnectez, ou après { $session } sans visite.
privacy-devices-apps = D’une application à laquelle vous avez ouvert votre compte, nous notons le nom, ce qu’elle peut faire et le jour où elle a servi pour la dernière fois :
privacy-devices-tries = Contre les essais de mots de passe et les abus, le programme compte aussi ce qui vient d’une même adresse IP. Ces décomptes ne sont écrits nulle part : ils restent en mémoire et se perdent au plus tard quand le programme redémarre.
privacy-devices-log = Le journal du programme ne contient ni nom, ni adresse IP, ni texte, sauf si la mairie l’a réglé autrement pour chercher une panne. Le serveur web placé devant lui peut tenir un journal à lui : la mairie vous dira ce qu’il garde.

privacy-where = Où c’est gardé
privacy-where-town = Dans une base de données et dans un espace à elle pour les fichiers, qui ne servent qu’à cette ville. Rien n’y est partagé avec une autre.
privacy-where-backups = Si la mairie fait des copies de sauvegarde, ce que vous effacez y reste jusqu’à ce que ces copies soient remplacées.

privacy-readers = Qui peut lire
privacy-readers-choice = Pour chaque message, vous choisissez : tout le monde, la ville, la ville et ses voisines, un groupe, vos abonnés, ou les personnes que vous nommez. La ville ne le montre à personne d’autre. Un message pour la ville seulement ne part vers aucun autre serveur.
privacy-readers-public = Ce qui est pour tout le monde, chacun peut le lire et le copier. Les moteurs de recherche sont priés de laisser de côté les personnes qui ne souhaitent pas être trouvées.
privacy-readers-staff = L’équipe de la ville lit les demandes de compte, avec leur adresse e-mail, et les signalements. Ses pages ne lui montrent pas les messages qui ne lui sont pas destinés.
privacy-readers-direct = Les messages privés ne sont pas chiffrés de bout en bout : ceux qui tiennent la machine, ici et chez votre correspondant, pourraient les lire, comme tout ce qui n’est pas public. N’y confiez pas de secret.

privacy-leaving = Ce qui part vers d’autres serveurs
privacy-leaving-posts = Vos messages pour tout le monde partent vers les serveurs de ceux qui vous suivent, que vous nommez, citez ou à qui vous répondez, et vers les communes voisines s’il y en a. Ceux pour la ville et ses voisines ne partent que vers elles, ceux pour vos abonnés ou pour quelques personnes que vers leurs serveurs. Un groupe transmet ce que vous y écrivez à ses membres. Votre profil va avec.
privacy-leaving-gestures = Quand vous suivez, aimez, partagez, bloquez ou votez, le serveur de la personne d’ailleurs l’apprend aussi.
privacy-leaving-never = Votre adresse e-mail, votre adresse IP, vos brouillons, vos signets, vos listes, vos filtres et vos notes n’en font jamais partie.
privacy-leaving-ledger = Nous notons quels serveurs, et pour un message privé quelles boîtes de réception, ont reçu une copie, pour leur demander de la corriger ou de l’effacer quand vous le faites ici. Nous ne pouvons pas les y obliger. Le menu de chaque message montre cette liste ; pour vos messages supprimés, elle est ici :
privacy-leaving-settled = Un « j’aime », un vote ou un blocage qui a été envoyé est oublié { $settled } après sa livraison.

privacy-arriving = Si vous écrivez d’un autre serveur
privacy-arriving-what = Vos messages et votre profil sont gardés ici dès que votre serveur nous les envoie, ou quand un habitant les cherche. Ce que vous corrigez ou effacez chez vous l’est ici aussi, quand votre serveur nous le dit. S’il ne le dit pas, écrivez à la mairie.
privacy-arriving-waiting = Ce qui attend l’accord d’un habitant est oublié après { $waiting }.

privacy-letters = Les e-mails
privacy-letters-what = Nos e-mails sont de simples textes, sans image et sans rien qui dise si vous les avez ouverts. Ils disent qui a fait quelque chose, jamais ce qui a été écrit.
privacy-letters-kept = La trace d’un e-mail envoyé est oubliée après { $letters }. Celui qui n’a pas pu partir est oublié après { $letters-late } au plus tard.

privacy-push = Les avis sur vos appareils
privacy-push-what = Si vous les demandez, ils passent par le service qu’a choisi votre navigateur ou votre application, souvent celui de son fabricant. Ils sont chiffrés pour votre appareil : ce service voit quand un avis passe et combien il pèse, pas ce qu’il dit. Un avis qui n’a pas pu être remis est oublié après { $push }. Vous choisissez ici :

privacy-cookies = Les cookies et votre navigateur
privacy-cookies-session = Un cookie vous garde connecté. Il ne vaut plus rien dès que vous vous déconnectez, ou après { $session } sans visite.
privacy-cookies-others = Trois autres ne servent qu’aux pages : l’un protège les formulaires de qui n’est pas connecté et part quand le navigateur se ferme, un autre dit à la page suivante ce que vous venez de faire, le dernier retient { $appearance } l’affichage que vous choisissez sans compte. Aucun ne sert à vous suivre.
privacy-cookies-offline = Pour quand le réseau manque, votre navigateur peut garder votre dernière page d’accueil et ce que vous avez écrit ou voulu envoyer entre-temps. Cela s’efface quand vous vous déconnectez.

privacy-time = Combien de temps
privacy-time-account = Ce que vous avez mis dans votre compte y reste tant que ce compte existe et que vous ne l’effacez pas.
privacy-time-post = Un message que vous supprimez disparaît tout de suite, et ses images sont effacées après { $abandoned } au plus tard. Il n’en reste que son adresse, son auteur, sa date et la liste de ceux qui en ont eu une copie.
privacy-time-leaving = Si vous supprimez votre compte, il est caché tout de suite et effacé { $leaving } plus tard. Restent votre nom d’utilisateur, pour qu’il ne soit donné à personne d’autre, les signalements, la liste des serveurs à prévenir, la clé qui signe cet avis, et quelques traces sans texte : vos votes déjà comptés, qui vous suiviez sur d’autres serveurs, le compte où vous avez déménagé.
privacy-time-refused = Une demande de compte qui est refusée est effacée tout de suite.
privacy-time-little = Une image envoyée qui ne sert à aucun message ni brouillon est effacée après { $abandoned }, le compte rendu de ce que vous apportez d’un autre serveur après { $imports }.

privacy-rights = Vos droits
privacy-rights-what = Vous pouvez voir, corriger, emporter et effacer ce qui vous concerne. Presque tout se fait ici, sans rien demander à personne.
privacy-rights-export = Emporter une copie de tout ce que vous avez écrit, et de vos listes :
privacy-rights-delete = Tout effacer :
privacy-rights-ask = Pour le reste, ou pour vous opposer à quelque chose, écrivez à la mairie. Dans l’Union européenne, elle a un mois pour répondre.
privacy-rights-complain = Si sa réponse ne vous convient pas, vous pouvez vous plaindre à l’autorité de protection des données : en France, la CNIL (www.cnil.fr).

privacy-to-profile = Mon profil
privacy-to-sessions = Appareils connectés
privacy-to-apps = Applications
privacy-to-copies = Copies de mes messages supprimés
privacy-to-notices = Réglages des avis
privacy-to-export = Emporter mes données
privacy-to-delete = Supprimer mon compte

privacy-town = Ce que la mairie ajoute
