# Les citations : montrer un message dans un autre, avec l’accord de son auteur.

quote = Citer
quote-heading = Citer un message
quote-take-back = Retirer mon message de cette citation
quote-see-all = Voir le message entier
quote-see = Voir ce message
quote-pending = Cite un message : l’accord de son auteur est attendu.
quote-refused = L’auteur du message cité ne souhaite pas être cité ici.
quote-revoked = L’auteur du message cité l’a retiré d’ici.
quote-deleted = Le message cité n’existe plus.
quote-hidden = Le message cité ne vous est pas ouvert.
quote-of-blocked = Cite un message de quelqu’un que vous avez bloqué.
quote-of-blocked-server = Cite un message venu d’un serveur que vous avez bloqué.
quote-of-muted = Cite un message de quelqu’un que vous avez masqué.
quoters = Qui peut citer ce message
quoters-everyone = Tout le monde
quoters-followers = Mes abonnés
quoters-nobody = Personne d’autre que moi
quoters-hint = Un message qui n’est pas ouvert à tous n’est jamais cité par d’autres. Vous pourrez toujours retirer une citation.
quoters-usual = Qui peut citer mes messages
quoters-usual-hint = Pour ceux que vous écrirez ; vous pourrez choisir autrement pour chacun.
notice-quote = a cité votre message
notice-quoted-edit = a modifié un message que vous avez cité
done-quote-taken-back = Votre message n’est plus cité.
reply-waiting = La personne à qui vous répondez veut d’abord donner son accord : en attendant, elle seule reçoit votre réponse, hors de notre ville.
reply-refused = La personne à qui vous répondez ne souhaite pas cette réponse sous son message.
