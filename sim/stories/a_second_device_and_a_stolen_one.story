Story: A second device and a stolen one

At the desk: Asta and Bodil (security officers), Peder (principal), Dagny (duty officer), Nils and Nora (note-takers).
Dagny adds the counterpart President Ilmari of Sundra.
Peder asks for President Ilmari now: "The border". Dagny says that they talk.
Nora notes a remark: "Noted on the phone".

# A second device of the same person reads everything that the person reads, what came before included.
Nora adds a tablet of her own.
Nora's tablet sees the note "Noted on the phone". Nora's tablet knows Dagny and Peder by name.
Nora's tablet notes a remark: "Noted on the tablet".
Nora sees the note "Noted on the tablet". Nils sees the note "Noted on the tablet".

# The tablet is stolen. From the revocation on it is out of everything.
Nils tries to revoke Nora's tablet because it is lost and is refused: needs security officer.
Nora revokes Nora's tablet because it is lost.
Nora's tablet is told: "this device was revoked".
Asta tries to revoke Nora's tablet because it is lost and is refused: device Nora's tablet was revoked.
Nils notes a remark: "After the theft". Nora sees the note "After the theft".
Nora's tablet can not read "After the theft".
Nora's tablet comes back. Nora's tablet is told: "this device was revoked".
Nora's tablet can not read "After the theft". Nora's tablet can read "Noted on the phone".

# A new device in its place reads on.
Nora adds a new tablet of her own. Nora's new tablet sees the note "After the theft".
Nora's new tablet sees the note "Noted on the phone".
Asta revokes Nora's phone because it is replaced.
Dagny notes a remark: "On the new one". Nora's new tablet sees the note "On the new one".
Nora can not read "On the new one".
Nothing waits anywhere. Everybody's alarms: none.
