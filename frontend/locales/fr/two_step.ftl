# Entrer en deux étapes : un mot de passe, puis un code du téléphone.

two-step = Connexion en deux étapes
two-step-short = Un code de votre téléphone en plus du mot de passe.
two-step-open = Régler
two-step-what = Après votre mot de passe, nous demandons un code que montre votre téléphone. Ainsi, celui qui devine ou vole votre mot de passe n’entre pas.
two-step-app = Il faut une application gratuite qui montre des codes, par exemple Aegis, FreeOTP ou celle de votre gestionnaire de mots de passe.
two-step-begin = Commencer
two-step-why-password = Pour être sûr que c’est bien vous.
two-step-scan = Montrez ce dessin à l’application
two-step-scan-what = Dans l’application, choisissez « Ajouter un compte », puis visez ce carré avec l’appareil photo.
two-step-picture = Carré à viser avec l’application ; la clé à recopier est écrite dessous.
two-step-or-key = Pas d’appareil photo ? Recopiez cette clé dans l’application :
two-step-key = Clé à recopier
two-step-first-code = Code montré par l’application
two-step-first-code-hint = Six chiffres, renouvelés toutes les trente secondes.
two-step-confirm = Activer
two-step-now-on = La connexion en deux étapes est activée
two-step-now-on-what = La prochaine fois, nous vous demanderons un code. Notez d’abord ceux-ci : ils servent si vous n’avez pas votre téléphone.
two-step-new-codes = Voici vos nouveaux codes
two-step-new-codes-what = Ils servent si vous n’avez pas votre téléphone. Les anciens ne servent plus.
two-step-codes = Codes à garder sur papier
two-step-codes-once = Chacun sert une seule fois. Nous ne pourrons pas les montrer de nouveau : notez-les ou imprimez cette page. Ce ne sont pas les mêmes que ceux pour un mot de passe oublié.
two-step-noted = C’est noté
two-step-is-on = Activée depuis le { $date }.
two-step-codes-left =
    { $count ->
        [0] Il ne vous reste aucun code sur papier.
        [one] Il vous reste un code sur papier.
       *[other] Il vous reste { $count } codes sur papier.
    }
two-step-renew = Prendre de nouveaux codes sur papier
two-step-turn-off = Ne plus demander de code
two-step-change = Changer quelque chose
two-step-log-in = Encore une étape
two-step-log-in-what = Ouvrez l’application de votre téléphone et recopiez le code qu’elle montre. Un code gardé sur papier convient aussi.
two-step-code = Code
two-step-code-hint = Six chiffres, ou un de vos codes sur papier.
two-step-go = Entrer
two-step-again = Recommencer depuis le début
two-step-lost = Ni téléphone ni papier ? La mairie peut vous rendre l’accès : passez la voir ou écrivez-lui.
done-two-step-off = La connexion en deux étapes est arrêtée.
