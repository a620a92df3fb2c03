# Les communes voisines

neighbours = Communes voisines
neighbours-what = Ce que les habitants des communes voisines écrivent pour tout le monde ou pour leurs voisins, le plus récent d’abord.
neighbours-empty = Rien n’est encore arrivé des communes voisines.
staff-neighbours = Voisins
neighbours-flow = Avec une commune voisine, tout marche dans les deux sens : ce que les habitants écrivent pour tout le monde se lit aussi sur la page des voisins de l’autre commune, et chacun peut écrire pour sa ville et ses voisines seulement. Cela ne va alors sur aucun autre serveur.
neighbours-after = Chaque mairie peut y mettre fin quand elle veut. Plus rien ne passe alors ; ce que l’autre commune a déjà reçu y reste lisible, sauf si son auteur l’efface.
neighbours-none = Il n’y a pas encore de commune voisine.
neighbours-ask = Proposer à une commune
neighbours-address = Adresse du site de l’autre commune
neighbours-address-hint = Par exemple rivebelle.example. Sa mairie doit accepter.
neighbours-ask-button = Proposer
neighbour-asked = Proposé le { $date }, en attente de sa réponse.
neighbour-asks = Vous le propose depuis le { $date }.
neighbour-agreed = Commune voisine depuis le { $date }.
neighbour-ended = Terminé le { $date }.
neighbour-decided-by = Décidé ici par { $name }.
neighbour-take-back = Retirer la proposition
neighbour-end = Mettre fin
neighbour-end-yes = Oui, plus rien ne passera avec { $domain }
done-neighbour-asked = La proposition est envoyée.
done-neighbour-accepted = C’est une commune voisine.
done-neighbour-ended = C’est terminé.
