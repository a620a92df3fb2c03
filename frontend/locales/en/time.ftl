# Moments, as they are read beside a post.

time-now = just now
time-minutes = { $count } min ago
time-hours = { $count } h ago
time-yesterday = yesterday
time-days =
    { $count ->
        [one] { $count } day ago
       *[other] { $count } days ago
    }

# $day: the day of the month; $month: the month’s name; $year: the year.
time-date = { $day } { $month } { $year }
# $hour: without a leading zero; $minute always has two digits.
time-date-time = { $date } at { $hour }:{ $minute }

time-month-1 = January
time-month-2 = February
time-month-3 = March
time-month-4 = April
time-month-5 = May
time-month-6 = June
time-month-7 = July
time-month-8 = August
time-month-9 = September
time-month-10 = October
time-month-11 = November
time-month-12 = December
