Story: Two principals

At the desk: Asta and Bodil (security officers), Peder and Paula (principals), Dagny (duty officer), Nils (note-taker).
Dagny adds the counterpart President Ilmari of Sundra. Dagny adds the counterpart Chancellor Ruud of Voss.
Dagny takes the post of duty officer. Nils takes the post of note-taker.
Asta sets the rule that Nils is rung on every call.

# Each has calls of their own, which the other knows nothing of.
Peder asks for President Ilmari now: "The fence". Paula knows nothing of the package.
10 seconds pass. Paula asks for Chancellor Ruud now: "The ferry". Peder knows nothing of the package.
The rules ring Dagny and Nils.
Peder's board: The fence with President Ilmari (live).
Paula's board: The ferry with Chancellor Ruud (live).
Dagny's board: The ferry with Chancellor Ruud (live); The fence with President Ilmari (live).
Nils notes a remark: "About the ferry". The story turns to "The fence". Nils notes a remark: "About the fence".
Paula can not read "About the fence". Peder can not read "About the ferry".

# Neither acts for the other.
Paula tries to end the call and is refused: no package "The fence".
Paula tries to wrap the call up: "Mine now" and is refused: no package "The fence".
Paula tries to ask for President Ilmari on behalf of Peder now: "In his name" and is refused: requesting a call needs.
Dagny asks for Chancellor Ruud on behalf of Peder now: "In his name". Peder sees the request "In his name".
Dagny tries to ask for Chancellor Ruud on behalf of Nils now: "Nonsense" and is refused: Nils would need to be principal.

# Paula joins Peder's call as a reader, and is wrong there as a principal of the package.
The story turns to "The fence". Dagny says that they talk. Dagny lets Paula read.
Paula sees the note "About the fence".
Paula tries to wrap the call up: "Our call" and is refused: wrapping up needs principal.
Peder wraps the call up: "My call". Paula sees the wrap-up "My call".
Everybody's alarms: none.
