Story: An unannounced call

At the desk: Asta and Bodil (security officers), Peder (principal), Dagny (duty officer),
  Nils (note-taker), Vidar (adviser), Ivo (interpreter), Ragna (records officer).
Dagny adds the counterpart President Ilmari of Sundra.
Dagny takes the post of duty officer.

# One tap, and the call is live: nobody has to brief or approve anything first.
Peder asks for President Ilmari now: "A ship in distress".
The call is live. The rules ring Dagny.
Dagny sees the request "A ship in distress".
Peder tries to move the call to 2 hours from now and is refused: that needs the package to be requested or briefed.

# Who is rung, by which line, in which role.
Dagny rings Peder as principal. Dagny rings Dagny as duty officer. Dagny rings Vidar as adviser.
Dagny tries to ring Nils as interpreter and is refused: Nils would need to be interpreter for that.
Dagny tries to ring Ivo as interpreter and is refused: Ivo does not read "A ship in distress"; add a reader first.
Dagny lets Ivo read. Dagny rings Ivo as interpreter. Ivo sees the request "A ship in distress".
Dagny tries to ring President Ilmari as counterpart on a secure line and is refused: a counterpart comes by a guest.
Dagny rings President Ilmari as counterpart on an open line.

# The lobby. A stranger's line is let in by a duty officer and by nobody else, not even by the principal.
Dagny tries to admit Peder and is refused: the party would need to be in the lobby, it is invited.
Peder joins the lobby. Dagny joins the lobby. Ivo joins the lobby. Vidar joins the lobby.
Peder is in the lobby.
Dagny admits Peder. Dagny admits Dagny. Dagny admits Ivo. Dagny admits Vidar.
Dagny sees President Ilmari into the lobby.
Peder tries to admit President Ilmari and is refused: needs duty officer.
Vidar tries to admit President Ilmari and is refused: needs duty officer.
Dagny admits President Ilmari. President Ilmari is on the call.

# The weakest line sets the ceiling; a line without a report counts as open.
The ceiling is open.
Dagny reports on the line of Peder: good for secret. Dagny reports on the line of Dagny: good for secret.
Dagny reports on the line of Ivo: good for restricted. Vidar reports on the line of Vidar: good for secret.
The ceiling is open.
Dagny reports on the line of President Ilmari: good for internal.
The ceiling is internal.
Dagny drops President Ilmari. President Ilmari is off the call. The ceiling is restricted.
Dagny sees President Ilmari into the lobby. Dagny admits President Ilmari. The ceiling is internal.

# An adviser listens, and speaks when given the floor.
Dagny gives the floor to Vidar. Vidar has the floor.
Dagny tries to give the floor to Vidar and is refused: there is already such a floor for party Vidar.
Dagny tries to give the floor to Peder and is refused: this role speaks without being given the floor.
Dagny takes the floor from Vidar. Vidar does not have the floor.

# Hold, and back.
Dagny says that they talk. Dagny tries to say that they talk and is refused: there is already an answer.
Dagny puts President Ilmari on hold. President Ilmari is on hold.
Dagny tries to put President Ilmari on hold and is refused: the party would need to be on the call, it is on hold.
Vidar passes the card "Offer the coast guard". Peder sees the card "Offer the coast guard".
Ragna can not read "Offer the coast guard". Ragna knows nothing of the package.
Dagny brings President Ilmari back. President Ilmari is on the call.
Ivo hangs up. Ivo is off the call.
Dagny tries to cancel the call and is refused: that needs the package to be requested or briefed, it is live.
Peder ends the call. The call was ended. Peder is off the call.
Dagny tries to end the call and is refused: that needs the package to be live, it is ended.
Vidar tries to pass the card "Too late" and is refused: that needs the package to be live, it is ended.
Everybody's alarms: none.
