Story: Promises are kept

At the desk: Asta and Bodil (security officers), Peder (principal), Dagny (duty officer), Nils and Nora (note-takers),
  Vidar (adviser), Ragna (records officer).
Dagny adds the counterpart President Ilmari of Sundra.
Peder asks for President Ilmari now: "Railways".
Dagny says that they talk.
Nils notes a commitment of ours: "We send the timetable". Nils notes a commitment of theirs: "They open the bridge".
Dagny ends the call.

Nils makes the note "We send the timetable" a commitment of ours.
Nora writes down the commitment of theirs "They open the bridge".
The commitment "We send the timetable" is open. The commitment "They open the bridge" is open.
Ragna tries to write down the commitment of ours "Mine" and is refused: no package.

# Tasks go to readers only.
Dagny tries to task Ragna with "File it" within 1 day and is refused: Ragna does not read "Railways".
Dagny tasks Vidar for the commitment "We send the timetable" with "Print the timetable" within 2 hours.
Dagny tasks Nora with "Ring the embassy" within 1 day. Dagny tasks Nils with "Buy flowers" within 1 day.
Vidar sees the due-out "Print the timetable".

# The date passes: the server says so, and the owner has another.
1 hour passes. The due-out "Print the timetable" is open.
2 hours pass. The due-out "Print the timetable" is late.
Dagny moves the due-out "Print the timetable" to Nora within 3 hours. The due-out "Print the timetable" is open.
Nora finishes the due-out "Print the timetable": "Printed in colour". The due-out "Print the timetable" is done.
Vidar can read "Printed in colour".
Nora tries to finish the due-out "Print the timetable": "Again" and is refused: there is already an end to due-out.
Dagny drops the due-out "Buy flowers": "He has hay fever". The due-out "Buy flowers" is dropped.

# Kept and dropped; once.
Vidar settles the commitment "We send the timetable" as kept: "It went by post".
The commitment "We send the timetable" is kept.
Vidar tries to settle the commitment "We send the timetable" as dropped: "Or not" and is refused: there is already an end to commitment.

# Closing does not wait for promises, and promises outlive it.
Nils writes the telcon: "They talked about railways". Nora writes the telcon: "They talked about railways and a bridge".
Vidar tries to approve version 1 of the telcon and is refused: expected version 2, got 1.
Vidar approves the telcon. The call is written up.
Dagny closes the package. The package is closed. Dagny tries to agree to the closing and is refused: another reader must.
Nora agrees to the closing. Nora tries to agree to the closing and is refused: there is already the word of Nora.
Vidar settles the commitment "They open the bridge" as dropped: "The bridge fell". The commitment "They open the bridge" is dropped.

# The readout goes to readers; they say that they have read it.
Nora tries to send the readout "Railways in short" to Ragna and is refused: add it first.
Nora sends the readout "Railways in short" to Peder.
Vidar tries to read the readout "Railways in short" and is refused: this is somebody else's.
Peder sees the readout "Railways in short". Peder reads the readout "Railways in short".
Peder tries to read the readout "Railways in short" and is refused: there is already a reading of readout.
Nothing waits anywhere. Everybody's alarms: none.
