Story: Notes taken offline

At the desk: Asta and Bodil (security officers), Peder (principal), Dagny (duty officer), Nils and Nora (note-takers).
Dagny adds the counterpart President Ilmari of Sundra.
Peder asks for President Ilmari now: "The strait".
Dagny says that they talk.
Nora notes a remark: "He sounds tired".

# The train enters the tunnel. Notes are kept on the device, and go out in the order in which they were taken.
Nils's phone is offline.
Nils notes a quote: "We will not be the first". Nils notes an ask: "Two weeks". Nils notes a decision: "They meet in May".
3 deeds wait on Nils's phone.
Nora does not see the note "Two weeks".
20 minutes pass. Dagny ends the call.
Nils's phone starts anew from its disk.
Nora sees the note "We will not be the first" before the note "Two weeks".
Nora sees the note "Two weeks" before the note "They meet in May".
0 deeds wait on Nils's phone.

# What is about this moment does not keep: an old admission is worth nothing.
Peder asks for President Ilmari now: "The strait again". Dagny says that they talk.
Dagny rings Peder as principal. Peder joins the lobby.
Dagny's phone is offline. Dagny admits Peder.
20 minutes pass. Dagny's phone comes back.
Dagny's phone is told that it was refused: "an act of this kind may be 600000 ms old at most".
Peder is in the lobby.

# The server crashes. What was acknowledged is there, and what was not is sent again, once.
Nils notes a remark: "Before the crash". The server crashes and comes back.
Nora sees the note "Before the crash". Nora notes a remark: "After the crash".
Nils sees the note "After the crash".

# A correction stands for the earlier note. Nobody corrects somebody else's.
Nora tries to correct the note "Before the crash" to "Long before" and is refused: this is somebody else's.
Nils corrects the note "Before the crash" to "Just before the crash".
Nora sees the note "Just before the crash". Nora does not see the note "Before the crash".
Nora sees the crossed-out note "Before the crash".
Nils tries to correct the note "Before the crash" to "Twice" and is refused: there is already another note instead of.
Nothing waits anywhere. Everybody's alarms: none.
