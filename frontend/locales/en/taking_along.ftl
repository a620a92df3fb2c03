# Taking one's data along, bringing some from elsewhere.

exports = Take my data along
exports-short = Your posts, your pictures, your lists.
exports-open = Open
exports-what = All you have done here is yours. Keep a copy, or bring it to another server.
exports-posts = All my posts
exports-posts-what = Your profile, your posts and your files in a single archive. This may take a few minutes.
exports-posts-do = Download the archive
exports-sheets = My lists
exports-sheets-what = Tables that other servers can read, and your spreadsheet too.
exports-get = Download
exports-get-which = Download: { $name }
sheet-following = People followed
sheet-lists = Lists
sheet-blocked = Blocked people
sheet-muted = Hidden people
sheet-domains = Blocked servers
sheet-bookmarks = Bookmarks
imports = Bring data
imports-short = Your lists and your posts from another server.
imports-open = Open
imports-what = Choose a table (CSV) that you have downloaded from another server. We work through it little by little; you may close the page.
imports-kind = What is in this table?
imports-file = File
imports-file-hint = A .csv file of { $size } MB at most.
imports-how = And what is here already?
imports-merge = Keep it, and add what is in the file
imports-overwrite = Replace: what is not in the file is removed
imports-do = Bring
imports-list = What you have brought
imports-progress = { $settled } of { $total }
imports-going = Under way.
imports-finished = Finished.
imports-failed =
    { $count ->
        [one] One line could not be taken over:
       *[other] { $count } lines could not be taken over:
    }
imports-failed-more = And more.
imports-posts = Bring my posts
imports-posts-what = Did you write somewhere else? Download the archive of your posts there and choose it here. They will stand on your page, at their own dates, with their pictures. Nobody is told, and nothing goes to other servers.
imports-posts-which = Left out are posts of the last day, posts to a few people or to neighbour towns, answers to others, posts of others you shared, and the polls themselves. What was for your followers stays for them. An archive that you bring twice adds nothing, and what you have deleted here does not come back.
imports-posts-own = I wrote these posts myself
imports-posts-file = Archive
imports-posts-file-hint = A .zip or .tar.gz file of { $size } MB at most, from a town like this one or from Mastodon.
imports-posts-do = Bring my posts
imports-posts-kind = Posts
imports-posts-failed = What could not be taken over:
imports-stop = Stop
imports-forget = Remove from the list
done-import-begun = It has arrived. We are working on it.
done-import-forgotten = Removed from the list.
