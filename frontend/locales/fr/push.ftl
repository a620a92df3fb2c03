# Ce qui arrive sur le téléphone

push-mention = { $name } vous parle
push-post = { $name } a écrit un message
push-favourite = { $name } aime votre message
push-boost = { $name } a partagé votre message
push-follow = { $name } vous suit maintenant
push-follow-request = { $name } demande à vous suivre
push-sign-up = { $name } demande un compte
push-report = { $name } a fait un signalement
push-neighbour = { $name } propose d’être commune voisine
push-edit = { $name } a modifié un message que vous avez partagé
push-poll = Le sondage de { $name } est terminé
push-quote = { $name } a cité votre message
push-quoted-edit = { $name } a modifié un message que vous avez cité

refusal-push-endpoint = Cette adresse ne convient pas pour recevoir des avis.
refusal-push-keys = Les clés de cet appareil ne conviennent pas.
