//! Reminders of dues: who gets what, and why not; the button that sends; mails that did not
//! arrive. What is decided about mail, and its texts, stand beside.

mod section;
mod settings;
mod template;

pub use section::{Known, of_member, own, read as read_member};

use crate::exports;
use crate::locales::notices::Notice;
use crate::locales::{frame as tf, reminders as t};
use crate::request::{App, Asked, Failure, Id, Posted, Reply, Req};
use crate::ui::{self, FormView, Mark, PageHead, Tone};
use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use domain::kernel::calendar::LAST_DAY;
use domain::kernel::{Locale, MailId, Problem, Right};
use domain::mail::{self, Mail, MailSettings, MailState, Sending, outbox};
use domain::reminders::{self, Preview, Reason, ReminderQuery, Row, SendForm};
use leptos::prelude::*;

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/reminders", get(show).post(send))
        .route("/reminders/mails/{id}/retry", post(retry))
        .route("/members/{id}/reminders", post(section::pause))
        .route("/me/reminders", post(section::choose))
        .route("/settings/mail", get(settings::show).post(settings::save))
        .route(
            "/settings/mail/text",
            get(template::show).post(template::save),
        )
}

/// What the page shows.
struct Found {
    preview: Preview,
    settings: MailSettings,
    not_sent: Vec<Mail>,
}

async fn read(req: &Req, query: &ReminderQuery) -> Result<Found, Problem> {
    req.view(async |cx| {
        Ok(Found {
            preview: reminders::preview(cx, query).await?,
            settings: mail::settings(cx).await?,
            not_sent: mail::not_sent(cx).await?,
        })
    })
    .await
}

/// `GET /reminders`
async fn show(req: Req, Asked(query): Asked<ReminderQuery>) -> Reply {
    let found = read(&req, &query).await?;
    let view = page(&req, &query, &found, None);
    Ok(req.page(&t::title(req.locale), view))
}

/// `POST /reminders`: sends those of today.
async fn send(req: Req, Posted(form): Posted<SendForm>) -> Reply {
    let outgoing = req.app.mail.outgoing(&req.tenant.slug);
    let sent = req
        .act(async |cx| reminders::send(cx, &form, outgoing.as_ref()).await)
        .await;
    match sent {
        Ok(count) => {
            wake(&req).await?;
            Ok(req.go("/reminders", Some(Notice::RemindersSent(count))))
        }
        Err(problem) => again(&req, problem).await,
    }
}

/// `POST /reminders/mails/{id}/retry`
async fn retry(req: Req, Id(id): Id<MailId>) -> Reply {
    let outgoing = req.app.mail.outgoing(&req.tenant.slug);
    let done = req
        .act(async |cx| mail::retry(cx, id, outgoing.as_ref()).await)
        .await;
    match done {
        Ok(()) => {
            wake(&req).await?;
            Ok(req.go("/reminders", Some(Notice::Saved)))
        }
        Err(problem) => again(&req, problem).await,
    }
}

/// Mail was written: the worker finds it by the portal's list.
async fn wake(req: &Req) -> Result<(), Failure> {
    outbox::wake(&req.app.db, req.tenant.id, req.app.clock.now()).await?;
    req.app.mail.notify();
    Ok(())
}

/// The page with what went wrong on top.
async fn again(req: &Req, problem: Problem) -> Reply {
    use domain::kernel::problem::Class;
    let class = problem.code.class();
    if !matches!(class, Class::Invalid | Class::Conflict | Class::Limit) {
        return Err(Failure(problem));
    }
    let query = ReminderQuery::default();
    let found = read(req, &query).await?;
    let status: StatusCode = crate::request::status_of(&problem.code);
    let view = page(req, &query, &found, Some(&problem));
    let title = t::title(req.locale);
    Ok(req.page_with(status, &title, crate::shell::Width::Wide, view))
}

fn page(req: &Req, query: &ReminderQuery, found: &Found, problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let preview = &found.preview;
    let f = FormView::new(l, problem);
    let settings = req.rights().has(Right::Settings).then(|| {
        view! { <a class="button" href="/settings/mail">{t::settings_link(l)}</a> }
    });
    let state = t::state_on(l, preview.to_send(), &l.day(preview.day));
    view! {
        {PageHead::new(t::title(l))
            .state(state)
            .actions(view! { {settings} {send_form(req, found)} })
            .view()}
        {f.summary()}
        {how(req, found.settings.sending)}
        {toolbar(l, query, preview)}
        {rows(req, preview)}
        {ui::pager(l, &preview.page, "/reminders", &encoded(query))}
        {(preview.page.total > 0).then(|| exports::links(l, exports::Name::Reminders, &encoded(query)))}
        {not_sent(req, &found.not_sent)}
    }
    .into_any()
}

/// Whether and how mail goes out here.
fn how(req: &Req, sending: Sending) -> AnyView {
    let l = req.locale;
    if req.app.mail.outgoing(&req.tenant.slug).is_none() {
        return ui::notice(Tone::Warning, t::not_set_up(l));
    }
    match sending {
        Sending::Off => {
            let link = req.rights().has(Right::Settings).then(|| {
                view! { " " <a href="/settings/mail">{t::turn_on(l)}</a> }
            });
            ui::notice(Tone::Warning, view! { {t::is_off(l)} {link} })
        }
        Sending::ByHand => ui::notice(Tone::Info, t::by_hand_state(l)),
        Sending::Nightly => ui::notice(Tone::Info, t::nightly_state(l)),
    }
}

/// The button, for those who may, where something would happen.
fn send_form(req: &Req, found: &Found) -> Option<AnyView> {
    let l = req.locale;
    let count = found.preview.to_send();
    let may = req.rights().has(Right::Members)
        && req.app.mail.outgoing(&req.tenant.slug).is_some()
        && found.settings.sending != Sending::Off
        && found.preview.day == req.today();
    (may && count > 0).then(|| {
        view! {
            <form method="post" action="/reminders">
                <input type="hidden" name="key" value=ui::new_key()/>
                <input type="hidden" name="count" value=count.to_string()/>
                <button class="button is-primary">{t::send(l, count)}</button>
            </form>
        }
        .into_any()
    })
}

fn toolbar(l: Locale, query: &ReminderQuery, preview: &Preview) -> AnyView {
    let count = |reason: Reason| preview.counts.get(&reason).copied().unwrap_or_default();
    let wanted = query.why();
    let options = Reason::ALL.into_iter().map(|reason| {
        let label = format!("{} ({})", t::reason(l, reason), l.count(count(reason)));
        let selected = wanted == Some(reason);
        view! { <option value=reason.name() selected=selected>{label}</option> }
    });
    let class = if wanted.is_some() {
        "filter is-on"
    } else {
        "filter"
    };
    let clear = (!encoded(query).is_empty())
        .then(|| view! { <a class="button is-quiet" href="/reminders">{tf::clear_filters(l)}</a> });
    view! {
        <form class="toolbar" method="get" action="/reminders">
            <label class=class>
                <span>{t::why(l)}</span>
                <select name="why"><option value="">{t::everybody(l)}</option>{options.collect_view()}</select>
            </label>
            <label class="filter">
                <span>{t::on(l)}</span>
                <input type="date" name="on" value=preview.day.to_string()/>
            </label>
            <button class="button">{tf::filter(l)}</button>
            {clear}
        </form>
    }
    .into_any()
}

fn rows(req: &Req, preview: &Preview) -> AnyView {
    let l = req.locale;
    if preview.page.rows.is_empty() {
        return view! {
            <div class="empty"><h2>{t::none(l)}</h2><p>{t::none_help(l)}</p></div>
        }
        .into_any();
    }
    let rows = preview.page.rows.iter().map(|row| self::row(l, row));
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::caption(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::member(l)}</th>
                    <th scope="col">{t::decision(l)}</th>
                    <th scope="col">{t::paid_until(l)}</th>
                    <th scope="col">{t::address(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(l: Locale, row: &Row) -> AnyView {
    let (subject, to) = (&row.subject, &row.subject.to);
    let href = format!("/members/{}", subject.id);
    let reason = row.decision.reason();
    let badge = ui::badge(mark(reason), t::reason(l, reason));
    let detail =
        t::detail(l, &row.decision).map(|text| view! { " " <span class="sub">{text}</span> });
    let paid_until = match subject.paid_until {
        // Nothing is ever to be paid: there is no such day.
        Some(LAST_DAY) => "–".into_any(),
        Some(day) => ui::day_short(l, day),
        None => view! { <span class="soft">{t::never(l)}</span> }.into_any(),
    };
    let address = to.address.clone().unwrap_or_else(|| "–".to_owned());
    let payer = to
        .pays
        .then(|| view! { " " <span class="sub">{t::pays(l, &to.name)}</span> });
    view! {
        <tr>
            <th scope="row" class="is-main breaks">
                <a class="row-link" href=href>{subject.name.clone()}</a> " " <span class="num soft">{subject.number.to_string()}</span>
            </th>
            <td>{badge} {detail}</td>
            <td data-label=t::paid_until(l)>{paid_until}</td>
            <td class="breaks">{address} {payer}</td>
        </tr>
    }
    .into_any()
}

fn mark(reason: Reason) -> Mark {
    match reason {
        Reason::Send | Reason::Waiting => Mark::Draft,
        Reason::Already => Mark::Validated,
        Reason::NoAddress | Reason::NoContact | Reason::Refused => Mark::Late,
        _ => Mark::None,
    }
}

/// How a mail's state looks.
fn state_badge(l: Locale, state: MailState) -> AnyView {
    let mark = match state {
        MailState::Waiting | MailState::Sending => Mark::Draft,
        MailState::Sent => Mark::Validated,
        MailState::Refused | MailState::GivenUp => Mark::Late,
    };
    ui::badge(mark, t::mail_state(l, state))
}

/// The mails that did not arrive, with the way to try again.
fn not_sent(req: &Req, mails: &[Mail]) -> Option<AnyView> {
    if mails.is_empty() {
        return None;
    }
    let l = req.locale;
    let may = req.rights().has(Right::Members);
    let rows = mails.iter().map(|mail| {
        let failed = matches!(mail.state, MailState::Refused | MailState::GivenUp);
        let action = format!("/reminders/mails/{}/retry", mail.id);
        let again = (may && failed).then(|| {
            view! {
                <form method="post" action=action>
                    <button class="button is-small">
                        {t::retry(l)} " " <span class="visually-hidden">{t::retry_whom(l, &mail.to_name)}</span>
                    </button>
                </form>
            }
        });
        let error = mail
            .last_error
            .clone()
            .map(|error| view! { <span class="why breaks">{error}</span> });
        view! {
            <tr>
                <th scope="row" class="is-main breaks">{mail.to_name.clone()} " " <span class="sub">{mail.to_address.clone()}</span></th>
                <td>{state_badge(l, mail.state)} {error}</td>
                <td data-label=t::written(l)>{ui::instant(l, mail.created_at, req.zone())}</td>
                <td class="is-end">{again}</td>
            </tr>
        }
    });
    let view = view! {
        <section class="section" aria-labelledby="not-sent">
            <h2 id="not-sent">{t::not_sent(l)}</h2>
            <p class="help">{t::not_sent_help(l)}</p>
            <table class="table is-stacking">
                <caption class="visually-hidden">{t::not_sent(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::address(l)}</th>
                        <th scope="col">{t::state(l)}</th>
                        <th scope="col">{t::written(l)}</th>
                        <th scope="col"><span class="visually-hidden">{t::retry(l)}</span></th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </section>
    };
    Some(view.into_any())
}

/// A filter as an address says it, without the page; empty where it asks for nothing.
fn encoded(query: &ReminderQuery) -> String {
    let mut parts = vec![("why", query.why.trim()), ("on", query.on.trim())];
    parts.retain(|(_, value)| !value.is_empty());
    serde_html_form::to_string(parts).unwrap_or_default()
}
