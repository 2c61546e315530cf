Story: Calls that do not come to be

At the desk: Asta and Bodil (security officers), Peder (principal), Dagny (duty officer), Vidar (adviser).
Dagny adds the counterpart President Ilmari of Sundra.
Asta tries to set the rule that a call rings for 1 second and is refused: the time a call rings in ms must be from 5000.
Asta sets the rule that a call rings for 2 minutes.

# Nobody answers. The server itself may say so, but only when it has rung for as long as the rules say.
Peder asks for President Ilmari now: "First try".
Dagny rings President Ilmari as counterpart.
1 minute passes. The call is live.
2 minutes pass. The call is ended. The call was missed.
Dagny tries to say that they talk and is refused: that needs the package to be requested or briefed or live, it is ended.

# A call that never came to be is closed without a telcon.
Dagny closes the package. The package is closed.

# Moved, then called off.
Vidar plans a call of Peder with President Ilmari in 2 hours: "Second try".
Vidar moves the call to 3 hours from now.
Peder cancels the call. The call was cancelled.

# Declined, with a reason that only readers see, and without one.
Peder asks for President Ilmari now: "Third try".
Dagny declines the call: "He is at a funeral". The call was declined.
Vidar can read "He is at a funeral". Asta can not read "He is at a funeral".
Peder asks for President Ilmari now: "Fourth try".
Dagny declines the call. The call was declined.

# It broke, or hung.
Peder asks for President Ilmari now: "Fifth try".
Dagny says that the call failed. The call was failed.
Peder asks for President Ilmari now: "Sixth try".
Peder tries to clear the call away and is refused: clearing away a stuck call needs duty officer.
Dagny clears the call away. The call was failed.

# The desk's own people may say that nobody answered, at any time; not once they talked.
Peder asks for President Ilmari now: "Seventh try".
Dagny says that they talk.
Dagny tries to say that nobody answered and is refused: there is already an answer.
Dagny ends the call.
Everybody's alarms: none.
