//! The form of a crew: its name, and its rights as ticks. A right that the one who looks does
//! not have is locked, and says why.

use crate::fields::inputs;
use crate::locales::{crews as t, frame as tf, problems};
use crate::request::{Posted, Reply, Req};
use crate::ui::{self, FormView, PageHead};
use domain::access::Rights;
use domain::crews::{self, CrewForm};
use domain::fields::{self as declared, Filled, On};
use domain::kernel::{Code, Problem, Right};
use leptos::prelude::*;

/// `GET /crews/new`
pub async fn new(req: Req) -> Reply {
    let own = req
        .view(async |cx| {
            cx.require(Right::Settings)?;
            declared::filled(cx, On::Crew, None).await
        })
        .await?;
    let form = CrewForm {
        key: ui::new_key(),
        ..CrewForm::default()
    };
    Ok(req.form_page(&t::new(req.locale), page(&req, (&form, &own), None)))
}

/// `POST /crews/new`
pub async fn add(req: Req, Posted(form): Posted<CrewForm>) -> Reply {
    let mut form = form;
    match req.act(async |cx| crews::add(cx, &form).await).await {
        Ok(id) => Ok(req.go(
            &format!("/crews/{id}"),
            Some(crate::locales::notices::Notice::Saved),
        )),
        Err(problem) => {
            // Its key is used up; what was typed is not lost.
            if problem.code == Code::AlreadySent {
                form.key = ui::new_key();
            }
            let own = req
                .view(async |cx| declared::filled(cx, On::Crew, None).await)
                .await?;
            req.page_again(problem, &t::new(req.locale), |problem| {
                page(&req, (&form, &own), Some(problem))
            })
        }
    }
}

fn page(req: &Req, (form, own): (&CrewForm, &[Filled]), problem: Option<&Problem>) -> AnyView {
    let l = req.locale;
    let f = FormView::new(l, problem);
    view! {
        {PageHead::new(t::new(l)).crumb("/crews", tf::crews(l)).state(t::new_state(l)).view()}
        {f.summary()}
        <form class="form" method="post" action="/crews/new" novalidate>
            <input type="hidden" name="key" value=form.key.clone()/>
            {fields(&f, &req.rights(), form)}
            {inputs::all(&f, own, &form.extra)}
            <div class="form-end">
                <button class="button is-primary">{t::add(l)}</button>
                <a class="button is-quiet" href="/crews">{t::leave(l)}</a>
            </div>
        </form>
    }
    .into_any()
}

/// The fields of a crew.
pub fn fields(f: &FormView<'_>, own: &Rights, form: &CrewForm) -> AnyView {
    let l = f.l;
    let error = f.error("rights");
    let described = if error.is_some() {
        "rights-error rights-help"
    } else {
        "rights-help"
    };
    let error = error.map(|text| view! { <p class="error" id="rights-error">{text}</p> });
    let ticks = Right::ALL.iter().enumerate().map(|(n, right)| {
        let id = if n == 0 {
            "rights".to_owned()
        } else {
            format!("rights-{n}")
        };
        tick(f, own, form.has(*right), (id, *right))
    });
    view! {
        {f.field("name", t::name(l), &form.name).class("is-medium").view()}
        <fieldset class="field" aria-describedby=described>
            <legend>{t::rights(l)}</legend>
            {error}
            {ticks.collect_view()}
            <p class="help" id="rights-help">{t::rights_help(l)}</p>
        </fieldset>
    }
    .into_any()
}

fn tick(f: &FormView<'_>, own: &Rights, ticked: bool, (id, right): (String, Right)) -> AnyView {
    let l = f.l;
    let locked = !own.has(right);
    // A browser sends nothing of a box that is locked; what is there stays there.
    let kept = (locked && ticked)
        .then(|| view! { <input type="hidden" name="rights" value=right.name()/> });
    let why = locked.then(|| {
        view! { <span class="why">{t::locked_right(l)}</span> }
    });
    view! {
        <label class="choice">
            <input type="checkbox" id=id name="rights" value=right.name() checked=ticked disabled=locked/>
            <span>
                {problems::right(l, right)} " " <span class="help">{t::right_help(l, right)}</span>
                {why}
            </span>
        </label>
        {kept}
    }
    .into_any()
}
