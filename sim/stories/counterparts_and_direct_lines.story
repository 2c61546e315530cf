Story: Counterparts and direct lines

At the desk: Asta and Bodil (security officers), Peder (principal), Dagny (duty officer), Nils (note-taker), Vidar (adviser).
Nils tries to add the counterpart Chancellor Ruud of Voss and is refused: keeping counterparts needs duty officer or adviser or desk officer.
Dagny adds the counterpart President Ilmari of Sundra.
Vidar describes the counterpart President Ilmari: "Never mention the ferry".
Peder reads about President Ilmari: "Never mention the ferry".

# A direct line is handed to one counterpart, and dies when it leaks.
Dagny tries to issue a direct line to President Ilmari and is refused: needs security officer.
Asta issues a direct line to President Ilmari. Asta revokes the direct line of President Ilmari.
Asta tries to revoke the direct line of President Ilmari and is refused: no direct line.

# Somebody who is not offered any more is not rung by the staff; the principal is never refused for a list.
Dagny retires the counterpart President Ilmari.
Vidar tries to ask for President Ilmari on behalf of Peder now: "Old friends" and is refused: no counterpart President Ilmari, or it was retired.
Asta tries to issue a direct line to President Ilmari and is refused: or it was retired.
Peder asks for President Ilmari now: "Old friends".
The call is live. Dagny sees the request "Old friends".
Everybody's alarms: none.
