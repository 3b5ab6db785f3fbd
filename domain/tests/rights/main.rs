//! Who may do what, declared once: every use-case has a row that says what it needs, and is tried as
//! every role. A new use-case without a row fails `every_use_case_has_a_row`.
//!
//! A row's attempt is made for everybody alike, with things that are there; what it changes is rolled
//! back. Whoever may must succeed, and whoever may not must hear exactly the refusal that is declared.
#![cfg(feature = "testing")]

#[cfg(test)]
mod roles;
#[cfg(test)]
mod rows;
#[cfg(test)]
mod scan;
#[cfg(test)]
mod world;

#[cfg(test)]
mod tests {
    use super::roles::{Needs, Role, answer_to, roles};
    use super::rows::{Row, rows};
    use super::scan::use_cases;
    use super::world::World;
    use domain::kernel::Right;
    use std::collections::BTreeSet;

    #[test]
    fn every_use_case_has_a_row() {
        let rows = rows();
        let declared: BTreeSet<String> = rows.iter().map(|r| r.name.to_owned()).collect();
        assert_eq!(declared.len(), rows.len(), "a use-case has two rows");
        let there = use_cases();
        let missing: Vec<_> = there.difference(&declared).collect();
        let gone: Vec<_> = declared.difference(&there).collect();
        assert!(
            missing.is_empty(),
            "use-cases without a row in domain/tests/rights/rows.rs: {missing:#?}"
        );
        assert!(
            gone.is_empty(),
            "rows in domain/tests/rights/rows.rs without a use-case: {gone:#?}"
        );
    }

    #[tokio::test]
    async fn every_use_case_is_for_those_whom_its_row_names() {
        let world = World::new().await;
        let mut wrong = Vec::new();
        let everybody = roles(&world);
        for row in rows() {
            for role in everybody.iter().chain(&exactly(&world, &row)) {
                let wanted = answer_to(row.needs, role);
                let Some(wanted) = wanted else { continue };
                let mut cx = world.bench.act(&role.actor).await;
                let found = (row.attempt)(&mut cx, &world).await;
                if found != wanted {
                    let (name, who) = (row.name, &role.name);
                    wrong.push(format!("{name} as {who}: {found:?} instead of {wanted:?}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// Somebody with exactly the rights that a use-case needs, where it needs several.
    fn exactly(world: &World, row: &Row) -> Option<Role> {
        match row.needs {
            Needs::Rights(rights) if rights.len() > 1 => {
                let names: Vec<&str> = rights.iter().map(|r: &Right| r.name()).collect();
                Some(Role::with(world, names.join(" and "), rights))
            }
            _ => None,
        }
    }
}
