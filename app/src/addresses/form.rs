//! The forms of a prefix: added, changed, taken away.

use crate::locales::addresses as t;
use crate::locales::notices::Notice;
use crate::request::{Asked, Id, Posted, Reply, Req};
use crate::ui::{self, FormView, PageHead};
use domain::context::Cx;
use domain::kernel::{Code, PrefixId, Problem, Right, ServiceTypeId};
use domain::services::addresses::{self, Placed, PrefixForm};
use leptos::prelude::*;
use serde::Deserialize;

/// The types that a prefix can be for.
type Kinds = Vec<(ServiceTypeId, String)>;

/// What the new form is asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Wanted {
    /// A network.
    network: String,
}

/// `GET /addresses/new`
pub async fn new(req: Req, Asked(wanted): Asked<Wanted>) -> Reply {
    let kinds = req
        .view(async |cx| addresses::prefix_kinds(cx).await)
        .await?;
    let form = PrefixForm {
        key: ui::new_key(),
        network: wanted.network,
        hands_out: "32".into(),
        ..PrefixForm::default()
    };
    Ok(req.form_page(&t::add(req.locale), new_page(&req, &kinds, &form, None)))
}

/// `POST /addresses/new`
pub async fn add(req: Req, Posted(form): Posted<PrefixForm>) -> Reply {
    let mut form = form;
    let done = req.act(async |cx| addresses::add_prefix(cx, &form).await);
    let problem = match done.await {
        Ok(id) => return Ok(req.go(&format!("/addresses/{id}"), Some(Notice::Saved))),
        Err(problem) => problem,
    };
    // Its key is used up; what was typed is not lost.
    if problem.code == Code::AlreadySent {
        form.key = ui::new_key();
    }
    let kinds = req
        .view(async |cx| addresses::prefix_kinds(cx).await)
        .await?;
    req.page_again(problem, &t::add(req.locale), |problem| {
        new_page(&req, &kinds, &form, Some(problem))
    })
}

fn new_page(req: &Req, kinds: &Kinds, form: &PrefixForm, problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let ends = form.ends.trim() == "yes";
    let error = f
        .error("ends")
        .map(|text| view! { <p class="error" id="ends-error">{text}</p> });
    view! {
        {PageHead::new(t::add(l)).crumb("/addresses", t::title(l)).state(t::add_state(l)).view()}
        {f.summary()}
        <form class="form" method="post" action="/addresses/new" novalidate>
            <input type="hidden" name="key" value=form.key.clone()/>
            {f.field("network", t::network(l), &form.network).help(t::network_help(l)).class("is-medium").view()}
            {fields(&f, kinds, form)}
            <div class="field">
                {error}
                <label class="choice">
                    <input type="checkbox" id="ends" name="ends" value="yes" checked=ends/>
                    <span>{t::ends(l)}</span>
                </label>
            </div>
            {f.optional("note", t::note(l), &form.note).help(t::note_help(l)).rows(3).view()}
            <div class="form-end">
                <button class="button is-primary">{t::add_button(l)}</button>
                <a class="button is-quiet" href="/addresses">{t::leave_new(l)}</a>
            </div>
        </form>
    }
    .into_any()
}

fn fields(f: &FormView<'_>, kinds: &Kinds, form: &PrefixForm) -> AnyView {
    let l = f.l;
    let error = f
        .error("kinds")
        .map(|text| view! { <p class="error" id="kinds-error">{text}</p> });
    let ticks = kinds.iter().enumerate().map(|(n, (id, name))| {
        let id = id.to_string();
        let ticked = form.kinds.contains(&id);
        let place = match n {
            0 => "kinds".to_owned(),
            n => format!("kinds-{n}"),
        };
        view! {
            <label class="choice">
                <input type="checkbox" id=place name="kinds" value=id checked=ticked/>
                <span>{name.clone()}</span>
            </label>
        }
    });
    let help = match kinds.is_empty() {
        true => t::kinds_none(l),
        false => t::kinds_help(l),
    };
    view! {
        {f.field("label", t::label(l), &form.label).help(t::label_help(l)).view()}
        {f.optional("hands_out", t::hands_out(l), &form.hands_out).help(t::hands_out_help(l)).inputmode("numeric").class("is-short num").view()}
        <fieldset class="field" aria-describedby="kinds-help">
            <legend>{t::kinds(l)}</legend>
            {error}
            {ticks.collect_view()}
            <p class="help" id="kinds-help">{help}</p>
        </fieldset>
    }
    .into_any()
}

async fn to_edit(cx: &mut Cx, id: PrefixId) -> Result<(Placed, Kinds), Problem> {
    cx.require(Right::Prefixes)?;
    let placed = addresses::prefix(cx, id).await?;
    Ok((placed, addresses::prefix_kinds(cx).await?))
}

/// `GET /addresses/{id}/edit`
pub async fn edit(req: Req, Id(id): Id<PrefixId>) -> Reply {
    let (placed, kinds) = req.view(async |cx| to_edit(cx, id).await).await?;
    let title = t::edit_title(req.locale, &placed.prefix.network.to_string());
    let form = PrefixForm::of(&placed.prefix);
    Ok(req.form_page(&title, edit_page(&req, &placed, &kinds, &form, None)))
}

/// `POST /addresses/{id}/edit`
pub async fn save(req: Req, Id(id): Id<PrefixId>, Posted(form): Posted<PrefixForm>) -> Reply {
    let done = req.act(async |cx| addresses::save_prefix(cx, id, &form).await);
    match done.await {
        Ok(()) => Ok(req.go(&format!("/addresses/{id}"), Some(Notice::Saved))),
        Err(problem) => again(&req, id, problem, Some(form)).await,
    }
}

/// `POST /addresses/{id}/delete`
pub async fn delete(req: Req, Id(id): Id<PrefixId>) -> Reply {
    let done = req.act(async |cx| addresses::delete_prefix(cx, id).await);
    match done.await {
        Ok(()) => Ok(req.go("/addresses", Some(Notice::Deleted))),
        Err(problem) => again(&req, id, problem, None).await,
    }
}

/// The page with what was wrong, and what was typed.
async fn again(req: &Req, id: PrefixId, problem: Problem, typed: Option<PrefixForm>) -> Reply {
    let (placed, kinds) = req.view(async |cx| to_edit(cx, id).await).await?;
    let form = typed.unwrap_or_else(|| PrefixForm::of(&placed.prefix));
    let title = t::edit_title(req.locale, &placed.prefix.network.to_string());
    req.page_again(problem, &title, |problem| {
        edit_page(req, &placed, &kinds, &form, Some(problem))
    })
}

fn edit_page(
    req: &Req,
    placed: &Placed,
    kinds: &Kinds,
    form: &PrefixForm,
    problem: Option<&Problem>,
) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    let name = placed.prefix.network.to_string();
    let path = format!("/addresses/{}", placed.prefix.id);
    let (action, delete) = (format!("{path}/edit"), format!("{path}/delete"));
    view! {
        {PageHead::new(t::edit_title(l, &name)).crumb(path.clone(), name.clone()).view()}
        {f.summary()}
        <form class="form" method="post" action=action novalidate>
            <input type="hidden" name="version" value=form.version.clone()/>
            {fields(&f, kinds, form)}
            {f.optional("note", t::note(l), &form.note).help(t::note_help(l)).rows(3).view()}
            <div class="form-end">
                <button class="button is-primary">{t::save(l)}</button>
                <a class="button is-quiet" href=path>{t::leave(l)}</a>
            </div>
        </form>
        <form class="stack" method="post" action=delete>
            <div><button class="button is-danger">{t::delete(l)}</button></div>
            <p class="help">{t::delete_help(l)}</p>
        </form>
    }
    .into_any()
}
