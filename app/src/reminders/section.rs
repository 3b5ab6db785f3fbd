//! Reminders on a member's page, and on everybody's own.

use super::state_badge;
use crate::locales::notices::Notice;
use crate::locales::reminders as t;
use crate::request::{Id, Posted, Reply, Req};
use crate::ui;
use domain::context::Cx;
use domain::kernel::{Code, MemberId, Problem, Right};
use domain::mail::{self, Mail};
use domain::reminders::{self, PausedBy, Wanted};
use leptos::prelude::*;
use serde::Deserialize;

/// What the section of a member's page shows.
pub struct Known {
    member: MemberId,
    mails: Vec<Mail>,
    paused: Vec<PausedBy>,
}

/// Reads it.
///
/// # Errors
/// The use-cases' own.
pub async fn read(cx: &mut Cx, member: MemberId) -> Result<Known, Problem> {
    Ok(Known {
        member,
        mails: mail::of_member(cx, member).await?,
        paused: reminders::paused_by(cx, member).await?,
    })
}

/// A choice: `yes` or `no`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WantedForm {
    wanted: String,
}

impl WantedForm {
    fn read(&self) -> Result<Wanted, Problem> {
        match self.wanted.as_str() {
            "yes" => Ok(Wanted::Yes),
            "no" => Ok(Wanted::No),
            _ => Err(Problem::new(Code::BadRequest)),
        }
    }
}

/// `POST /members/{id}/reminders`
pub async fn pause(req: Req, Id(id): Id<MemberId>, Posted(form): Posted<WantedForm>) -> Reply {
    let wanted = form.read()?;
    req.act(async |cx| reminders::set_paused(cx, id, wanted).await)
        .await?;
    Ok(req.go(&format!("/members/{id}"), Some(Notice::Saved)))
}

/// `POST /me/reminders`
pub async fn choose(req: Req, Posted(form): Posted<WantedForm>) -> Reply {
    let wanted = form.read()?;
    req.act(async |cx| reminders::set_mine(cx, wanted).await)
        .await?;
    Ok(req.go("/me", Some(Notice::Saved)))
}

/// What was sent to a member, and whether reminders are paused.
pub fn of_member(req: &Req, known: &Known) -> AnyView {
    let l = req.locale;
    let by_crew = known.paused.contains(&PausedBy::Crew);
    let notes = known.paused.iter().map(|by| {
        let text = match by {
            PausedBy::Crew => t::paused_by_crew(l),
            PausedBy::Member => t::paused_by_member(l),
        };
        view! { <p class="help">{text}</p> }
    });
    let (wanted, label) = match by_crew {
        true => ("yes", t::resume(l)),
        false => ("no", t::pause(l)),
    };
    let action = format!("/members/{}/reminders", known.member);
    let button = req.rights().has(Right::Members).then(|| {
        view! {
            <form method="post" action=action>
                <button class="button is-small" name="wanted" value=wanted>{label}</button>
            </form>
        }
    });
    let mails = match known.mails.is_empty() {
        true => view! { <p class="help">{t::of_member_none(l)}</p> }.into_any(),
        false => table(req, &known.mails),
    };
    view! {
        <section class="section" aria-labelledby="reminders">
            <div class="section-head"><h2 id="reminders">{t::of_member(l)}</h2>{button}</div>
            {notes.collect_view()}
            {mails}
        </section>
    }
    .into_any()
}

fn table(req: &Req, mails: &[Mail]) -> AnyView {
    let l = req.locale;
    let rows = mails.iter().map(|mail| {
        let error = mail
            .last_error
            .clone()
            .map(|error| view! { <span class="why breaks">{error}</span> });
        let step = mail
            .step
            .map(|step| view! { " " <span class="sub">{t::step(l, step)}</span> });
        view! {
            <tr>
                <th scope="row" class="is-main breaks">{mail.subject.clone()} {step}</th>
                <td class="breaks">{mail.to_address.clone()}</td>
                <td>{state_badge(l, mail.state)} {error}</td>
                <td data-label=t::written(l)>{ui::instant(l, mail.created_at, req.zone())}</td>
            </tr>
        }
    });
    view! {
        <table class="table is-stacking">
            <caption class="visually-hidden">{t::of_member(l)}</caption>
            <thead>
                <tr>
                    <th scope="col">{t::subject(l)}</th>
                    <th scope="col">{t::address(l)}</th>
                    <th scope="col">{t::state(l)}</th>
                    <th scope="col">{t::written(l)}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// Whether one wants reminders, on one's own page.
pub fn own(req: &Req, wanted: Wanted) -> AnyView {
    let l = req.locale;
    let (text, value, label) = match wanted {
        Wanted::Yes => (t::own_yes(l), "no", t::own_stop(l)),
        Wanted::No => (t::own_no(l), "yes", t::own_start(l)),
    };
    view! {
        <section class="section" aria-labelledby="own-reminders">
            <h2 id="own-reminders">{t::own(l)}</h2>
            <form class="split" method="post" action="/me/reminders">
                <p class="help">{text}</p>
                <button class="button is-small" name="wanted" value=value>{label}</button>
            </form>
        </section>
    }
    .into_any()
}
