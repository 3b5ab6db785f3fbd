//! The page of one text: its words, what can be named in them, and how a member reads it.

use crate::locales::notices::Notice;
use crate::locales::{frame as tf, reminders as t};
use crate::request::{Asked, Failure, Posted, Reply, Req};
use crate::ui::{FormView, PageHead};
use domain::kernel::{Code, Locale, Problem, Right};
use domain::mail::template::VARIABLES;
use domain::mail::{self, Stage, Template};
use domain::reminders;
use leptos::prelude::*;
use serde::Deserialize;

/// The form: the text, what is to be done with it, and for whom it is looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TemplateForm {
    stage: String,
    locale: String,
    subject: String,
    body: String,
    member: String,
    /// `save`, `preview` or `reset`.
    what: String,
}

/// Which text an address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TextQuery {
    stage: String,
    locale: String,
}

/// Which text.
#[derive(Clone, Copy)]
struct Which {
    stage: Stage,
    locale: Locale,
}

impl Which {
    /// What an address asks for; the first text where it asks for none that there is.
    fn asked(query: &TextQuery) -> Self {
        Self {
            stage: Stage::from_name(&query.stage).unwrap_or(Stage::Before),
            locale: Locale::from_tag(&query.locale).unwrap_or_default(),
        }
    }

    /// What a form names.
    fn named(form: &TemplateForm) -> Result<Self, Failure> {
        let locale = Locale::ALL.into_iter().find(|l| l.tag() == form.locale);
        match (Stage::from_name(&form.stage), locale) {
            (Some(stage), Some(locale)) => Ok(Self { stage, locale }),
            _ => Err(Failure(Problem::new(Code::BadRequest))),
        }
    }

    fn title(self, l: Locale) -> String {
        t::template_of(l, self.stage, self.locale.own_name()).into_owned()
    }
}

/// The page of a text.
pub fn path(stage: Stage, locale: Locale) -> String {
    format!(
        "/settings/mail/text?stage={}&locale={}",
        stage.name(),
        locale.tag()
    )
}

/// `GET /settings/mail/text`
pub async fn show(req: Req, Asked(query): Asked<TextQuery>) -> Reply {
    let which = Which::asked(&query);
    let present = req
        .view(async |cx| {
            cx.require(Right::Settings)?;
            mail::template(cx, which.stage, which.locale).await
        })
        .await?;
    let form = TemplateForm {
        subject: present.subject,
        body: present.body,
        ..TemplateForm::default()
    };
    let view = page(req.locale, which, &form, None, None);
    Ok(req.form_page(&which.title(req.locale), view))
}

/// `POST /settings/mail/text`
pub async fn save(req: Req, Posted(form): Posted<TemplateForm>) -> Reply {
    let which = Which::named(&form)?;
    let text = Template {
        subject: form.subject.clone(),
        body: form.body.clone(),
    };
    let done = match form.what.as_str() {
        "preview" => match preview(&req, which, &form, &text).await {
            Ok(mail) => {
                let view = page(req.locale, which, &form, Some(mail), None);
                return Ok(req.form_page(&which.title(req.locale), view));
            }
            Err(problem) => Err(problem),
        },
        "reset" => {
            req.act(async |cx| mail::reset_template(cx, which.stage, which.locale).await)
                .await
        }
        _ => {
            req.act(async |cx| mail::save_template(cx, which.stage, which.locale, &text).await)
                .await
        }
    };
    match done {
        Ok(()) => Ok(req.go(&path(which.stage, which.locale), Some(Notice::Saved))),
        Err(problem) => req.page_again(problem, &which.title(req.locale), |problem| {
            page(req.locale, which, &form, None, Some(problem))
        }),
    }
}

/// The mail as a member would read it; nothing is kept.
async fn preview(
    req: &Req,
    which: Which,
    form: &TemplateForm,
    text: &Template,
) -> Result<Template, Problem> {
    let origin = req.app.mail.origin(&req.tenant.slug).origin;
    let values = req
        .view(async |cx| reminders::values_for(cx, &form.member, which.locale, &origin).await)
        .await?;
    mail::preview(text, &values)
}

fn page(
    l: Locale,
    which: Which,
    form: &TemplateForm,
    mail: Option<Template>,
    problem: Option<&Problem>,
) -> AnyView {
    let f = FormView::new(l, problem);
    let variables = VARIABLES.map(|name| {
        let word = view! { <code>{name}</code> }.into_any();
        view! { <div><dt>{word}</dt><dd>{t::variable(l, name)}</dd></div> }
    });
    let mail = mail.map(|mail| {
        view! {
            <section class="section" aria-labelledby="preview">
                <h2 id="preview">{t::preview(l)}</h2>
                <div class="card stack" lang=which.locale.tag()>
                    <p><strong class="breaks">{mail.subject}</strong></p>
                    <pre class="letter">{mail.body}</pre>
                </div>
            </section>
        }
    });
    view! {
        {PageHead::new(which.title(l)).crumb("/settings/mail", t::settings_title(l)).state(t::template_state(l)).view()}
        {f.summary()}
        {mail}
        <form class="form" method="post" action="/settings/mail/text" novalidate>
            <input type="hidden" name="stage" value=which.stage.name()/>
            <input type="hidden" name="locale" value=which.locale.tag()/>
            {f.field("subject", t::subject(l), &form.subject).view()}
            {f.field("body", t::body(l), &form.body).help(t::body_help(l)).rows(18).view()}
            {f.optional("member", t::preview_for(l), &form.member).help(t::preview_help(l)).class("is-short").view()}
            <div class="form-end">
                <button class="button is-primary" name="what" value="save">{tf::save(l)}</button>
                <button class="button" name="what" value="preview">{t::preview(l)}</button>
                <button class="button is-quiet" name="what" value="reset">{t::reset(l)}</button>
            </div>
        </form>
        <section class="section" aria-labelledby="variables">
            <h2 id="variables">{t::variables(l)}</h2>
            <dl class="facts">{variables.collect_view()}</dl>
        </section>
    }
    .into_any()
}
