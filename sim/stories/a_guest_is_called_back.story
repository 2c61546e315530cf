Story: A guest is called back

At the desk: Asta and Bodil (security officers), Peder (principal), Dagny (duty officer),
  Nils (note-taker).
Dagny adds the counterpart President Ilmari of Sundra.
Peder asks for President Ilmari now: "The ferry". Dagny lets Nils read.
Dagny rings President Ilmari as counterpart. Dagny rings Nils as note-taker.

# A link is for the far side on a guest line, and for nobody else.
Dagny tries to send Nils a guest's link for 1 hour and is refused: for the far side on a guest line.
Nils tries to send President Ilmari a guest's link for 1 hour and is refused: inviting to a call needs duty officer.
Dagny tries to send President Ilmari a guest's link for 60 days and is refused: the end of an invitation must be from.
Dagny tries to vouch for President Ilmari and is refused: has no link that can still be used.
Peder sends President Ilmari a guest's link for 1 hour. The guest President Ilmari has no key.

# Whoever called back vouches: the duty officer, not the principal.
Peder tries to vouch for President Ilmari and is refused: vouching for a guest needs duty officer.
Nils tries to vouch for President Ilmari and is refused: vouching for a guest needs duty officer.
Dagny vouches for President Ilmari. The guest President Ilmari has a key.
Dagny tries to vouch for President Ilmari and is refused: has no link that can still be used.

# The president's phone dies; another comes by another link, and the first is out.
Dagny sees President Ilmari into the lobby. Dagny admits President Ilmari. President Ilmari is on the call.
Dagny says that they talk.
Dagny drops President Ilmari. The guest President Ilmari has a key.
Dagny sends President Ilmari a guest's link for 10 minutes. 11 minutes pass.
Dagny tries to vouch for President Ilmari and is refused: the invitation ended at.
Dagny sends President Ilmari a guest's link for 10 minutes. Dagny vouches for President Ilmari.
The guest President Ilmari has a key.

# With the call the key is worth nothing any more.
Peder ends the call. The guest President Ilmari has no key.
Dagny tries to send President Ilmari a guest's link for 1 hour and is refused: it is ended.
Everybody's alarms: none.
