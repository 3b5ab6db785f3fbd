//! What services promise, on both engines.

mod life;
mod list;
mod own;
mod paying;
mod rules;
mod seen;
mod standings;

use super::*;
use crate::access::{Actor, Belonging};
use crate::both_engines;
use crate::crews;
use crate::db::testing::{Bench, person_with};
use crate::kernel::{Code, PageRequest, PartyId, Right};
use uuid::Uuid;

/// A key for a form.
fn key() -> String {
    Uuid::now_v7().to_string()
}

fn day(text: &str) -> Day {
    crate::kernel::calendar::parse_day(text).unwrap()
}

/// Two crews with a type each, and somebody in each of them.
struct Ground {
    vpn: ServiceTypeId,
    hosting: ServiceTypeId,
    vpn_crew: Actor,
    hosting_crew: Actor,
    bank: Actor,
    member: MemberId,
}

/// Somebody who is in a crew, with rights.
fn in_crew(person: PartyId, crew: CrewId, rights: &[Right]) -> Actor {
    let actor = person_with(person, rights);
    let name = "équipe".to_owned();
    let rights = actor.rights.in_crews(vec![Belonging { crew, name }]);
    Actor { rights, ..actor }
}

fn type_form(name: &str, crew: CrewId, months: u32, price: &str) -> TypeForm {
    TypeForm {
        key: key(),
        name: name.into(),
        crew: crew.to_string(),
        months: months.to_string(),
        price: price.into(),
        ..TypeForm::blank()
    }
}

async fn ground(bench: &Bench) -> Ground {
    let people = [
        bench.a_person("Tom", "Vasseur").await,
        bench.a_person("Nadia", "Petit").await,
        bench.a_person("Karim", "Haddad").await,
    ];
    let member = bench.a_member("Léa", "Benamar", 12).await;
    let boss = Actor::operator();
    let made = bench.run(&boss, async |cx| {
        let vpn_crew = crews::create(cx, "VPN", &[]).await?;
        let hosting_crew = crews::create(cx, "Hébergement", &[]).await?;
        let vpn = add_type(cx, &type_form("VPN", vpn_crew, 1, "5")).await?;
        let hosting = add_type(cx, &type_form("Hébergement", hosting_crew, 12, "60")).await?;
        Ok((vpn_crew, hosting_crew, vpn, hosting))
    });
    let (vpn_crew, hosting_crew, vpn, hosting) = made.await.unwrap();
    let pays = [Right::PaymentsAdd, Right::PaymentsChange];
    Ground {
        vpn,
        hosting,
        vpn_crew: in_crew(people[0], vpn_crew, &pays),
        hosting_crew: in_crew(people[1], hosting_crew, &pays),
        bank: person_with(people[2], &[Right::PaymentsValidate]),
        member,
    }
}

fn stock(kind: ServiceTypeId, label: &str) -> NewServiceForm {
    NewServiceForm {
        key: key(),
        kind: kind.to_string(),
        label: label.into(),
        ..NewServiceForm::default()
    }
}

fn holding(member: MemberId, from_on: &str, until_on: &str) -> HoldingForm {
    HoldingForm {
        key: key(),
        member: member.to_string(),
        from_on: from_on.into(),
        until_on: until_on.into(),
        ..HoldingForm::default()
    }
}

/// A service in stock.
async fn in_stock(bench: &Bench, actor: &Actor, kind: ServiceTypeId, label: &str) -> ServiceId {
    let form = stock(kind, label);
    bench
        .run(actor, async |cx| add(cx, &form).await)
        .await
        .unwrap()
}

/// A service that the member has from a day on.
async fn held(bench: &Bench, g: &Ground, label: &str, from_on: &str) -> ServiceId {
    let form = NewServiceForm {
        member: g.member.to_string(),
        from_on: from_on.into(),
        ..stock(g.vpn, label)
    };
    bench
        .run(&g.vpn_crew, async |cx| add(cx, &form).await)
        .await
        .unwrap()
}

async fn read(bench: &Bench, actor: &Actor, id: ServiceId) -> Known {
    let mut cx = bench.view(actor).await;
    known(&mut cx, id).await.unwrap()
}
