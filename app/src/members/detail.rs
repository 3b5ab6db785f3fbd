//! A member's page.

use super::payments::{For, table};
use super::transfer;
use crate::fields::inputs;
use crate::locales::{Text, frame as tf, members as t};
use crate::people::directory::standing_badge;
use crate::people::facts::{self, Fact};
use crate::reminders;
use crate::request::{Id, Reply, Req};
use crate::ui::{self, PageHead, Tone};
use domain::audit::{self, Entry};
use domain::dues::{self, Kind, MemberDues, PaidFor};
use domain::fields::{self, Filled, On};
use domain::kernel::{Locale, MemberId, Right};
use domain::members::{self, Member};
use domain::payments::{self, Payment, State, rules::may_add};
use domain::services::{self, Held};
use leptos::prelude::*;

/// `GET /members/{id}`
pub async fn show(req: Req, Id(id): Id<MemberId>) -> Reply {
    let known = req
        .view(async |cx| {
            let member = members::get(cx, id).await?;
            let payments = payments::of_member(cx, id).await?;
            let mut history = audit::history(cx, "member", id.0).await?;
            history.extend(audit::history(cx, "party", member.party.id.0).await?);
            let dues = dues::of_member(cx, id).await?;
            let services = services::of_member(cx, id).await?;
            let pays_for = dues::pays_for(cx, member.party.id).await?;
            let reminders = reminders::read_member(cx, id).await?;
            let own = (
                fields::filled(cx, On::party(member.party.kind), Some(member.party.id.0)).await?,
                fields::filled(cx, On::Member, Some(id.0)).await?,
            );
            Ok(Known {
                own,
                member,
                payments,
                history,
                dues,
                services,
                pays_for,
                reminders,
                kinds: dues::kinds(cx).await?,
            })
        })
        .await?;
    let title = known.member.party.display_name();
    Ok(req.page(&title, page(&req, known)))
}

/// What is known of a member.
struct Known {
    member: Member,
    payments: Vec<Payment>,
    history: Vec<Entry>,
    dues: MemberDues,
    services: Vec<Held>,
    pays_for: Vec<PaidFor>,
    reminders: reminders::Known,
    kinds: Vec<Kind>,
    /// The organisation's own fields: of who it is, and of the membership.
    own: (Vec<Filled>, Vec<Filled>),
}

fn page(req: &Req, known: Known) -> AnyView {
    let (l, member, payments) = (req.locale, &known.member, &known.payments);
    let since = t::member_since(l, &member.number.to_string(), &l.day(member.joined_on));
    let standing = standing_badge(l, member.standing(req.today()));
    let state = view! { {standing} " · " {since} };
    view! {
        {PageHead::new(member.party.display_name()).crumb("/members", tf::members(l)).state(state).actions(actions(req, member)).view()}
        {waiting(l, payments)}
        <div class="columns">
            <div>
                <section class="section" aria-labelledby="facts">
                    {section_head(req, "facts", crate::locales::people::facts(l), &party_link(member), Right::People)}
                    {facts::list(with(facts::of(l, &member.party), inputs::facts(l, &known.own.0)))}
                </section>
                <section class="section" aria-labelledby="membership">
                    {section_head(req, "membership", t::membership(l), &format!("/members/{}/edit", member.id), Right::Members)}
                    {facts::list(with(membership(l, member), inputs::facts(l, &known.own.1)))}
                </section>
                {crate::dues::section(req, &known.dues, &known.kinds, (member.party.id, &known.pays_for))}
                {transfer::folded(req, &known.dues)}
                {crate::services::of_member(req, &known.services)}
                <section class="section" aria-labelledby="payments">
                    <h2 id="payments">{t::payments(l)}</h2>
                    {table(l, payments, For::Crew)}
                    {locked(req)}
                </section>
                {reminders::of_member(req, &known.reminders)}
            </div>
            {facts::history(req, known.history)}
        </div>
    }
    .into_any()
}

fn with(mut facts: Vec<Fact>, more: Vec<Fact>) -> Vec<Fact> {
    facts.extend(more);
    facts
}

fn actions(req: &Req, member: &Member) -> AnyView {
    let l = req.locale;
    let add = format!("/payments/new?member={}", member.id);
    let page = format!("/people/{}", member.party.id);
    let icon = match member.party.kind {
        domain::people::Kind::Person => "person",
        domain::people::Kind::Organisation => "organisation",
    };
    let add = may_add(&req.rights()).is_ok().then(|| {
        view! { <a class="button is-primary" href=add>{ui::icon("plus")} " " {t::add_payment(l)}</a> }
    });
    view! {
        <a class="button" href=page>{ui::icon(icon)} " " {t::whole_page(l)}</a>
        {add}
    }
    .into_any()
}

/// Why there is no button that adds a payment.
fn locked(req: &Req) -> Option<AnyView> {
    let l = req.locale;
    let code = may_add(&req.rights()).err()?.code();
    let why = crate::locales::problems::text(l, &code);
    Some(view! { <p class="help">{why}</p> }.into_any())
}

fn party_link(member: &Member) -> String {
    format!("/people/{}/edit", member.party.id)
}

/// A heading with the way to change what stands below it, for those who may.
fn section_head(req: &Req, id: &'static str, title: Text, href: &str, right: Right) -> AnyView {
    let l = req.locale;
    let edit = match req.rights().has(right) {
        true => {
            let label = match right {
                Right::Members => t::edit_membership(l),
                _ => t::edit_party(l),
            };
            view! { <a href=href.to_owned()>{label}</a> }.into_any()
        }
        false => {
            let why = ui::missing_right(l, right);
            view! { <span class="help">{why}</span> }.into_any()
        }
    };
    view! { <div class="section-head"><h2 id=id>{title}</h2>{edit}</div> }.into_any()
}

fn waiting(l: Locale, payments: &[Payment]) -> Option<AnyView> {
    let drafts = payments.iter().filter(|p| p.state == State::Draft).count();
    let n = i64::try_from(drafts).unwrap_or_default();
    let text = view! {
        <strong>{t::waiting_title(l, n)}</strong> " " <a href="/payments/queue">{t::waiting_link(l)}</a>
    };
    (n > 0).then(|| ui::notice(Tone::Warning, text))
}

fn membership(l: Locale, member: &Member) -> Vec<Fact> {
    let code = |text: String| view! { <code class="nowrap">{text}</code> }.into_any();
    let mut facts: Vec<Fact> = vec![
        (t::number(l), member.number.to_string().into_any()),
        (t::reference(l), code(member.number.reference_spaced())),
        (t::joined_on(l), ui::day(l, member.joined_on)),
    ];
    if let Some(left_on) = member.left_on {
        facts.push((t::left_on(l), ui::day(l, left_on)));
    }
    let paid_until = match member.paid_until {
        Some(day) => ui::day(l, day),
        None => t::never(l).into_any(),
    };
    facts.push((t::paid_until(l), paid_until));
    if !member.references.is_empty() {
        let names = member
            .references
            .iter()
            .map(|(source, reference)| t::former_number(l, source, reference));
        facts.push((
            t::former_numbers(l),
            names.collect::<Vec<_>>().join(", ").into_any(),
        ));
    }
    facts
}
