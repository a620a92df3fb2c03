# Les annonces de la ville

announcements = Annonces de la mairie
announcement-from = À partir du { $from }
announcement-until = Jusqu’au { $until }
announcement-span = Du { $from } au { $until }
announcement-dismiss = J’ai lu
done-announcement-dismissed = L’annonce est rangée.
