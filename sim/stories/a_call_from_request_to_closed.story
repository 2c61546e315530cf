Story: A call from request to closed

At the desk: Asta and Bodil (security officers), Peder (principal), Dagny (duty officer),
  Nils and Nora (note-takers), Vidar (adviser), Ragna (records officer).
Dagny adds the counterpart President Ilmari of Sundra.
Dagny takes the post of duty officer. Nils takes the post of note-taker.
On duty as duty officer: Dagny.

# The principal asks; the desk writes the brief before anybody is rung.
Vidar plans a call of Peder with President Ilmari in 2 hours: "Fish quotas".
The call is requested. The rules ring Dagny and Nils.
Peder's board: Fish quotas with President Ilmari (requested).
Vidar writes the brief: "Agree on the quota for cod".
Nora tries to write the brief: "Mine" and is refused: writing a brief and asking for clearance needs.
Peder tries to read the brief and is refused: expected version 0, got 1.
Vidar issues the brief. The call is briefed.
Peder sees the brief "Agree on the quota for cod". Peder reads the brief.

# The call.
Dagny rings Peder as principal. Dagny rings President Ilmari as counterpart. Dagny rings Nils as note-taker.
Peder joins the lobby. Nils joins the lobby. Dagny sees President Ilmari into the lobby.
Dagny admits Peder. Dagny admits Nils. Dagny admits President Ilmari.
Dagny says that they talk. The call is live.
Nils notes a commitment of ours: "We send the quota table by Friday".
Nora sees the note "We send the quota table by Friday".
Ragna tries to note a remark: "I was here too" and is refused: no package "Fish quotas".
Vidar passes the card "Ask about haddock". Peder sees the card "Ask about haddock".
Dagny ends the call. The call is ended.

# The writing.
Peder wraps the call up: "He was in a good mood".
Nils writes the telcon: "Ilmari agrees to the quota for cod".
Vidar approves the telcon. The call is written up.
Nils makes the note "We send the quota table by Friday" a commitment of ours.
Dagny tasks Vidar for the commitment "We send the quota table by Friday" with "Send the table" within 3 days.
Dagny sends the readout "Quota agreed" to Peder. Peder reads the readout "Quota agreed".
Vidar finishes the due-out "Send the table": "Sent by courier".
Vidar settles the commitment "We send the quota table by Friday" as kept: "They have it".
Dagny closes the package. Nils agrees to the closing. The package is closed.
Nora sees the closed note "Nils: We send the quota table by Friday".
Nothing waits anywhere. Everybody's alarms: none.
