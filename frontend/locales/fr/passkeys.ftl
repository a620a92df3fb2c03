# Entrer avec une clé que garde son appareil, sans mot de passe.

passkeys = Clés d’accès
passkeys-short = Entrer avec votre empreinte, votre visage ou le code de votre appareil.
passkeys-open = Voir
passkeys-back = Retour au compte
passkeys-what = Une clé d’accès reste dans votre téléphone, votre ordinateur ou votre gestionnaire de mots de passe. Vous entrez avec votre empreinte, votre visage ou le code de l’appareil : rien à retenir, rien à recopier, et rien qu’un faux site puisse vous voler.
passkeys-besides = Votre mot de passe continue de fonctionner. Si vous avez activé la connexion en deux étapes, une clé d’accès remplace le mot de passe et le code.
passkey-add = Ajouter une clé d’accès
passkey-begin = Continuer
passkey-no-script = Il faut JavaScript pour créer une clé d’accès, et votre navigateur l’a arrêté. Votre mot de passe suffit pour entrer.
passkey-missing = Ce navigateur ne connaît pas les clés d’accès. Essayez depuis votre téléphone ou un navigateur plus récent.
passkey-make = Créer la clé d’accès
passkey-make-what = Votre appareil va vous demander votre empreinte, votre visage ou son code.
passkey-name = Nom de la clé
passkey-name-hint = Pour la reconnaître dans la liste.
passkey-not-made = La clé n’a pas été créée. Réessayez, ou revenez en arrière.
passkey-is-known = Cet appareil a déjà une clé d’accès pour ce compte.
passkey-since = Ajoutée le { $date }
passkey-used = utilisée le { $date }
passkey-never-used = jamais utilisée
passkey-remove = Retirer
passkey-remove-which = Retirer la clé « { $name } » ?
passkey-remove-what = Elle ne permettra plus d’entrer ici. Pensez à l’effacer aussi de votre appareil.
passkey-log-in = Entrer avec une clé d’accès
passkey-not-used = Aucune clé n’a été utilisée. Réessayez, ou entrez avec votre mot de passe.
done-passkey = La clé d’accès est ajoutée.
done-passkey-removed = La clé d’accès est retirée.
