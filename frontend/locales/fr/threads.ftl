# Une discussion : ce qu’un message disait avant, n’en être plus prévenu, le récrire.

revisions = Ce qu’il disait avant
revisions-what = Toutes les versions de ce message de { $name }, la plus récente d’abord.
revisions-back = Revenir au message
revision-now = Version actuelle
revision-first = Au début
revisions-see = Voir ce qu’il disait avant
delete-anew = Supprimer et récrire
delete-anew-what = Récrire : le message est supprimé, et son texte vous attend dans vos brouillons avec ses images. Les réponses, les partages et les favoris sont perdus.
done-anew = Le message est supprimé. Voici son texte : changez-le et publiez de nouveau.
thread-mute = Ne plus être prévenu de cette discussion
thread-unmute = Être de nouveau prévenu de cette discussion
thread-muted = Vous n’êtes plus prévenu de ce qui se dit ici.
thread-again = Des réponses écrites ailleurs peuvent arriver après un moment.
thread-look-again = Regarder de nouveau
thread-ask = Chercher d’autres réponses ailleurs
done-thread-asked = C’est demandé. Ce qui a été répondu ailleurs arrive ici dans un moment : regardez de nouveau.
done-thread-asked-lately = C’est déjà demandé. Ce qui a été répondu ailleurs arrive ici dans un moment : regardez de nouveau.
done-thread-not-asked = Nous cherchons déjà beaucoup de réponses en ce moment. Essayez de nouveau dans quelques minutes.
