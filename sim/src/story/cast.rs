//! The cast of a story: who is at the desk in which roles, as the page's first sentence lists them.

use chancery_desk::act::Role;

use super::words;

/// One member of the cast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) roles: Vec<Role>,
}

/// Reads "Asta and Bodil (security officers), Peder (principal), Vidar (adviser and desk officer)".
pub(super) fn read(text: &str) -> Result<Vec<Member>, String> {
    let mut cast = Vec::new();
    for group in text.split(')') {
        if group.trim().is_empty() {
            continue;
        }
        let (names, roles) =
            group.split_once(" (").ok_or_else(|| format!("expected \"names (roles)\", got {group:?}"))?;
        let roles = read_roles(roles)?;
        let names = words::list(names.trim_start_matches(", ").trim_start_matches(" and "));
        cast.extend(names.into_iter().map(|name| Member { name, roles: roles.clone() }));
    }
    Ok(cast)
}

/// Roles of one group; a custodian who is nothing else has none.
pub(super) fn read_roles(text: &str) -> Result<Vec<Role>, String> {
    let named = words::list(text).into_iter().filter(|word| !word.starts_with("custodian"));
    named.map(|word| words::role(&word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cast_is_read_group_by_group() {
        let cast =
            read("Asta and Bodil (security officers), Carl (custodian), Vidar (adviser and desk officer)");
        let member = |name: &str, roles: &[Role]| Member { name: name.into(), roles: roles.to_vec() };
        let expected = vec![
            member("Asta", &[Role::SecurityOfficer]),
            member("Bodil", &[Role::SecurityOfficer]),
            member("Carl", &[]),
            member("Vidar", &[Role::Adviser, Role::DeskOfficer]),
        ];
        assert_eq!(cast, Ok(expected));
    }
}
