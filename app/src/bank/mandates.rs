//! Mandates of direct debits: beside the accounts, on one's own page, and as the document
//! that is printed and signed.

use super::{again, path_of};
use crate::locales::mandates as t;
use crate::locales::notices::Notice;
use crate::request::{App, Id, Posted, Reply, Req};
use crate::ui::{self, Choice, FormView, Mark, PageHead};
use axum::Router;
use axum::routing::{get, post};
use domain::bank::mandates::{self, Kind, Mandate, MandateForm, State};
use domain::bank::{self, Account};
use domain::kernel::{Day, Locale, MandateId, PartyId, Problem};
use domain::people::{self, Party};
use domain::settings::{self, Settings};
use leptos::prelude::*;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/people/{id}/mandates", post(add))
        .route("/mandates/{id}", get(show))
        .route("/mandates/{id}/revoke", post(revoke))
}

pub fn blank() -> MandateForm {
    MandateForm {
        key: ui::new_key(),
        kind: Kind::default().name().into(),
        ..MandateForm::default()
    }
}

/// `POST /people/{id}/mandates`
async fn add(req: Req, Id(id): Id<PartyId>, Posted(form): Posted<MandateForm>) -> Reply {
    match req.act(async |cx| mandates::add(cx, id, &form).await).await {
        Ok(mandate) => Ok(req.go(&format!("/mandates/{mandate}"), Some(Notice::Saved))),
        Err(problem) => again(&req, id, problem, bank::AccountForm::default(), form).await,
    }
}

/// `POST /mandates/{id}/revoke`
async fn revoke(req: Req, Id(id): Id<MandateId>) -> Reply {
    let party = req.act(async |cx| mandates::revoke(cx, id).await).await?;
    Ok(req.go(&path_of(party), Some(Notice::Saved)))
}

/// What the document shows.
struct Model {
    mandate: Mandate,
    account: Account,
    party: Party,
    settings: Settings,
}

/// `GET /mandates/{id}`
async fn show(req: Req, Id(id): Id<MandateId>) -> Reply {
    let model = req
        .view(async |cx| {
            let mandate = mandates::get(cx, id).await?;
            let account = bank::get(cx, mandate.account_id).await?;
            Ok(Model {
                party: people::get(cx, account.party_id).await?,
                settings: settings::get(cx).await?,
                mandate,
                account,
            })
        })
        .await?;
    let l = req.locale;
    let head = PageHead::new(t::title_of(l, &model.mandate.reference))
        .crumb(path_of(model.party.id), model.party.display_name());
    let missing = model.settings.creditor_id.is_none().then(|| {
        view! { <p class="help screen-only">{t::no_creditor_id(l)} " " <a href="/settings">{t::to_settings(l)}</a></p> }
    });
    let body = view! {
        {head.view()}
        <p class="help screen-only">{t::how_to_print(l)}</p>
        {missing}
        {document(&model)}
    };
    Ok(req.page(&t::title_of(l, &model.mandate.reference), body))
}

/// What is printed and signed, in the language of the one who signs it; its words are those
/// of the European Payments Council.
fn document(model: &Model) -> AnyView {
    let l = model.party.locale.unwrap_or(model.settings.locale);
    let (mandate, account) = (&model.mandate, &model.account);
    let organisation = model.settings.title.clone();
    let creditor = model.settings.creditor_id.clone().unwrap_or_default();
    let address = model.settings.address.clone().map(|address| {
        let lines = address
            .lines()
            .map(|line| view! { <br/> {line.to_owned()} });
        lines.collect_view()
    });
    let place = model.settings.place.clone().unwrap_or_default();
    view! {
        <article class="document" aria-labelledby="mandate" lang=l.tag()>
            <header>
                <p><strong>{organisation.clone()}</strong> {address}</p>
                <h2 id="mandate">{t::document(l)}</h2>
            </header>
            <div class="stack">
                <dl class="facts">
                    <div><dt>{t::reference(l)}</dt><dd><code>{mandate.reference.clone()}</code></dd></div>
                    <div><dt>{t::creditor_id(l)}</dt><dd><code>{creditor}</code></dd></div>
                    <div><dt>{t::debtor(l)}</dt><dd>{account.holder.clone()}</dd></div>
                    <div><dt>"IBAN"</dt><dd><code class="nowrap">{account.short.clone()}</code> " " <span class="soft">{t::by_hand(l)}</span></dd></div>
                    <div><dt>"BIC"</dt><dd>{account.bic.clone()}</dd></div>
                    <div><dt>{t::kind(l)}</dt><dd>{t::kind_of(l, mandate.kind)}</dd></div>
                </dl>
                <p>{t::authorises(l, &organisation)}</p>
                <p>{t::refund(l)}</p>
            </div>
            <footer>
                <p>{t::signed(l, &place, mandate.signed_on)}</p>
                <p class="signature">{t::signature(l)}</p>
            </footer>
        </article>
    }
    .into_any()
}

/// The part of the page of accounts: which mandates there are, and the form of a new one.
pub fn part(req: &Req, known: &Known, form: AnyView) -> AnyView {
    let l = req.locale;
    let list = match known.mandates {
        [] => view! { <p class="soft">{t::none(l)}</p> }.into_any(),
        mandates => {
            let rows = mandates
                .iter()
                .map(|mandate| row(req, known.accounts, mandate));
            view! { <div class="stack">{rows.collect_view()}</div> }.into_any()
        }
    };
    view! {
        <section class="section" aria-labelledby="mandates">
            <h2 id="mandates">{t::title(l)}</h2>
            {list}
            {form}
        </section>
    }
    .into_any()
}

/// The mandates of somebody, and the accounts that they name.
pub struct Known<'a> {
    pub accounts: &'a [Account],
    pub mandates: &'a [Mandate],
}

fn account_of(accounts: &[Account], mandate: &Mandate) -> String {
    let own = accounts.iter().find(|a| a.id == mandate.account_id);
    own.map(|account| account.short.clone()).unwrap_or_default()
}

fn row(req: &Req, accounts: &[Account], mandate: &Mandate) -> AnyView {
    let l = req.locale;
    let holds = matches!(mandate.state(req.today()), State::Active { .. });
    let revoke = (holds && req.rights().has(domain::kernel::Right::Members)).then(|| {
        view! {
            <form method="post" action=format!("/mandates/{}/revoke", mandate.id)>
                <button class="button is-small">{t::revoke(l)} <span class="visually-hidden">{mandate.reference.clone()}</span></button>
            </form>
        }
    });
    view! {
        <div class="card stack">
            <p>
                <a href=format!("/mandates/{}", mandate.id)><code>{mandate.reference.clone()}</code></a>
                " · " <code class="nowrap">{account_of(accounts, mandate)}</code>
                " · " {t::kind_of(l, mandate.kind)}
            </p>
            <p>{state(l, mandate, req.today())} <br/> <span class="soft">{t::signed_on_the(l, mandate.signed_on)}</span></p>
            <div class="actions">{revoke}</div>
        </div>
    }
    .into_any()
}

fn state(l: Locale, mandate: &Mandate, today: Day) -> AnyView {
    match mandate.state(today) {
        State::Active { until } => ui::badge(Mark::Validated, t::holds(l, until)),
        State::Revoked { on } => ui::badge(Mark::Reversed, t::revoked(l, on)),
        State::Expired { on } => ui::badge(Mark::None, t::expired(l, on)),
    }
}

/// The form of a new mandate; nothing where there is no account.
pub fn form(
    l: Locale,
    problem: Option<&Problem>,
    party: &Party,
    known: &Known,
    typed: &MandateForm,
) -> AnyView {
    let (f, accounts) = (FormView::new(l, problem), known.accounts);
    if accounts.is_empty() {
        return view! { <p class="help">{t::account_first(l)}</p> }.into_any();
    }
    let choices = accounts.iter();
    let choices =
        choices.map(|a| Choice::new(a.id.to_string(), format!("{} · {}", a.short, a.holder)));
    let preferred = accounts
        .iter()
        .find(|a| a.is_preferred)
        .map(|a| a.id.to_string());
    let account = match typed.account.as_str() {
        "" => preferred.unwrap_or_default(),
        typed => typed.to_owned(),
    };
    let kinds = Kind::ALL.map(|kind| Choice::new(kind.name(), t::kind_of(l, kind)));
    let own = ["account", "kind", "signed_on", "reference"];
    let is_open = problem.is_some_and(|p| p.fields.iter().any(|f| own.contains(&f.field.as_str())));
    view! {
        <details open=is_open>
            <summary>{t::add(l)}</summary>
            <form class="stack" method="post" action=format!("/people/{}/mandates", party.id) novalidate>
                <input type="hidden" name="key" value=typed.key.clone()/>
                {f.select("account", t::account(l), &account, choices.collect())}
                {f.radios("kind", t::kind(l), &typed.kind, kinds.into())}
                {f.optional("signed_on", t::signed_on(l), &typed.signed_on).kind("date").help(t::signed_on_help(l)).view()}
                {f.optional("reference", t::reference(l), &typed.reference).help(t::reference_help(l)).class("is-medium").view()}
                <div><button class="button is-primary">{t::save(l)}</button></div>
            </form>
        </details>
    }
    .into_any()
}

/// Those that hold, on somebody's own page.
pub fn own(req: &Req, known: &Known) -> Option<AnyView> {
    let l = req.locale;
    if known.mandates.is_empty() {
        return None;
    }
    let lines = known.mandates.iter().map(|mandate| {
        view! {
            <li>
                <code>{mandate.reference.clone()}</code> " · "
                <code class="nowrap">{account_of(known.accounts, mandate)}</code> " "
                {state(l, mandate, req.today())}
            </li>
        }
    });
    let view = view! {
        <h3>{t::title(l)}</h3>
        <ul>{lines.collect_view()}</ul>
    };
    Some(view.into_any())
}
