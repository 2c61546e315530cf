Story: A tape is dealt and opened

Custodians: Asta, Carl and Cora; 2 are needed.
At the desk: Asta and Bodil (security officers), Carl and Cora (custodians), Peder (principal), Dagny (duty officer),
  Nils (note-taker), Ragna (records officer).
Dagny adds the counterpart President Ilmari of Sundra.
Peder asks for President Ilmari now: "The strait". Dagny lets Nils and Ragna read.
Dagny rings Peder as principal. Dagny rings Nils as note-taker.
Peder joins the lobby. Nils joins the lobby. Dagny admits Peder. Dagny admits Nils.

# Whoever is on the call deals; who is not can not.
Nils deals the secret of epoch 1.
Peder tries to deal the secret of epoch 1 and is refused: there is already this dealing of epoch 1.
Dagny tries to deal the secret of epoch 2 and is refused: Dagny is not on the call.

# A custodian whose only device is lost is left out: the tape is not.
Asta revokes Cora's phone because it is lost.
Peder deals the secret of epoch 2. The secrets of 2 epochs were dealt.
Dagny says that they talk. Nils notes a remark: "Said on tape". Peder ends the call.

# The last epoch may come after the end, and for ten minutes.
Nils deals the secret of epoch 3. The secrets of 3 epochs were dealt.
11 minutes pass.
Nils's phone is offline. Nils deals the secret of epoch 4. 11 minutes pass. Nils's phone comes back.
Nils's phone is told that it was refused: "an act of this kind may be".

# To be opened: asked for by the records officer, before everybody's eyes.
Nils tries to ask to open the tape and is refused: asking to open a tape needs principal or records officer.
Ragna tries to ask to open the tape on Nils's phone and is refused: is for the one whose it is.
Ragna asks to open the tape. The tape can not be opened yet.
Bodil tries to release the shares of the tape and is refused: Bodil is not a custodian.
Asta releases the shares of the tape. The tape was released by Asta. The tape can not be opened yet.
Asta tries to release the shares of the tape and is refused: there is already a release of the shares of Asta.
Ragna's phone starts anew from its disk. Ragna's phone comes back.
Carl releases the shares of the tape. The tape was released by Asta and Carl. The tape can be opened.
Ragna's phone holds what was released. Peder's phone does not hold what was released.

# Rules can say that calls are not taped.
Asta sets the rule that calls are not taped.
Peder asks for President Ilmari now: "Off the record". Dagny lets Nils read.
Dagny rings Nils as note-taker. Nils joins the lobby. Dagny admits Nils.
Nils tries to deal the secret of epoch 1 and is refused: calls are not taped.
Everybody's alarms: none.
