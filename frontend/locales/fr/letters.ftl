# Les e-mails que la ville écrit, et les pages où ils mènent.

letter-hello = Bonjour { $name },
letter-end =
    { $town }
    { $origin }
letter-stop =
    Pour ne plus recevoir ces e-mails, un seul geste suffit :
    { $link }
letter-test-subject = Un e-mail d’essai – { $town }
letter-test =
    Bonjour,

    Cet e-mail d’essai vient de { $town }. S’il vous parvient, la ville peut écrire à ses habitants ; il n’y a rien d’autre à faire.
letter-password-subject = Choisir un nouveau mot de passe – { $town }
letter-password =
    On nous a demandé un nouveau mot de passe pour votre compte à { $town }. Si c’est vous, choisissez-le sur cette page, dans l’heure qui vient :

    { $link }

    Si ce n’est pas vous, ne faites rien : votre mot de passe reste le même.
letter-address-subject = Est-ce bien votre adresse ? – { $town }
letter-address =
    Cette adresse a été donnée pour un compte à { $town }. Si c’est vous, dites-le sur cette page, dans la journée :

    { $link }

    Si ce n’est pas vous, ne faites rien : l’adresse ne sera pas prise.
letter-password-changed-subject = Votre mot de passe a changé – { $town }
letter-password-changed =
    Le mot de passe de votre compte à { $town } vient d’être changé.

    Si c’est vous, tout va bien. Sinon, reprenez votre compte sans attendre sur cette page, et prévenez la mairie :

    { $link }
letter-passkeys-changed-subject = Vos clés d’accès ont changé – { $town }
letter-passkeys-changed =
    Une clé d’accès vient d’être ajoutée à votre compte à { $town }, ou d’en être retirée.

    Si c’est vous, tout va bien. Sinon, choisissez un nouveau mot de passe sans attendre sur cette page : plus aucune clé ne permettra d’entrer. Et prévenez la mairie :

    { $link }
letter-address-changed-subject = L’adresse de votre compte a changé – { $town }
letter-address-changed =
    Votre compte à { $town } n’a plus cette adresse : une autre la remplace, ou elle a été retirée.

    Si c’est vous, tout va bien. Sinon, écrivez vite aux personnes qui s’occupent de la ville :

    { $link }
letter-notices-subject = Du nouveau pour vous – { $town }
letter-notices = Voici ce qui vous attend à { $town } :
letter-notices-more =
    { $count ->
        [one] … et un autre avis.
       *[other] … et { $count } autres avis.
    }
letter-notices-see =
    Tout voir :
    { $link }
letter-sign-ups-subject = On demande un compte – { $town }
letter-sign-ups =
    { $count ->
        [one] Une personne attend que sa demande de compte soit lue :
       *[other] { $count } personnes attendent que leur demande de compte soit lue :
    }

    { $link }
letter-reports-subject = Un signalement attend – { $town }
letter-reports =
    { $count ->
        [one] Un signalement attend qu’on le lise :
       *[other] { $count } signalements attendent qu’on les lise :
    }

    { $link }
recover-letter-what = Nous pouvons vous envoyer un lien par e-mail, pour choisir un nouveau mot de passe.
recover-letter-go = Recevoir le lien
recover-by-code = Avec un code de secours
done-letter-asked = Si ce compte existe et a une adresse, un e-mail est en route. Regardez aussi dans les indésirables ; le lien sert une fois, pendant une heure.
new-password = Nouveau mot de passe
new-password-what = Choisissez-en un que vous n’utilisez nulle part ailleurs. Tous vos appareils seront déconnectés.
from-letter-over = Ce lien ne sert plus
address-confirm = Est-ce bien votre adresse ?
address-confirm-what = { $email } sera l’adresse de votre compte.
address-confirm-yes = Oui, c’est la mienne
done-email-confirmed = Merci, votre adresse est enregistrée.
done-email-asked = Un e-mail vient de partir vers cette adresse. Elle comptera dès que vous aurez suivi le lien qu’il contient.
email-change-letter = Nous y enverrons un e-mail, pour être sûrs que c’est la vôtre.
email-to-prove = Nous ne savons pas encore si cette adresse est bien la vôtre : en attendant, nous n’y envoyons rien. Enregistrez-la une fois de plus pour recevoir un lien.
joined-letter = Un e-mail vient de partir vers l’adresse que vous avez donnée. Elle comptera dès que vous aurez suivi le lien qu’il contient.
letters-stop = Ne plus recevoir ces e-mails
letters-stop-what = Nous ne vous écrirons plus que pour ce qui touche à votre compte lui-même, comme un changement de mot de passe.
letters-stop-yes = Ne plus m’écrire
letters-stopped = C’est arrêté
letters-stopped-what = Vous ne recevrez plus ces e-mails. Vous pouvez les demander de nouveau dans vos réglages.
choices = De quoi me prévenir
choices-what = Cochez ce que vous voulez savoir, et où.
choices-page = Page des avis
choices-device = Appareils
choices-letter = E‑mail
choices-letter-hint = Un e‑mail par jour au plus, et seulement s’il y a du nouveau que vous n’avez pas lu. Il dit qui, jamais ce qui est écrit.
choices-no-address = Pour en recevoir, il faut une adresse confirmée.
choices-give-address = Donner une adresse
choice-mention = On me parle
choice-post = Quelqu’un que je suis de près écrit
choice-favourite = On aime mon message
choice-boost = On partage mon message
choice-follow = On me suit
choice-follow-request = On demande à me suivre
choice-sign-up = On demande un compte
choice-report = On fait un signalement
choice-neighbour = Une commune propose d’être voisine
choice-edit = Un message que j’ai partagé change
choice-poll = Un sondage se termine
choice-quote = On cite mon message
choice-quoted-edit = Un message que j’ai cité change
