//! Accounts of a person or an organisation: shortened, and the whole number for those who
//! may see it, once for each time that they ask.

pub mod mandates;

use crate::locales::bank as t;
use crate::locales::notices::Notice;
use crate::request::{App, Id, Posted, Reply, Req, status_of};
use crate::shell::Width;
use crate::ui::{self, FormView, PageHead, Tone};
use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use domain::bank::mandates::{Mandate, MandateForm};
use domain::bank::{self, Account, AccountForm};
use domain::kernel::problem::Class;
use domain::kernel::{BankAccountId, Code, Locale, PartyId, Problem, Right, space_iban};
use domain::people::{self, Party};
use leptos::prelude::*;

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/people/{id}/bank", get(show).post(add))
        .route("/bank/{id}/show", post(show_whole))
        .route("/bank/{id}/prefer", post(prefer))
        .route("/bank/{id}/remove", post(remove))
        .merge(mandates::routes())
}

fn path_of(party: PartyId) -> String {
    format!("/people/{party}/bank")
}

/// What the page shows.
struct Model {
    party: Party,
    accounts: Vec<Account>,
    mandates: Vec<Mandate>,
}

/// What is special about one showing of the page.
#[derive(Default)]
struct Shown<'a> {
    form: AccountForm,
    mandate: MandateForm,
    problem: Option<&'a Problem>,
    /// The account whose whole number is shown, and the number.
    whole: Option<(BankAccountId, String)>,
}

async fn model(req: &Req, id: PartyId) -> Result<Model, Problem> {
    req.view(async |cx| {
        Ok(Model {
            party: people::get(cx, id).await?,
            accounts: bank::of_party(cx, id).await?,
            mandates: domain::bank::mandates::of_party(cx, id).await?,
        })
    })
    .await
}

/// `GET /people/{id}/bank`
async fn show(req: Req, Id(id): Id<PartyId>) -> Reply {
    let model = model(&req, id).await?;
    let shown = Shown {
        form: blank(),
        mandate: mandates::blank(),
        ..Shown::default()
    };
    Ok(req.form_page(&t::title(req.locale), page(&req, &model, &shown)))
}

fn blank() -> AccountForm {
    AccountForm {
        key: ui::new_key(),
        ..AccountForm::default()
    }
}

/// `POST /people/{id}/bank`
async fn add(req: Req, Id(id): Id<PartyId>, Posted(form): Posted<AccountForm>) -> Reply {
    let added = req
        .act(async |cx| bank::add(cx, &req.app.bank, id, &form).await)
        .await;
    match added {
        Ok(_) => Ok(req.go(&path_of(id), Some(Notice::Saved))),
        Err(problem) => again(&req, id, problem, form, mandates::blank()).await,
    }
}

/// The page with what was wrong, and what was typed.
async fn again(
    req: &Req,
    id: PartyId,
    problem: Problem,
    form: AccountForm,
    mandate: MandateForm,
) -> Reply {
    if !matches!(problem.code.class(), Class::Invalid | Class::Conflict) {
        return Err(problem.into());
    }
    let model = model(req, id).await?;
    let shown = Shown {
        form,
        mandate,
        problem: Some(&problem),
        ..Shown::default()
    };
    let (status, title) = (status_of(&problem.code), t::title(req.locale));
    Ok(req.page_with(status, &title, Width::Narrow, page(req, &model, &shown)))
}

/// `POST /bank/{id}/show`
async fn show_whole(req: Req, Id(id): Id<BankAccountId>) -> Reply {
    let seen = req
        .act(async |cx| bank::show(cx, &req.app.bank, id).await)
        .await;
    let (account, iban) = match seen {
        Ok(seen) => seen,
        Err(problem) if problem.code.class() == Class::Conflict => {
            let account = req.view(async |cx| bank::get(cx, id).await).await?;
            return again(&req, account.party_id, problem, blank(), mandates::blank()).await;
        }
        Err(problem) => return Err(problem.into()),
    };
    let model = model(&req, account.party_id).await?;
    let shown = Shown {
        form: blank(),
        mandate: mandates::blank(),
        whole: Some((id, iban)),
        ..Shown::default()
    };
    let title = t::title(req.locale);
    Ok(req.page_with(
        StatusCode::OK,
        &title,
        Width::Narrow,
        page(&req, &model, &shown),
    ))
}

/// `POST /bank/{id}/prefer`
async fn prefer(req: Req, Id(id): Id<BankAccountId>) -> Reply {
    let party = req.act(async |cx| bank::prefer(cx, id).await).await?;
    Ok(req.go(&path_of(party), Some(Notice::Saved)))
}

/// `POST /bank/{id}/remove`
async fn remove(req: Req, Id(id): Id<BankAccountId>) -> Reply {
    match req.act(async |cx| bank::remove(cx, id).await).await {
        Ok(party) => Ok(req.go(&path_of(party), Some(Notice::Deleted))),
        Err(problem) if problem.code == Code::AccountHasMandate => {
            let account = req.view(async |cx| bank::get(cx, id).await).await?;
            again(&req, account.party_id, problem, blank(), mandates::blank()).await
        }
        Err(problem) => Err(problem.into()),
    }
}

fn page(req: &Req, model: &Model, shown: &Shown) -> AnyView {
    let l = req.locale;
    let back = format!("/people/{}", model.party.id);
    let head = PageHead::new(t::title(l)).crumb(back, model.party.display_name());
    let keyless = req.app.bank.is_empty().then(|| {
        let text = view! { <p><strong>{t::no_key(l)}</strong> " " {t::no_key_help(l)} " " <code>"equipage secrets new"</code></p> };
        ui::notice(Tone::Warning, text)
    });
    let list = match model.accounts.as_slice() {
        [] => ui::empty(t::none(l), None),
        accounts => {
            let rows = accounts.iter().map(|account| row(req, account, shown));
            view! { <div class="stack">{rows.collect_view()}</div> }.into_any()
        }
    };
    let form = match req.rights().has(Right::Members) {
        true => form(l, model, shown),
        false => ui::notice(Tone::Lock, ui::missing_right(l, Right::Members)),
    };
    let known = mandates::Known {
        accounts: &model.accounts,
        mandates: &model.mandates,
    };
    let mandate_form = match req.rights().has(Right::Members) {
        true => mandates::form(l, shown.problem, &model.party, &known, &shown.mandate),
        false => ().into_any(),
    };
    view! {
        {head.view()}
        {FormView::new(l, shown.problem).summary()}
        {keyless}
        {list}
        <section class="section" aria-labelledby="add">
            <h2 id="add">{t::add(l)}</h2>
            {form}
        </section>
        {mandates::part(req, &known, mandate_form)}
    }
    .into_any()
}

fn row(req: &Req, account: &Account, shown: &Shown) -> AnyView {
    let l = req.locale;
    let rights = req.rights();
    let whole = shown.whole.as_ref().filter(|(id, _)| *id == account.id);
    let number = match whole {
        Some((_, iban)) => view! {
            <div class="copy" data-of="IBAN" data-text=iban.clone()><code>{space_iban(iban)}</code></div>
            <p class="help" role="status">{t::seen(l)}</p>
        }
        .into_any(),
        None => view! { <p><code class="nowrap">{account.short.clone()}</code></p> }.into_any(),
    };
    let preferred = account
        .is_preferred
        .then(|| view! { " · " <b>{t::preferred(l)}</b> });
    let bic = (!account.bic.is_empty())
        .then(|| view! { " · " <span class="soft">"BIC " {account.bic.clone()}</span> });
    let button = |what: &str, label| {
        let action = format!("/bank/{}/{what}", account.id);
        let short = account.short.clone();
        view! {
            <form method="post" action=action>
                <button class="button is-small">{label} <span class="visually-hidden">{short}</span></button>
            </form>
        }
        .into_any()
    };
    let may_enter = rights.has(Right::Members);
    let may_see = rights.has(Right::PaymentsValidate);
    let see = (whole.is_none() && may_see).then(|| button("show", t::show(l)));
    // The answer may be put in place: the script that copies is there by then.
    let to_copy = may_see.then_some("");
    let prefer = (may_enter && !account.is_preferred).then(|| button("prefer", t::prefer(l)));
    let remove = may_enter.then(|| button("remove", t::remove(l)));
    view! {
        <div class="card stack" data-text=to_copy>
            {number}
            <p>{account.holder.clone()} {bic} {preferred}</p>
            <div class="actions">{see} {prefer} {remove}</div>
        </div>
    }
    .into_any()
}

/// The form. No class that keeps drafts in the browser: a number is not left lying there.
fn form(l: Locale, model: &Model, shown: &Shown) -> AnyView {
    let f = FormView::new(l, shown.problem);
    let typed = &shown.form;
    let holder = t::holder_help(l, &model.party.display_name());
    view! {
        <form class="stack" method="post" action=path_of(model.party.id) novalidate>
            <input type="hidden" name="key" value=typed.key.clone()/>
            {f.field("iban", t::iban(l), &typed.iban).help(t::iban_help(l)).view()}
            {f.optional("holder", t::holder(l), &typed.holder).help(holder).view()}
            {f.optional("bic", "BIC", &typed.bic).class("is-medium").view()}
            <div><button class="button is-primary">{t::save(l)}</button></div>
        </form>
    }
    .into_any()
}

/// The section of a person's page: what there is, shortened, and the way to it.
pub fn section(req: &Req, party: PartyId, accounts: &[Account]) -> AnyView {
    let l = req.locale;
    let body = match accounts {
        [] => view! { <p class="soft">{t::none(l)}</p> }.into_any(),
        accounts => lines(accounts),
    };
    view! {
        <section class="section" aria-labelledby="bank">
            <div class="section-head"><h2 id="bank">{t::title(l)}</h2><a href=path_of(party)>{t::manage(l)}</a></div>
            {body}
        </section>
    }
    .into_any()
}

/// The section of somebody's own page; nothing where there is none.
pub fn own(req: &Req, known: &mandates::Known) -> Option<AnyView> {
    let (l, accounts) = (req.locale, known.accounts);
    let view = || {
        view! {
            <section class="section" aria-labelledby="bank">
                <h2 id="bank">{t::title(l)}</h2>
                {lines(accounts)}
                {mandates::own(req, known)}
                <p class="help">{t::own_help(l)}</p>
            </section>
        }
    };
    (!accounts.is_empty()).then(|| view().into_any())
}

fn lines(accounts: &[Account]) -> AnyView {
    let lines = accounts.iter().map(|account| {
        let (short, holder) = (account.short.clone(), account.holder.clone());
        view! { <li><code class="nowrap">{short}</code> " " <span class="soft">{holder}</span></li> }
    });
    view! { <ul>{lines.collect_view()}</ul> }.into_any()
}
