//! How a member pays: the terms by day, their form, and who pays.

use super::payer;
use crate::locales::notices::Notice;
use crate::locales::{Text, dues as t};
use crate::request::{Id, Posted, Reply, Req};
use crate::ui::{self, Choice, FormView, PageHead};
use domain::dues::{self, Kind, MemberDues, Terms, TermsForm};
use domain::kernel::{Code, Day, Locale, MemberId, Problem, Right, calendar};
use leptos::prelude::*;
use serde::Deserialize;

/// What the page says.
pub(super) struct Model {
    dues: MemberDues,
    kinds: Vec<Kind>,
}

/// What was typed into the page's forms.
#[derive(Default)]
pub(super) struct Typed {
    pub terms: Option<TermsForm>,
    pub payer: Option<payer::Typed>,
}

pub(super) async fn model(req: &Req, id: MemberId) -> Result<Model, Problem> {
    req.view(async |cx| {
        cx.require(Right::Members)?;
        Ok(Model {
            dues: dues::of_member(cx, id).await?,
            kinds: dues::kinds(cx).await?,
        })
    })
    .await
}

/// `GET /members/{id}/dues`
pub async fn show(req: Req, Id(id): Id<MemberId>) -> Reply {
    let model = model(&req, id).await?;
    let title = t::member_title(req.locale, &model.dues.name);
    Ok(req.form_page(&title, page(&req, &model, &Typed::default(), None)))
}

/// `POST /members/{id}/dues`
pub async fn add(req: Req, Id(id): Id<MemberId>, Posted(form): Posted<TermsForm>) -> Reply {
    match req
        .act(async |cx| dues::add_terms(cx, id, &form).await)
        .await
    {
        Ok(()) => Ok(req.go(&format!("/members/{id}"), Some(Notice::Saved))),
        Err(problem) => {
            let typed = Typed {
                terms: Some(form),
                payer: None,
            };
            again(&req, id, problem, typed).await
        }
    }
}

/// The page with what was wrong, and what was typed.
pub(super) async fn again(req: &Req, id: MemberId, problem: Problem, typed: Typed) -> Reply {
    let model = model(req, id).await?;
    let title = t::member_title(req.locale, &model.dues.name);
    req.page_again(problem, &title, |problem| {
        page(req, &model, &typed, Some(problem))
    })
}

/// Which terms go.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Removed {
    from_on: String,
}

/// `POST /members/{id}/dues/remove`
pub async fn remove(req: Req, Id(id): Id<MemberId>, Posted(form): Posted<Removed>) -> Reply {
    let day = calendar::parse_day(&form.from_on).map_err(|_| Problem::new(Code::NotFound))?;
    req.act(async |cx| dues::remove_terms(cx, id, day).await)
        .await?;
    Ok(req.go(&format!("/members/{id}/dues"), Some(Notice::Saved)))
}

fn page(req: &Req, model: &Model, typed: &Typed, problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let dues = &model.dues;
    let here = format!("/members/{}", dues.member);
    let head = PageHead::new(t::member_title(l, &dues.name)).crumb(here, dues.label());
    view! {
        {head.view()}
        {f.summary()}
        <section class="section" aria-labelledby="terms">
            <h2 id="terms">{t::terms(l)}</h2>
            {history(l, model)}
            {form(req, &f, model, typed.terms.as_ref())}
        </section>
        {payer::section(req, &f, dues, typed.payer.as_ref())}
    }
    .into_any()
}

/// The terms by day, the last one first.
fn history(l: Locale, model: &Model) -> AnyView {
    let default = model.kinds.iter().find(|kind| kind.is_default);
    let default = default.map(|kind| kind.name.clone()).unwrap_or_default();
    if model.dues.terms.is_empty() {
        return view! { <p class="help">{t::terms_none(l, &default)}</p> }.into_any();
    }
    let rows = model.dues.terms.iter().rev().map(|terms| {
        let action = format!("/members/{}/dues/remove", model.dues.member);
        let reason = (!terms.reason.is_empty()).then(|| terms.reason.clone());
        let from = l.day(terms.from_on);
        view! {
            <tr>
                <th scope="row" class="is-main">{ui::day(l, terms.from_on)}</th>
                <td data-label=t::kind(l)>{what(l, &model.kinds, terms)} " " {reason.map(|r| view! { <span class="sub">{r}</span> })}</td>
                <td class="is-end">
                    <form method="post" action=action>
                        <input type="hidden" name="from_on" value=terms.from_on.to_string()/>
                        <button class="button is-small">{t::remove(l)} <span class="visually-hidden">{t::remove_from(l, &from)}</span></button>
                    </form>
                </td>
            </tr>
        }
    });
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::terms(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::from_on(l)}</th>
                    <th scope="col">{t::kind(l)}</th>
                    <th scope="col"><span class="visually-hidden">{t::remove(l)}</span></th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// The kind's name, and the amount where it is the member's own.
pub(super) fn what(l: Locale, kinds: &[Kind], terms: &Terms) -> Text {
    let kind = kinds.iter().find(|kind| kind.id == terms.kind);
    let name = kind.map(|kind| kind.name.clone()).unwrap_or_default();
    match terms.own {
        Some(amount) => t::own_amount(l, &name, &l.money(amount)),
        None => name.into(),
    }
}

/// From when on new terms are likely to hold: the first day that nothing covers.
fn first_day(dues: &MemberDues, today: Day) -> Day {
    match &dues.dues.next {
        Some(due) => due.period.from(),
        None => today,
    }
}

fn form(req: &Req, f: &FormView<'_>, model: &Model, typed: Option<&TermsForm>) -> AnyView {
    let l = req.locale;
    let today = req.today();
    let form = typed.cloned().unwrap_or_else(|| TermsForm {
        from_on: first_day(&model.dues, today).to_string(),
        kind: model
            .dues
            .kind
            .as_ref()
            .map(|k| k.id.to_string())
            .unwrap_or_default(),
        ..TermsForm::default()
    });
    let offered = model
        .kinds
        .iter()
        .filter(|kind| !kind.is_archived || kind.id.to_string() == form.kind)
        .map(|kind| {
            let price = match kind.is_free() {
                true => t::cycle_free(l).into_owned(),
                false => l.money(kind.price_on(today)),
            };
            Choice::new(kind.id.to_string(), format!("{} · {price}", kind.name))
        });
    let action = format!("/members/{}/dues", model.dues.member);
    view! {
        <h3>{t::change_terms(l)}</h3>
        <form class="form" method="post" action=action novalidate>
            <div class="field-row">
                {f.field("from_on", t::from_on(l), &form.from_on).help(t::from_on_help(l)).kind("date").class("is-medium").view()}
                {f.select("kind", t::kind(l), &form.kind, offered.collect())}
            </div>
            <div class="field-row">
                {f.optional("amount", t::own(l), &form.amount).help(t::own_help(l)).inputmode("decimal").class("is-short num").view()}
                {f.optional("reason", t::reason(l), &form.reason).help(t::reason_help(l)).view()}
            </div>
            <div><button class="button is-primary">{t::save_terms(l)}</button></div>
        </form>
    }
    .into_any()
}
