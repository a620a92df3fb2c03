# What the town looks like: its colour, its arms, its banner.

staff-look = Look
look-what = What people know the town by, on every page and on phones.
look-own = Another colour
look-own-which = That other colour
look-chosen = Chosen
look-by-day = Light ground
look-by-night = Dark ground
look-fits = This colour can be read well everywhere.
look-darkened = Your colour is too pale to be read on a light ground: it is a little darker there, so that everybody can read.
look-lightened = Your colour is too dark to be read on a dark ground: it is a little lighter there, so that everybody can read.
look-both = So that everybody can read, your colour is a little darker on a light ground and a little lighter on a dark one.
look-arms = Coat of arms or logo
look-arms-hint = Shown whole, beside the name of the town. A PNG picture with a transparent ground suits best.
look-arms-remove = Remove the arms
look-banner = Banner
look-banner-hint = A large photograph of the town, three times as wide as high: the front page and the page “About” begin with it.
look-banner-remove = Remove the banner
