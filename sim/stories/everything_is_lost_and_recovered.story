Story: Everything is lost and recovered

Custodians: Asta, Carl and Cora; 2 are needed.
At the desk: Asta and Bodil (security officers), Carl and Cora (custodians), Peder (principal), Dagny (duty officer),
  Nils (note-taker).
Dagny adds the counterpart President Ilmari of Sundra.
Peder asks for President Ilmari now: "The archipelago". Dagny says that they talk.
Nils notes a remark: "Said before the fire".
Peder sees the note "Said before the fire".

# Peder's only device burns. No officer can give him another alone.
Peder's phone is lost.
Asta asks to recover Peder on Peder's new phone.
Asta tries to agree to what was asked and is refused: no security officer may do this alone.
Dagny tries to agree to what was asked and is refused: asking and agreeing to guarded changes needs security officer.
Carl tries to release a share of Peder's vault and is refused: no guarded change was asked.
Bodil agrees to what was asked.
Bodil tries to agree to what was asked and is refused: no guarded change was asked by the act.

# The new device is in, and reads nothing of before: its keys are with the custodians.
Peder's new phone can not read "Said before the fire".
Bodil tries to release a share of Peder's vault and is refused: no share is this custodian's.
Asta releases a share of Peder's vault.
Asta tries to release a share of Peder's vault and is refused: there is already a release of share.
Peder's new phone can not read "Said before the fire".

# The second share is enough.
Cora releases a share of Peder's vault.
Peder's new phone sees the note "Said before the fire".
Peder's new phone sees the request "The archipelago". Peder's new phone knows Nils and Dagny by name.
Nils notes a remark: "Said after the fire". Peder's new phone sees the note "Said after the fire".
Peder's new phone wraps the call up: "I have my call back". Nils sees the wrap-up "I have my call back".

# The burnt phone was not burnt, but it is out all the same.
Peder's phone comes back. Peder's phone is told: "this device was revoked".
Peder's phone can not read "Said after the fire".
Nothing waits anywhere. Everybody's alarms: none.
