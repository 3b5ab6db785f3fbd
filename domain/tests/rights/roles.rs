//! The roles as which everything is tried, and what each of them is to hear.

use super::world::World;
use domain::access::{Actor, Belonging};
use domain::db::testing::person_with;
use domain::kernel::{Code, CrewId, Right};
use uuid::Uuid;

/// What a use-case needs.
#[derive(Clone, Copy, Debug)]
pub enum Needs {
    /// Nothing: it is for everybody, also for who has not signed in.
    Nothing,
    /// Somebody who has signed in. It does nothing but to what is their own.
    SignedIn,
    /// The one whose the thing is; it is not there for anybody else.
    Own,
    /// The one whose the thing is, or anybody in a crew.
    OwnOrCrew,
    /// Anybody in a crew; it is not there for members.
    Crew,
    /// These rights, asked for in this order.
    Rights(&'static [Right]),
    /// Somebody in the crew that manages the service's type, with these rights beside that; to
    /// everybody else it is not there.
    InItsCrew(&'static [Right]),
    /// The same, or somebody in a crew with this right.
    InItsCrewOr(Right),
    /// It is no use-case of its own: it is called by those that have asked already.
    Tool,
}

/// Somebody.
pub struct Role {
    pub name: String,
    pub actor: Actor,
    is_owner: bool,
    is_in_its_crew: bool,
}

impl Role {
    /// Somebody with rights, in a crew.
    pub fn with(world: &World, name: String, rights: &[Right]) -> Self {
        Self {
            name,
            actor: person_with(world.colleague, rights),
            is_owner: false,
            is_in_its_crew: false,
        }
    }
}

/// Every role: nobody, members, crews, each right alone, each right missing alone.
pub fn roles(world: &World) -> Vec<Role> {
    let mut all = vec![
        Role {
            name: "nobody".into(),
            actor: Actor::nobody(String::new()),
            is_owner: false,
            is_in_its_crew: false,
        },
        Role {
            name: "the member".into(),
            actor: person_with(world.owner, &[]),
            is_owner: true,
            is_in_its_crew: false,
        },
        Role {
            name: "another member".into(),
            actor: person_with(world.stranger, &[]),
            is_owner: false,
            is_in_its_crew: false,
        },
        in_a_crew(world, "a crew without rights", CrewId(Uuid::now_v7()), &[]),
        in_its_crew(world, "the crew of the service", &[]),
        in_its_crew(
            world,
            "the crew of the service, with every right",
            Right::ALL,
        ),
        Role::with(world, "every right".into(), Right::ALL),
    ];
    for right in Right::ALL {
        all.push(Role::with(world, right.name().into(), &[*right]));
        let others: Vec<Right> = Right::ALL.iter().copied().filter(|r| r != right).collect();
        let name = format!("every right but {}", right.name());
        all.push(Role::with(world, name, &others));
    }
    all
}

fn in_a_crew(world: &World, name: &str, crew: CrewId, rights: &[Right]) -> Role {
    let mut role = Role::with(world, name.into(), rights);
    let name = "équipe".into();
    role.actor.rights = role.actor.rights.in_crews(vec![Belonging { crew, name }]);
    role
}

fn in_its_crew(world: &World, name: &str, rights: &[Right]) -> Role {
    Role {
        is_in_its_crew: true,
        ..in_a_crew(world, name, world.service_crew, rights)
    }
}

/// What somebody is to hear: `None` for what is done. Nothing is declared for a tool.
pub fn answer_to(needs: Needs, role: &Role) -> Option<Option<Code>> {
    let rights = &role.actor.rights;
    let nobody = role.actor.person.is_none();
    let sign_in = |otherwise| match nobody {
        true => Some(Code::SignInNeeded),
        false => otherwise,
    };
    let there = |is: bool| sign_in((!is).then_some(Code::NotFound));
    Some(match needs {
        Needs::Tool => return None,
        Needs::Nothing => None,
        Needs::SignedIn => sign_in(None),
        Needs::Own => there(role.is_owner),
        Needs::OwnOrCrew => there(role.is_owner || rights.is_crew()),
        Needs::InItsCrew(needed) => {
            let missing = needed.iter().copied().find(|right| !rights.has(*right));
            match missing {
                Some(right) => sign_in(Some(Code::Forbidden { right })),
                None => there(role.is_in_its_crew),
            }
        }
        Needs::InItsCrewOr(right) => there(role.is_in_its_crew || rights.has(right)),
        Needs::Crew => there(rights.is_crew()),
        Needs::Rights(needed) => {
            let missing = needed.iter().copied().find(|right| !rights.has(*right));
            sign_in(missing.map(|right| Code::Forbidden { right }))
        }
    })
}
