# Les moments, tels qu’on les lit à côté d’un message.

time-now = à l’instant
time-minutes = il y a { $count } min
time-hours = il y a { $count } h
time-yesterday = hier
time-days =
    { $count ->
        [one] il y a { $count } jour
       *[other] il y a { $count } jours
    }

# $day : le jour du mois ; $month : le nom du mois ; $year : l’année.
time-date =
    { $day ->
        [1] 1er { $month } { $year }
       *[other] { $day } { $month } { $year }
    }
# $hour : sans zéro devant ; $minute a toujours deux chiffres.
time-date-time = { $date } à { $hour } h { $minute }

time-month-1 = janvier
time-month-2 = février
time-month-3 = mars
time-month-4 = avril
time-month-5 = mai
time-month-6 = juin
time-month-7 = juillet
time-month-8 = août
time-month-9 = septembre
time-month-10 = octobre
time-month-11 = novembre
time-month-12 = décembre
