# What the town announces

announcements = Announcements of the town
announcement-from = From { $from }
announcement-until = Until { $until }
announcement-span = From { $from } to { $until }
announcement-dismiss = I have read this
done-announcement-dismissed = The announcement is put away.
