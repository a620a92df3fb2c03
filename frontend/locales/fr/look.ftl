# L’apparence de la ville : sa couleur, son blason, sa bannière.

staff-look = Apparence
look-what = Ce qui fait reconnaître la ville, sur chaque page et sur les téléphones.
look-own = Une autre couleur
look-own-which = Cette autre couleur
look-chosen = Choisie
look-by-day = Fond clair
look-by-night = Fond sombre
look-fits = Cette couleur se lit bien partout.
look-darkened = Votre couleur est trop pâle pour être lue sur fond clair : elle y est un peu plus foncée, pour que tout le monde puisse lire.
look-lightened = Votre couleur est trop foncée pour être lue sur fond sombre : elle y est un peu plus claire, pour que tout le monde puisse lire.
look-both = Pour que tout le monde puisse lire, votre couleur est un peu plus foncée sur fond clair et un peu plus claire sur fond sombre.
look-arms = Blason ou logo
look-arms-hint = Affiché entier à côté du nom de la ville. Une image PNG à fond transparent convient le mieux.
look-arms-remove = Enlever le blason
look-banner = Bannière
look-banner-hint = Une grande photo de la ville, trois fois plus large que haute : l’accueil et la page « À propos » commencent par elle.
look-banner-remove = Enlever la bannière
