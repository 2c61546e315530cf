Story: A phone with a wrong clock

At the desk: Asta and Bodil (security officers), Peder (principal), Dagny (duty officer), Nils and Nora (note-takers).
Dagny adds the counterpart President Ilmari of Sundra.
Peder asks for President Ilmari now: "The ferries".

# Dagny comes back from a journey. Her phone shows the time of another place, and does all that a right one does.
Dagny's phone is offline. Dagny's clock is 3 hours ahead. Dagny's phone comes back.
Dagny's alarms: clocks differ.
Dagny says that they talk. Dagny rings Peder as principal. Peder joins the lobby. Dagny admits Peder.
Dagny notes a remark: "From far away". Nora sees the note "From far away".

# So does one that is behind.
Nils's phone is offline. Nils's clock is 9 hours behind. Nils's phone starts anew from its disk.
Nils's alarms: clocks differ.
Nils notes an ask: "Two berths". Nora sees the note "From far away" before the note "Two berths".

# Somebody sets the clock right while the phone is connected, and later wrong again. The desk says what time it is.
Dagny's clock is right. Dagny puts Peder on hold. Dagny brings Peder back.
5 minutes pass. Dagny's clock is 2 days ahead. Dagny puts Peder on hold.
Nils's clock is right. Nils notes an ask: "Three berths".

# What was done offline by a wrong clock keeps its age: it counts from when it was done.
Nils's phone is offline. Nils's clock is 1 day ahead.
Nils notes a decision: "They pay half".
3 hours pass. Nils's phone comes back. Nora sees the note "They pay half".
0 deeds wait on Nils's phone. 0 deeds wait on Dagny's phone.
Nora's alarms: none.
