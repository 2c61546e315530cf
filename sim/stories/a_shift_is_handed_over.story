Story: A shift is handed over

At the desk: Asta and Bodil (security officers), Peder (principal), Dagny and Dora (duty officers), Nils (note-taker).
On duty as duty officer: nobody.
Dagny takes the post of duty officer.
Dagny tries to take the post of duty officer and is refused: there is already Dagny on duty as duty officer.
Nils tries to take the post of duty officer and is refused: Nils would need to be duty officer for that, and is note-taker.
Nils takes the post of note-taker.
Dora tries to leave the post of duty officer and is refused: Dora holds no such post.
Dagny tries to hand the post of duty officer over to Nils: "Everything" and is refused: Nils would need to be duty officer.

# What is pending goes over with the post, sealed to the duty desk.
Dagny hands the post of duty officer over to Dora: "Sundra calls back at six".
On duty as duty officer: Dora.
Dora can read "Sundra calls back at six". Peder can not read "Sundra calls back at six".

# Whoever loses the role loses the post.
Asta gives Dora the role of note-taker.
On duty as duty officer: nobody. On duty as note-taker: Nils.
Nils leaves the post of note-taker. On duty as note-taker: nobody.
Everybody's alarms: none.
