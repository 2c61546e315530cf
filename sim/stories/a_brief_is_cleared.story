Story: A brief is cleared

At the desk: Asta and Bodil (security officers), Peder (principal), Dagny (duty officer), Vidar (adviser),
  Olaf (desk officer), Carl (interpreter).
Dagny adds the counterpart President Ilmari of Sundra.
Asta makes the office "Council". Asta puts Carl into the office "Council".
Asta tries to put Carl into the office "Council" and is refused: there is already Carl in office Council.
Asta renames the office "Council" to "Counsel".

Olaf plans a call of Peder with President Ilmari in 2 days: "The river treaty".
Olaf writes the brief: "Ask for the gauge data".

# An office that does not read the package can not be asked about it.
Olaf tries to ask the office "Counsel" to clear: "May we promise the data of May?" and is refused: add it first.
Olaf lets the office Counsel read.
Olaf asks the office "Counsel" to clear: "May we promise the data of May?".
Carl can read "May we promise the data of May?".
Vidar tries to clear "May we promise the data of May?": "Yes" and is refused: Vidar is not a member of office Counsel.
Carl turns "May we promise the data of May?" down: "Only that of June".
Carl tries to clear "May we promise the data of May?": "Well" and is refused: there is already an answer to clearance.
Vidar can read "Only that of June".

# So there is a second version, and it is the one that Peder gets.
Olaf tries to write version 5 of the brief: "Skipping ahead" and is refused: expected version 2, got 5.
Olaf writes the brief: "Offer the data of June".
Olaf asks the office "Counsel" to clear: "And the data of June?".
Carl clears "And the data of June?": "Yes".
Peder tries to read the brief and is refused: expected version 0, got 2.
Carl tries to issue the brief and is refused: issuing a brief needs duty officer or adviser or desk officer.
Olaf issues the brief. The call is briefed.
Olaf tries to issue version 2 of the brief and is refused: there is already an issue of brief version 2.
Dagny tries to read the brief and is refused: needs principal.
Peder reads the brief. Peder tries to read the brief and is refused: there is already a reading of brief version 2.
Peder sees the brief "Offer the data of June". Peder does not see the brief "Ask for the gauge data".

# The level goes up, and everybody shows it.
The level is internal. Carl tries to set the level to secret and is refused: needs duty officer.
Olaf sets the level to secret. The level is secret.
Everybody's alarms: none.
