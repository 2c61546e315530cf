Story: An off-channel contact

At the desk: Asta and Bodil (security officers), Peder (principal), Dagny (duty officer), Nils and Nora (note-takers),
  Vidar (adviser), Ragna (records officer).
Asta sets the rule that the office "Records" reads every package.

# Peder was called on a mobile phone. He says so at once, and his staff writes it up as if it had been a call.
Peder debriefs a contact of Peder with President Ilmari: "He offered me a fishing trip".
Nora sees the debrief "He offered me a fishing trip". Ragna sees the debrief "He offered me a fishing trip".
Asta can not read "He offered me a fishing trip".
The package is ended.
Dagny tries to move the call to 1 hour from now and is refused: that needs the package to be requested or briefed.
Nora notes a remark: "He has never fished before".
Nora writes the telcon: "An invitation to fish". Peder approves the telcon. The package is written up.
Ragna closes the package. Dagny agrees to the closing. Ragna tries to pass the card "Hm" and is refused: needs.
Nora sees the closed note "Nora: He has never fished before".

# An old record comes in as it is, whole, once, and nothing is noted on it.
1 minute passes. Ragna imports the record "Talk by the lake" of "May 1962".
The package is closed. Nora sees the record "Talk by the lake".
Ragna's board: Talk by the lake with somebody of the past (closed); President Ilmari with President Ilmari (closed).
Nora tries to note a remark: "I doubt that" and is refused: an imported record was written elsewhere and is whole.
Dagny tries to import the record "Talk by the sea" of "1963" and is refused: importing records needs records officer.
Ragna tries to import the record "Talk by the lake" of "June 1962" and is refused: there is already a package.
Everybody's alarms: none.
