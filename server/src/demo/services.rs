//! The demonstration's services: three crews with a type each, some services in stock, some
//! not paid, one at a reduced price.

use super::{World, fields, login_of, new_key};
use crate::cli::Failed;
use domain::access::{Actor, Rights, Via};
use domain::context::Cx;
use domain::crews;
use domain::fields::Extra;
use domain::identity::PasswordHash;
use domain::kernel::calendar::add_months;
use domain::kernel::{
    CrewId, Locale, MemberId, PartyId, Period, PrefixId, Right, ServiceId, ServiceTypeId,
};
use domain::payments::{self, PaymentForm};
use domain::services::addresses::{self, GiveForm, PrefixForm, ReservedForm};
use domain::services::{self, HoldingForm, NewServiceForm, TypeForm};

/// A type, and how many of its services there are.
struct Kind {
    crew: &'static str,
    /// Who is in the crew, beside those who are in another one: login, given name, name.
    login: Option<(&'static str, &'static str, &'static str)>,
    name: &'static str,
    colour: &'static str,
    months: u32,
    cents: i64,
    label: &'static str,
    held: usize,
    stock: usize,
    /// What its services get something of: the prefix, what is handed out, its name.
    networks: &'static [(&'static str, &'static str, &'static str)],
}

const KINDS: &[Kind] = &[
    Kind {
        crew: "Équipe Toulouse",
        login: None,
        name: "Abo Toulouse",
        colour: "orange",
        months: 1,
        cents: 2800,
        label: "fibre",
        held: 12,
        stock: 4,
        networks: &[
            ("198.51.100.0/26", "32", "Fibre Toulouse"),
            ("2001:db8:1000::/40", "48", "Fibre Toulouse"),
        ],
    },
    Kind {
        crew: "Équipe réseau",
        login: Some(("malik", "Malik", "Aubert")),
        name: "VPN",
        colour: "blue",
        months: 1,
        cents: 400,
        label: "vpn",
        held: 9,
        stock: 3,
        networks: &[
            ("198.51.100.64/26", "32", "Tunnels VPN"),
            ("2001:db8:2000::/40", "56", "Tunnels VPN"),
        ],
    },
    Kind {
        crew: "Équipe hébergement",
        login: Some(("jeanne", "Jeanne", "Morvan")),
        name: "Hébergement",
        colour: "moss",
        months: 12,
        cents: 6000,
        label: "site",
        held: 8,
        stock: 2,
        networks: &[("203.0.113.0/28", "32", "Serveurs")],
    },
];

/// The type whose services have a field of the organisation's own.
const WITH_FIELD: &str = "VPN";

/// Prefixes that only hold others.
const CONTAINERS: &[(&str, &str)] = &[
    ("198.51.100.0/24", "Adresses IPv4 des abonnements"),
    ("203.0.113.0/24", "Adresses IPv4 des serveurs"),
    ("2001:db8::/32", "Adresses IPv6"),
];

/// So many months are paid at once of what costs something every month.
const MONTHS_AT_ONCE: u32 = 6;

/// Makes the types and their services. `tom` is in the first crew.
pub async fn make(
    world: &mut World,
    cx: &mut Cx,
    hash: &PasswordHash,
    members: &[MemberId],
) -> Result<(), Failed> {
    cx.now = world.now;
    cx.actor = Actor::operator();
    let mut others = members.iter().skip(3);
    for (network, label) in CONTAINERS {
        a_prefix(cx, (network, "", label), None).await?;
    }
    for kind in KINDS {
        cx.now = world.now;
        cx.actor = Actor::operator();
        let crew = crews::create(cx, kind.crew, &[Right::PaymentsAdd]).await?;
        let actor = crew_member(world, cx, hash, kind, crew).await?;
        let id = a_type(cx, kind, crew).await?;
        if kind.name == WITH_FIELD {
            fields::of_type(cx, id).await?;
        }
        let mut prefixes = Vec::new();
        for network in kind.networks {
            prefixes.push(a_prefix(cx, *network, Some(id)).await?);
        }
        cx.actor = actor;
        for n in 0..kind.held {
            if let Some(member) = others.next() {
                held(world, cx, (kind, id, &prefixes), n, *member).await?;
            }
        }
        cx.now = world.days_ago(12);
        for n in kind.held..kind.held + kind.stock {
            let form = service(kind, id, n);
            let service = services::add(cx, &form).await?;
            addressed(cx, service, &prefixes).await?;
            if n == kind.held
                && let Some(member) = members.first()
            {
                before(world, cx, service, *member).await?;
            }
        }
    }
    Ok(())
}

/// Somebody of the crew, who writes what follows.
async fn crew_member(
    world: &World,
    cx: &mut Cx,
    hash: &PasswordHash,
    kind: &Kind,
    crew: CrewId,
) -> Result<Actor, Failed> {
    let (person, name): (Option<PartyId>, String) = match kind.login {
        Some((login, given_name, name)) => {
            let person = login_of(cx, hash, login, given_name, name).await?;
            (Some(person), format!("{given_name} {name}"))
        }
        None => (world.staff.enters.person, world.staff.enters.name.clone()),
    };
    if let Some(person) = person {
        crews::add_person(cx, crew, person).await?;
    }
    // The demonstration writes history; the rights are those that the crews give.
    Ok(Actor {
        person,
        name,
        rights: Rights::operator(),
        via: Via::Cli,
    })
}

async fn a_type(cx: &mut Cx, kind: &Kind, crew: CrewId) -> Result<ServiceTypeId, Failed> {
    let form = TypeForm {
        key: new_key(),
        name: kind.name.into(),
        crew: crew.to_string(),
        colour: kind.colour.into(),
        months: kind.months.to_string(),
        price: Locale::Fr.money_input(domain::kernel::Cents(kind.cents)),
        addresses: "yes".into(),
        ..TypeForm::default()
    };
    Ok(services::add_type(cx, &form).await?)
}

/// A prefix for a type, or one that only holds others; its first address is the gateway's.
async fn a_prefix(
    cx: &mut Cx,
    (network, hands_out, label): (&str, &str, &str),
    kind: Option<ServiceTypeId>,
) -> Result<PrefixId, Failed> {
    let form = PrefixForm {
        key: new_key(),
        network: network.into(),
        label: label.into(),
        hands_out: hands_out.into(),
        kinds: kind.iter().map(ToString::to_string).collect(),
        ..PrefixForm::default()
    };
    let id = addresses::add_prefix(cx, &form).await?;
    if hands_out == "32" {
        let first = network.split('/').next().unwrap_or_default();
        let part = ReservedForm {
            key: new_key(),
            range: format!("{first} - {}1", first.trim_end_matches(|c| c != '.')),
            reason: "Passerelle".into(),
        };
        // Only where the prefix begins a network of its own.
        if first.ends_with(".0") {
            addresses::reserve(cx, id, &part).await?;
        }
    }
    Ok(id)
}

/// Gives a service the next free network of each prefix.
async fn addressed(cx: &mut Cx, service: ServiceId, prefixes: &[PrefixId]) -> Result<(), Failed> {
    for prefix in prefixes {
        let form = GiveForm {
            key: new_key(),
            prefix: prefix.to_string(),
            from_on: cx.today().to_string(),
            ..GiveForm::default()
        };
        addresses::give(cx, service, &form).await?;
    }
    Ok(())
}

/// Somebody tried a service for a few days, before it went back into stock.
async fn before(
    world: &World,
    cx: &mut Cx,
    service: ServiceId,
    member: MemberId,
) -> Result<(), Failed> {
    let day = |days| world.days_ago(days).date_naive().to_string();
    let form = HoldingForm {
        key: new_key(),
        member: member.to_string(),
        from_on: day(12),
        until_on: day(5),
        amount: "0".into(),
        reason: "Essai".into(),
        ..HoldingForm::default()
    };
    services::give(cx, service, &form).await?;
    Ok(())
}

fn service(kind: &Kind, id: ServiceTypeId, n: usize) -> NewServiceForm {
    NewServiceForm {
        key: new_key(),
        kind: id.to_string(),
        label: format!("{}-{:02}", kind.label, n + 1),
        extra: match kind.name == WITH_FIELD {
            true => fields::of_service(n),
            false => Extra::default(),
        },
        ..NewServiceForm::default()
    }
}

/// A service that somebody has, and what they paid for it: the last of each type has not paid
/// for a while, the one before waits for the bank crew.
async fn held(
    world: &mut World,
    cx: &mut Cx,
    (kind, id, prefixes): (&Kind, ServiceTypeId, &[PrefixId]),
    n: usize,
    member: MemberId,
) -> Result<(), Failed> {
    let months = kind.months.max(MONTHS_AT_ONCE);
    let late = n + 1 == kind.held;
    let waits = n + 2 == kind.held;
    // The last time that is paid began so many days ago.
    let paid_days = 20 + 13 * (n as u64 % 10);
    let (paid_days, times) = if late {
        (u64::from(months) * 31 + 40, 1)
    } else {
        (paid_days, 1 + n as u64 % 3)
    };
    let last = world.days_ago(paid_days).date_naive();
    let earlier = months * u32::try_from(times - 1).unwrap_or_default();
    let from = last
        .checked_sub_months(chrono::Months::new(earlier))
        .unwrap_or(last);
    let age = (world.now.date_naive() - from).num_days();
    let age = u64::try_from(age).unwrap_or_default();
    cx.now = world.days_ago(age);
    let reduced = n == 2;
    let form = NewServiceForm {
        member: member.to_string(),
        from_on: from.to_string(),
        amount: if reduced {
            Locale::Fr.money_input(domain::kernel::Cents(kind.cents / 2))
        } else {
            String::new()
        },
        reason: if reduced {
            "Tarif solidaire".into()
        } else {
            String::new()
        },
        ..service(kind, id, n)
    };
    let service = services::add(cx, &form).await?;
    addressed(cx, service, prefixes).await?;
    let whole = if reduced { kind.cents / 2 } else { kind.cents };
    let amount = whole * i64::from(months / kind.months);
    for time in 0..times {
        let begins = add_months(from, months * u32::try_from(time).unwrap_or_default());
        let days = (world.now.date_naive() - begins).num_days();
        let days = u64::try_from(days).unwrap_or_default().saturating_sub(2);
        let is_last = time + 1 == times;
        let entered = if waits && is_last { 3 } else { days };
        cx.now = world.days_ago(entered);
        let period = Period::months_from(begins, months);
        let payment = pay(cx, service, member, period, amount).await?;
        if !(waits && is_last) {
            world.evening(entered, payment);
        }
    }
    Ok(())
}

async fn pay(
    cx: &mut Cx,
    service: ServiceId,
    member: MemberId,
    period: Period,
    cents: i64,
) -> Result<domain::kernel::PaymentId, Failed> {
    let form = PaymentForm {
        key: new_key(),
        member: member.to_string(),
        service: service.to_string(),
        amount: Locale::Fr.money_input(domain::kernel::Cents(cents)),
        method: "transfer".into(),
        received_on: cx.today().to_string(),
        period_from: period.from().to_string(),
        period_until: period.until().to_string(),
        ..PaymentForm::default()
    };
    Ok(payments::add(cx, &form).await?)
}
