//! One entry's way from bytes to something that may be folded: signature, rules, class. The same for every scope.

use chancery_desk::{admit, package::Package, refusal::Refusal, said::Said, trust::Trust};
use chancery_log::{
    act::ReceivedAct,
    leaf::Leaf,
    place::{self, PlaceError},
};

use crate::alarm::Alarm;

/// Judges an act at its place: by the trust and the package as they stood there.
pub fn judge(trust: &Trust, package: Option<&Package>, leaf: &Leaf, act: &[u8]) -> Result<Said, Alarm> {
    let (scope, index) = (leaf.scope, leaf.before.count);
    let forged = |detail: String| Alarm::ForgedAct { scope, index, detail };
    let forbidden = |refusal: Refusal| Alarm::ForbiddenAct { scope, index, refusal: Box::new(refusal) };

    let received = ReceivedAct::read(act.to_vec()).map_err(|e| forged(e.to_string()))?;
    let author = received.claimed_author();
    let key = trust.verifying_key(author).ok_or_else(|| forbidden(Refusal::UnknownDevice(author)))?;
    let verified = received.verify(&key).map_err(|e| forged(e.to_string()))?;
    place::check(leaf, &verified).map_err(|error| match error {
        PlaceError::SawLater { scope, saw, were } => Alarm::Withheld { author, scope, seen: saw, held: were },
        PlaceError::SawOther { scope, count, .. } => Alarm::TwoHistories { author, scope, count },
        PlaceError::ActMismatch { .. } | PlaceError::WrongScope { .. } => forged(error.to_string()),
    })?;
    let said = Said::read(&verified).map_err(forbidden)?;
    admit::admit(trust, package, &said, leaf.logged_ms).map_err(forbidden)?;
    let class = said.class_of(package);
    if class != leaf.class {
        return Err(forged(format!("the leaf says retention class {}, the rules say {class}", leaf.class)));
    }
    Ok(said)
}
