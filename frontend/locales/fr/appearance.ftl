# L’affichage : couleurs, taille, contraste, images.

appearance = Affichage
appearance-kept = Ces choix suivent votre compte, sur tous vos appareils.
appearance-kept-here = Ces choix restent dans ce navigateur. Avec un compte, ils vous suivent partout.
theme = Couleurs
theme-device = Comme mon appareil
theme-light = Claires
theme-dark = Sombres
reading = Lecture
larger-text = Texte plus grand
larger-text-hint = Tout grandit d’un quart, sans rien couper.
more-contrast = Contraste plus fort
more-contrast-hint = Des couleurs plus franches et des bords plus nets.
less-motion = Moins de mouvement
less-motion-hint = Rien ne bouge ni ne s’efface doucement.
saving = Économie
no-pictures = Ne pas charger les images
no-pictures-hint = Leur description les remplace ; vous les ouvrez une à une. Utile avec une connexion lente ou limitée.
show-pictures = { $count ->
    [one] Voir l’image
   *[other] Voir les { $count } images
}
not-described = Image sans description
