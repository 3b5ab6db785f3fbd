//! What addresses promise, on both engines.

mod life;
mod pure;
mod who;

use super::*;
use crate::access::{Actor, Belonging, Via};
use crate::both_engines;
use crate::crews;
use crate::db::testing::{Bench, person_with};
use crate::kernel::{Code, CrewId, MemberId, PageRequest, PartyId, Problem, Result, Right};
use crate::services::{
    self, HoldingForm, NewServiceForm, ServiceForm, ServiceTypeId as Kind, TypeForm,
};
use std::sync::Arc;
use uuid::Uuid;

fn key() -> String {
    Uuid::now_v7().to_string()
}

/// Two crews with a type that carries addresses each, a third type without, and somebody who
/// sets up prefixes.
struct Ground {
    vpn: Kind,
    hosting: Kind,
    plain: Kind,
    vpn_crew: Actor,
    hosting_crew: Actor,
    network: Actor,
    member: MemberId,
    other: MemberId,
}

fn in_crew(person: PartyId, crew: CrewId, rights: &[Right]) -> Actor {
    let actor = person_with(person, rights);
    let name = "équipe".to_owned();
    let rights = actor.rights.in_crews(vec![Belonging { crew, name }]);
    let via = Via::Cli;
    Actor {
        rights,
        via,
        ..actor
    }
}

fn type_form(name: &str, crew: CrewId, addresses: &str) -> TypeForm {
    TypeForm {
        key: key(),
        name: name.into(),
        crew: crew.to_string(),
        price: "5".into(),
        addresses: addresses.into(),
        ..TypeForm::blank()
    }
}

async fn ground(bench: &Bench) -> Ground {
    let people = [
        bench.a_person("Malik", "Aubert").await,
        bench.a_person("Jeanne", "Morvan").await,
        bench.a_person("Inès", "Carvalho").await,
    ];
    let member = bench.a_member("Léa", "Benamar", 12).await;
    let other = bench.a_member("Ada", "Moreau", 13).await;
    let boss = Actor::operator();
    let made = bench.run(&boss, async |cx| {
        let vpn_crew = crews::create(cx, "Réseau", &[]).await?;
        let hosting_crew = crews::create(cx, "Hébergement", &[]).await?;
        let vpn = services::add_type(cx, &type_form("VPN", vpn_crew, "yes")).await?;
        let hosting = services::add_type(cx, &type_form("Site", hosting_crew, "yes")).await?;
        let plain = services::add_type(cx, &type_form("Prêt", vpn_crew, "")).await?;
        Ok((vpn_crew, hosting_crew, vpn, hosting, plain))
    });
    let (vpn_crew, hosting_crew, vpn, hosting, plain) = made.await.unwrap();
    Ground {
        vpn,
        hosting,
        plain,
        vpn_crew: in_crew(people[0], vpn_crew, &[]),
        hosting_crew: in_crew(people[1], hosting_crew, &[]),
        network: person_with(people[2], &[Right::Prefixes, Right::AddressHistory]),
        member,
        other,
    }
}

fn prefix_form(network: &str, hands_out: &str) -> PrefixForm {
    PrefixForm {
        key: key(),
        network: network.into(),
        label: "Clients".into(),
        hands_out: hands_out.into(),
        ..PrefixForm::default()
    }
}

async fn a_prefix(bench: &Bench, g: &Ground, network: &str, hands_out: &str) -> PrefixId {
    let form = prefix_form(network, hands_out);
    bench
        .run(&g.network, async |cx| add_prefix(cx, &form).await)
        .await
        .unwrap()
}

async fn a_service(bench: &Bench, actor: &Actor, kind: Kind, label: &str) -> ServiceId {
    let form = NewServiceForm {
        key: key(),
        kind: kind.to_string(),
        label: label.into(),
        ..NewServiceForm::default()
    };
    bench
        .run(actor, async |cx| services::add(cx, &form).await)
        .await
        .unwrap()
}

async fn hold(bench: &Bench, actor: &Actor, id: ServiceId, member: MemberId, days: (&str, &str)) {
    let form = HoldingForm {
        key: key(),
        member: member.to_string(),
        from_on: days.0.into(),
        until_on: days.1.into(),
        ..HoldingForm::default()
    };
    bench
        .run(actor, async |cx| services::give(cx, id, &form).await)
        .await
        .unwrap();
}

fn this(network: &str, from_on: &str) -> GiveForm {
    GiveForm {
        key: key(),
        network: network.into(),
        from_on: from_on.into(),
        ..GiveForm::default()
    }
}

fn next_of(prefix: PrefixId) -> GiveForm {
    GiveForm {
        key: key(),
        prefix: prefix.to_string(),
        ..GiveForm::default()
    }
}

/// Gives each of these to a service, all at once.
async fn together(
    bench: Bench,
    actor: &Actor,
    id: ServiceId,
    forms: Vec<GiveForm>,
) -> (Bench, Vec<Result<AllocationId>>) {
    let (bench, mut tasks) = (Arc::new(bench), Vec::new());
    for form in forms {
        let (bench, actor) = (Arc::clone(&bench), actor.clone());
        tasks.push(tokio::spawn(async move {
            bench
                .run(&actor, async |cx| give(cx, id, &form).await)
                .await
        }));
    }
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    (Arc::into_inner(bench).unwrap(), done)
}

/// What a use-case gives, as text: what a service has got, or the code at a field.
async fn given(bench: &Bench, actor: &Actor, id: ServiceId, form: &GiveForm) -> Result<String> {
    let given = bench
        .run(actor, async |cx| give(cx, id, form).await)
        .await?;
    let mut cx = bench.view(actor).await;
    let all = of_service(&mut cx, id).await?;
    let found = all.into_iter().find(|a| a.id == given).unwrap();
    Ok(found.written())
}

fn refused<T: std::fmt::Debug>(done: Result<T>, field: &str) -> Code {
    done.unwrap_err().field(field).unwrap().clone()
}

async fn ends(bench: &Bench, actor: &Actor, id: ServiceId, until_on: &str) -> Result<()> {
    bench
        .run(actor, async |cx| {
            let all = of_service(cx, id).await?;
            let present = all.iter().find(|a| !a.is_over(cx.now)).unwrap();
            let form = EndForm {
                version: present.version.to_string(),
                until_on: until_on.into(),
                ..EndForm::default()
            };
            end(cx, id, present.id, &form).await
        })
        .await
}
