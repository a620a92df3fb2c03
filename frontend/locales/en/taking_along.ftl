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
imports-short = Your lists from another server.
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
imports-stop = Stop
imports-forget = Remove from the list
done-import-begun = It has arrived. We are working on it.
done-import-forgotten = Removed from the list.
