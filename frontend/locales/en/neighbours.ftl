# Neighbour towns

neighbours = Neighbour towns
neighbours-what = What residents of the neighbour towns write for everyone or for their neighbours, newest first.
neighbours-empty = Nothing has come from the neighbour towns yet.
staff-neighbours = Neighbours
neighbours-flow = With a neighbour town everything goes both ways: what residents write for everyone can also be read on the neighbours page of the other town, and people can write for their town and its neighbours only. That goes to no other server.
neighbours-after = Either town hall can end it at any time. Nothing passes any more then; what the other town has received stays readable there, unless its author deletes it.
neighbours-none = There is no neighbour town yet.
neighbours-ask = Ask a town
neighbours-address = Address of the other town’s site
neighbours-address-hint = For example rivebelle.example. Its town hall has to accept.
neighbours-ask-button = Ask
neighbour-asked = Asked on { $date }, waiting for its answer.
neighbour-asks = Has been asking you since { $date }.
neighbour-agreed = A neighbour town since { $date }.
neighbour-ended = Ended on { $date }.
neighbour-decided-by = Decided here by { $name }.
neighbour-take-back = Take back
neighbour-end = End
neighbour-end-yes = Yes, nothing will pass to and from { $domain } any more
done-neighbour-asked = You have asked that town.
done-neighbour-accepted = It is a neighbour town now.
done-neighbour-ended = It is ended.
