Story: Readers come and go

At the desk: Asta and Bodil (security officers), Peder (principal), Dagny (duty officer), Nils (note-taker),
  Vidar (adviser), Ivo and Ilse (interpreters), Ragna (records officer).
Dagny adds the counterpart President Ilmari of Sundra.
Peder asks for President Ilmari now: "Grain". Dagny says that they talk.
Nils notes a remark: "Before anybody came".

# Added: reads what came before, too.
Ilse knows nothing of the package.
Dagny lets Ilse read. Ilse sees the note "Before anybody came".
Dagny tries to let Ilse read and is refused: there is already.
Ivo tries to let Ivo read and is refused: no package "Grain".

# Added from now on: reads what comes, and not what came before.
Dagny lets Ivo read from now on.
Nils notes a remark: "After Ivo came".
Ivo sees the note "After Ivo came". Ivo does not see the note "Before anybody came".
Ivo can not read "Before anybody came". Ilse sees the note "After Ivo came".

# Removed: keeps what was read, reads nothing more.
Dagny takes Ilse off the readers. Dagny tries to take Ilse off the readers and is refused: add it first.
Dagny tries to take Peder off the readers and is refused: can not be a reader of that, or not be removed.
Nils notes a remark: "After Ilse left".
Ivo sees the note "After Ilse left". Ilse can not read "After Ilse left". Ilse can read "Before anybody came".
Ilse tries to set the level to open and is refused: needs duty officer.

# An office reads through its members, and its new members read what it reads.
Asta makes the office "Grain board". Asta puts Ragna into the office "Grain board".
Dagny lets the office Grain board read. Ragna sees the note "After Ilse left".
Asta puts Ilse into the office "Grain board". Ilse can read "After Ilse left".
Asta takes Ilse out of the office "Grain board".
Asta tries to take Ilse out of the office "Grain board" and is refused: Ilse is not a member of office Grain board.
Nils notes a remark: "After Ilse left the board".
Ragna sees the note "After Ilse left the board". Ilse can not read "After Ilse left the board".

# Whoever does not read it does not write it, whatever the role.
Vidar notes a remark: "By the duty desk". Asta takes Vidar out of the office "Duty desk".
Vidar tries to note a remark: "From outside" and is refused: Vidar does not read "Grain".
Asta tries to note a remark: "From nowhere" and is refused: no package "Grain".
Nothing waits anywhere. Everybody's alarms: none.
