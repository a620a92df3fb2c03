# La ville comme une application : être prévenu sur l’appareil, écrire sans réseau.

device-heading = Être prévenu sur cet appareil
device-what = Vos avis s’affichent sur ce téléphone ou cet ordinateur, même quand la page est fermée. Ils passent, chiffrés, par le service de votre navigateur. Cela s’arrête quand vous vous déconnectez.
device-needs = Il faut pour cela un navigateur récent où les scripts sont permis. Sur un iPhone ou un iPad, ajoutez d’abord ce site à l’écran d’accueil (bouton « Partager »), puis ouvrez-le de là.
device-start = Me prévenir sur cet appareil
device-told = Cet appareil vous prévient.
device-stop = Ne plus me prévenir ici
device-denied = Votre navigateur ne permet pas les avis de ce site. Cela se change dans ses réglages.
device-failed = Votre navigateur n’a pas pu s’inscrire. Essayez plus tard, ou avec un autre navigateur.
done-device-told = Cet appareil vous préviendra.
done-device-left = Cet appareil ne vous préviendra plus.

offline-writes = Pas de réseau en ce moment. Ce que vous publiez attendra sur cet appareil et partira tout seul au retour du réseau.
outbox = Ce qui attend le réseau
outbox-what = Ce que vous écrivez sans réseau est gardé sur cet appareil jusqu’à ce que vous vous déconnectiez, et part tout seul, une seule fois, dès que le réseau revient.
outbox-none = Rien n’attend en ce moment.
outbox-send = Envoyer maintenant
outbox-drop = Jeter
outbox-count = Messages qui attendent sur cet appareil :
outbox-see = Me connecter pour voir les miens
error-not-author = Ce message n’est pas de vous
error-not-author-what = Il a été écrit sur cet appareil sous un autre compte que le vôtre. Il n’a pas été publié.
unsent = Un message écrit sans réseau n’a pas pu partir.
unsent-see = Le voir

done-shared-words = Si des photos devaient venir avec, choisissez-les ici : elles n’ont pas pu suivre.
pictures-received = Images reçues d’une autre application :
pictures-received-attach = Joindre les images reçues

more-came = Messages ajoutés :
