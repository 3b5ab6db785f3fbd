//! The first page: what waits, and where to go on.

use crate::locales::{Text, home as t};
use crate::request::{Reply, Req};
use crate::ui::{self, Mark, PageHead};
use domain::kernel::{Cents, Day, Right};
use domain::members::{self, Counts};
use domain::payments::{self, PaymentQuery};
use leptos::prelude::*;

/// What the page says.
struct Model {
    counts: Counts,
    waiting: i64,
    sum: Cents,
    oldest: Option<Day>,
}

/// `GET /`: for crews; a member's first page is their own.
pub async fn show(req: Req) -> Reply {
    if !req.rights().is_crew() {
        req.actor().signed_in()?;
        return Ok(req.go("/me", None));
    }
    let model = req
        .view(async |cx| {
            let queue = payments::queue(cx, &PaymentQuery::default()).await?;
            Ok(Model {
                counts: members::counts(cx).await?,
                waiting: queue.total,
                sum: queue.total_amount,
                oldest: queue.oldest,
            })
        })
        .await?;
    let title = crate::locales::frame::home(req.locale);
    Ok(req.page(&title, page(&req, &model)))
}

fn page(req: &Req, model: &Model) -> AnyView {
    let l = req.locale;
    let rights = req.rights();
    let name = req
        .signed_in
        .as_ref()
        .map(|p| p.name.as_str())
        .unwrap_or_default();
    let first_name = name.split(' ').next().unwrap_or(name);
    let state = if model.waiting > 0 {
        t::waits(l, model.waiting)
    } else {
        t::all_well(l)
    };
    let action = if rights.has(Right::PaymentsValidate) && model.waiting > 0 {
        Some(("/payments/queue", t::validate(l)))
    } else if rights.has(Right::PaymentsAdd) {
        Some(("/payments/new", t::enter(l)))
    } else {
        None
    };
    let action =
        action.map(|(href, label)| view! { <a class="button is-primary" href=href>{label}</a> });
    let waiting_help = match model.oldest {
        Some(oldest) => {
            let days = (req.today() - oldest).num_days().max(0);
            ui::badge(Mark::Draft, t::sum_since(l, model.sum, days))
        }
        None => view! { <span>{t::nothing_waits(l)}</span> }.into_any(),
    };
    let counts = &model.counts;
    let in_order = view! { <span>{t::in_order(l, counts.in_order)}</span> }.into_any();
    view! {
        {PageHead::new(t::hello(l, first_name)).state(state).actions(action).view()}
        <div class="cards">
            {card(req, "/payments/queue", t::to_validate(l), model.waiting, waiting_help)}
            {card(req, "/members?standing=late", t::late(l), counts.late, ui::badge(Mark::Late, t::late_help(l)))}
            {card(req, "/members?standing=never_paid", t::never(l), counts.never_paid, ui::badge(Mark::None, t::never_help(l)))}
            {card(req, "/members", t::members(l), counts.members, in_order)}
        </div>
    }
    .into_any()
}

fn card(req: &Req, href: &'static str, title: Text, n: i64, help: AnyView) -> AnyView {
    view! {
        <div class="card is-link">
            <h2><a href=href>{title}</a></h2>
            <p class="figure">{req.locale.count(n)}</p>
            <p class="help">{help}</p>
        </div>
    }
    .into_any()
}
