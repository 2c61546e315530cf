Story: Links and knocks

At the desk: Asta and Bodil (security officers), Peder (principal), Dagny (duty officer).
Dagny tries to add Vidar (adviser) and is refused: needs security officer.
Asta adds Vidar (adviser).
Dagny tries to hand Vidar a link for a new device and is refused: Dagny is not a member of office Security.
Asta hands Vidar a link for a new device.
Vidar's phone knocks with the link of Vidar. Vidar's phone is told: "wait".
Asta approves Vidar's phone. Vidar knows Asta and Peder by name. Peder knows Vidar by name.

# A link brings one device.
Thief's phone knocks with the link of Vidar. Thief's phone is told: "the link is not valid".
Asta tries to approve Thief's phone and is refused: no device waits under that invitation.

# Two devices with one link: both are shown, and only the one that was approved comes in.
Asta adds Olaf (desk officer). Asta hands Olaf a link for a new device.
Olaf's phone knocks with the link of Olaf. Other phone knocks with the link of Olaf.
Bodil approves Olaf's phone. Olaf knows Vidar by name.
Bodil tries to approve Other phone and is refused: no device waits under that invitation.

# A withdrawn link is void.
Asta adds Ivo (interpreter). Asta hands Ivo a link for a new device. Asta withdraws the link of Ivo.
Bodil tries to withdraw the link of Ivo and is refused: the invitation was used or withdrawn; make another.
Ivo's phone knocks with the link of Ivo. Ivo's phone is told: "the link is not valid".

# Links run out, for the newcomer and for an approver who comes too late.
Asta tries to set the rule that an invitation lives 2 seconds and is refused: the life of an invitation in ms must be.
Asta sets the rule that an invitation lives 5 minutes.
Asta hands Ivo a link for a new device. 10 minutes pass.
Ivo's phone knocks with the link of Ivo. Ivo's phone is told: "the link is not valid".
Bodil hands Ivo a link for a new device. Ivo's phone knocks with the link of Ivo. Ivo's phone is told: "wait".
Asta's phone is offline. Asta approves Ivo's phone. 9 minutes pass. Asta's phone comes back.
Asta's phone is told that it was refused: "the invitation ended at".
Everybody's alarms: none.
