//! The form of a field: to declare one, to change one; and how one goes.

use crate::locales::notices::Notice;
use crate::locales::{extra as t, frame as tf, problems};
use crate::people::facts;
use crate::people::form::start_again;
use crate::request::{Asked, Id, Posted, Reply, Req};
use crate::ui::{self, Choice, FormView, PageHead};
use domain::context::Cx;
use domain::fields::{self, CHOICE_PREFIX, Field, FieldForm, FieldKind, LISTED_MAX, On};
use domain::kernel::{Code, FieldId, Locale, Problem, Right};
use domain::services::{self, ServiceType};
use leptos::prelude::*;
use serde::Deserialize;

const LIST: &str = "/settings/fields";

/// What a link to the form of a new field says.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Begun {
    on: String,
}

/// `GET /settings/fields/new`
pub async fn new(req: Req, Asked(begun): Asked<Begun>) -> Reply {
    let kinds = req.view(types).await?;
    let form = FieldForm {
        key: ui::new_key(),
        on: begun.on,
        ..FieldForm::default()
    };
    let l = req.locale;
    Ok(req.form_page(&t::add(l), new_page(l, &form, &kinds, None)))
}

/// The types of services that a field may be for.
async fn types(cx: &mut Cx) -> Result<Vec<ServiceType>, Problem> {
    cx.require(Right::Settings)?;
    services::types_seen(cx).await
}

/// `POST /settings/fields/new`
pub async fn add(req: Req, Posted(form): Posted<FieldForm>) -> Reply {
    let mut form = form;
    let done = req.act(async |cx| fields::add(cx, &form).await);
    let problem = match done.await {
        Ok(_) => return Ok(req.go(LIST, Some(Notice::Saved))),
        Err(problem) => problem,
    };
    // Its key is used up; what was typed is not lost.
    if problem.code == Code::AlreadySent {
        form.key = ui::new_key();
    }
    let kinds = req.view(types).await?;
    let l = req.locale;
    req.page_again(problem, &t::add(l), |problem| {
        new_page(l, &form, &kinds, Some(problem))
    })
}

fn new_page(
    l: Locale,
    form: &FieldForm,
    kinds: &[ServiceType],
    problem: Option<&Problem>,
) -> AnyView {
    let f = FormView::new(l, problem);
    let ons = On::ALL
        .iter()
        .map(|on| Choice::new(on.name(), t::on_name(l, *on)));
    let types = f
        .field("of_type", t::of_type(l), &form.of_type)
        .help(t::of_type_help(l));
    let types = f.select_from(types, type_choices(l, kinds));
    let kinds = FieldKind::ALL
        .iter()
        .map(|kind| Choice::new(kind.name(), t::kind_name(l, *kind)));
    view! {
        {PageHead::new(t::add(l)).crumb(LIST, t::title(l)).state(t::add_state(l)).view()}
        {f.summary()}
        <form class="form" method="post" action="/settings/fields/new" novalidate>
            <input type="hidden" name="key" value=form.key.clone()/>
            {f.select("on", t::on(l), &form.on, ons.collect())}
            <div class="if-service">{types}</div>
            {f.select("kind", t::kind(l), &form.kind, kinds.collect())}
            {f.field("label", t::label(l), &form.label).view()}
            <div class="if-choice">{f.optional("more", t::more(l), &form.more).help(t::more_help(l)).rows(4).view()}</div>
            {rest(&f, form)}
            {f.optional("slug", t::slug(l), &form.slug).help(t::slug_help(l)).class("is-medium").view()}
            <div class="form-end">
                <button class="button is-primary">{t::add(l)}</button>
                <a class="button is-quiet" href=LIST>{t::leave(l)}</a>
            </div>
        </form>
    }
    .into_any()
}

fn type_choices(l: Locale, kinds: &[ServiceType]) -> Vec<Choice> {
    let mut all = vec![Choice::new("", t::of_type_all(l))];
    let choice = |kind: &ServiceType| Choice::new(kind.id.to_string(), kind.name.clone());
    all.extend(kinds.iter().map(choice));
    all
}

/// What a new field and one that there is are asked alike.
fn rest(f: &FormView, form: &FieldForm) -> AnyView {
    let l = f.l;
    let yes_or_no = |no, yes| vec![Choice::new("", no), Choice::new("yes", yes)];
    let rights = |all| {
        let right = |right: &Right| {
            let label = t::right_to(l, &problems::right(l, *right));
            Choice::new(right.name(), label)
        };
        let mut choices = vec![Choice::new("", all)];
        choices.extend(Right::ALL.iter().map(right));
        choices
    };
    let listed = f
        .field("listed", t::listed(l), &form.listed)
        .help(t::listed_help(l, LISTED_MAX));
    view! {
        {f.optional("help", t::help(l), &form.help).help(t::help_help(l)).view()}
        {f.select("required", t::required(l), &form.required, yes_or_no(t::required_no(l), t::required_yes(l)))}
        {f.select_from(listed, yes_or_no(t::listed_no(l), t::listed_yes(l)))}
        {f.select("seen_by", t::seen_by(l), &form.seen_by, rights(t::seen_by_all(l)))}
        {f.select("edited_by", t::edited_by(l), &form.edited_by, rights(t::edited_by_all(l)))}
        {f.select("open", t::open(l), &form.open, yes_or_no(t::open_no(l), t::open_yes(l)))}
    }
    .into_any()
}

/// `GET /settings/fields/{id}`
pub async fn show(req: Req, Id(id): Id<FieldId>) -> Reply {
    let known = req.view(async |cx| read(cx, id).await).await?;
    let form = FieldForm::of(&known.field);
    Ok(req.form_page(&known.field.label, page(req.locale, &known, &form, None)))
}

/// `POST /settings/fields/{id}`
pub async fn save(req: Req, Id(id): Id<FieldId>, Posted(form): Posted<FieldForm>) -> Reply {
    let done = req.act(async |cx| fields::save(cx, id, &form).await);
    done_or_again(&req, id, done.await, Some(form)).await
}

/// `POST /settings/fields/{id}/archive`
pub async fn archive(req: Req, Id(id): Id<FieldId>) -> Reply {
    let done = req.act(async |cx| fields::archive(cx, id).await);
    done_or_again(&req, id, done.await, None).await
}

/// `POST /settings/fields/{id}/restore`
pub async fn restore(req: Req, Id(id): Id<FieldId>) -> Reply {
    let done = req.act(async |cx| fields::restore(cx, id).await);
    done_or_again(&req, id, done.await, None).await
}

/// `POST /settings/fields/{id}/delete`
pub async fn delete(req: Req, Id(id): Id<FieldId>) -> Reply {
    let done = req.act(async |cx| fields::delete(cx, id).await);
    match done.await {
        Ok(()) => Ok(req.go(LIST, Some(Notice::Deleted))),
        Err(problem) => done_or_again(&req, id, Err(problem), None).await,
    }
}

/// On to the list; or the page with what was wrong, and what was typed.
async fn done_or_again(
    req: &Req,
    id: FieldId,
    done: Result<(), Problem>,
    typed: Option<FieldForm>,
) -> Reply {
    let Err(problem) = done else {
        return Ok(req.go(LIST, Some(Notice::Saved)));
    };
    let known = req.view(async |cx| read(cx, id).await).await?;
    let form = typed.unwrap_or_else(|| FieldForm::of(&known.field));
    req.page_again(problem, &known.field.label, |problem| {
        page(req.locale, &known, &form, Some(problem))
    })
}

/// What a field's page shows.
struct Known {
    field: Field,
    /// How many objects have something in it.
    count: i64,
    /// The only type whose services have it, where the one who looks sees it.
    of_type: Option<String>,
}

async fn read(cx: &mut Cx, id: FieldId) -> Result<Known, Problem> {
    let (field, count) = fields::get(cx, id).await?;
    let of_type = match field.of_type {
        Some(id) => {
            let kinds = services::types_seen(cx).await?;
            let found = kinds.into_iter().find(|kind| kind.id == id);
            Some(found.map(|kind| kind.name).unwrap_or_default())
        }
        None => None,
    };
    Ok(Known {
        field,
        count,
        of_type,
    })
}

fn page(l: Locale, known: &Known, form: &FieldForm, problem: Option<&Problem>) -> AnyView {
    let (field, count) = (&known.field, known.count);
    let f = FormView::new(l, problem);
    let here = format!("{LIST}/{}", field.id);
    let state = match field.is_archived {
        true => t::archived_help(l),
        false => t::filled(l, count),
    };
    let button = |way: &str, label| {
        let action = format!("{here}/{way}");
        view! { <form method="post" action=action><button class="button">{label}</button></form> }
    };
    let archive = match field.is_archived {
        true => button("restore", t::restore(l)),
        false => button("archive", t::archive(l)),
    };
    let delete = (count == 0).then(|| button("delete", t::delete(l)));
    let head = PageHead::new(field.label.clone())
        .crumb(LIST, t::title(l))
        .state(state)
        .actions(view! { {archive} {delete} });
    let mut what = vec![(t::on(l), t::on_name(l, field.on).into_any())];
    what.extend(
        known
            .of_type
            .clone()
            .map(|name| (t::of_type(l), name.into_any())),
    );
    what.extend([
        (t::kind(l), t::kind_name(l, field.kind).into_any()),
        (t::slug(l), field.slug.clone().into_any()),
    ]);
    view! {
        {head.view()}
        {f.summary()}
        {start_again(&f, &here)}
        {facts::list(what)}
        <form class="form" method="post" action=here.clone() novalidate>
            <input type="hidden" name="version" value=form.version.clone()/>
            {f.field("label", t::label(l), &form.label).view()}
            {choices(&f, field, form)}
            {rest(&f, form)}
            <div class="form-end">
                <button class="button is-primary">{tf::save(l)}</button>
                <a class="button is-quiet" href=LIST>{t::leave(l)}</a>
            </div>
        </form>
    }
    .into_any()
}

/// Each answer, to be renamed, and room for more.
fn choices(f: &FormView, field: &Field, form: &FieldForm) -> Option<AnyView> {
    let l = f.l;
    if field.kind != FieldKind::Choice {
        return None;
    }
    let inputs = field.choices.iter().map(|choice| {
        let name = format!("{CHOICE_PREFIX}{}", choice.id);
        let typed = form.labels.get(&choice.id).unwrap_or(&choice.label);
        f.field(name, t::choice(l), typed)
            .help(t::choice_help(l))
            .class("is-medium")
            .view()
    });
    let view = view! {
        {inputs.collect_view()}
        {f.optional("more", t::more_again(l), &form.more).help(t::more_help(l)).rows(2).view()}
    };
    Some(view.into_any())
}
