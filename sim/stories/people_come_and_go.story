Story: People come and go

Custodians: Asta, Bodil and Carl; 2 are needed.
At the desk: Asta and Bodil (security officers), Carl (custodian), Peder (principal), Dagny (duty officer),
  Nils (note-taker), Vidar (adviser).
Asta describes the desk as "Desk of Marrenland".
Asta describes Peder as "President". Dagny knows Peder as "President".
Vidar describes Vidar as "Adviser on fish". Dagny knows Vidar as "Adviser on fish".
Nils tries to describe Peder as "Emperor" and is refused: describing people needs security officer.

# Roles come and go; that of a security officer takes two officers.
Asta gives Nils the roles of note-taker and adviser.
Asta tries to give Nils the role of security officer and is refused: no security officer may do this alone.
Asta asks that Vidar become a security officer.
Bodil agrees to what was asked.
Asta tries to ask that Vidar become a security officer and is refused: there is already the role of security officer for Vidar.
Vidar adds Ivo (interpreter). Asta knows Ivo by name.

# An ask that nobody agrees to in time is void.
Asta asks that Nils become a security officer. 25 hours pass.
Bodil tries to agree to what was asked and is refused: the change was asked until.

# Two security officers must stay, and no custodian leaves.
Vidar lets Ivo go. Asta knows that Ivo has left.
Asta tries to let Ivo go and is refused: Ivo has left the desk.
Asta tries to put Ivo into the office "Records" and is refused: Ivo has left the desk.
Asta takes every role from Vidar.
Asta tries to take every role from Bodil and is refused: this would leave 1 security officers, and the desk needs 2.
Asta tries to let Carl go and is refused: Carl is a custodian; agree on other custodians first.

# Other custodians, by two officers; the shares are dealt again.
Asta tries to ask for other custodians: Asta and Bodil; 1 are needed and is refused: custodians must be at least 2.
Asta asks for other custodians: Asta and Bodil; 2 are needed. Bodil agrees to what was asked.
Asta lets Carl go. Dagny knows that Carl has left.
Carl's phone is told: "this device was revoked".

# Who left is out: of the devices, the offices and the calls.
Dagny adds the counterpart President Ilmari of Sundra.
Peder asks for President Ilmari now: "Farewell". Dagny says that they talk. Nils notes a remark: "While Nils was here".
Asta lets Nils go. Dagny notes a remark: "After Nils left".
Nils can read "While Nils was here". Nils can not read "After Nils left".
Nothing waits anywhere. Everybody's alarms: none.
