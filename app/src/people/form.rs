//! The form of a person or an organisation: to add one, to change one. The fields
//! stand on the form of a new member too.

use super::facts;
use crate::fields::inputs;
use crate::locales::notices::Notice;
use crate::locales::{Text, frame as tf, people as t};
use crate::request::{Id, Posted, Reply, Req};
use crate::ui::{self, Choice, FormView, PageHead};
use domain::context::Cx;
use domain::fields::{Filled, typed_of};
use domain::kernel::{Code, Locale, PartyId, Problem, Right};
use domain::people::{self, Doubles, Kind, Party, PartyForm};
use leptos::prelude::*;
use serde::Deserialize;

/// A form that adds, and whether somebody has looked at those who are similar.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewParty {
    /// Who.
    #[serde(flatten)]
    pub party: PartyForm,
    /// Anything: add it, whoever is similar.
    pub anyway: String,
}

/// What is to happen with doubles, as a form says it.
pub fn doubles(anyway: &str) -> Doubles {
    if anyway.is_empty() {
        Doubles::Refuse
    } else {
        Doubles::Accept
    }
}

/// `GET /people/new`
pub async fn new(req: Req) -> Reply {
    let own = req
        .view(async |cx| {
            cx.require(Right::People)?;
            inputs::of_party(cx, None).await
        })
        .await?;
    let form = PartyForm {
        key: ui::new_key(),
        ..PartyForm::default()
    };
    let l = req.locale;
    Ok(req.form_page(&t::new_title(l), new_view(l, &form, None, (&[], &own))))
}

/// `POST /people/new`
pub async fn add(req: Req, Posted(form): Posted<NewParty>) -> Reply {
    let NewParty {
        party: form,
        anyway,
    } = form;
    let added = req
        .act(async |cx| people::add_unless(cx, &form, doubles(&anyway)).await)
        .await;
    match added {
        Ok(id) => Ok(req.go(&format!("/people/{id}"), Some(Notice::PartyAdded))),
        Err(problem) => {
            let l = req.locale;
            let known = similar(&req, &problem, &form).await?;
            let own = req
                .view(async |cx| inputs::of_party(cx, None).await)
                .await?;
            req.page_again(problem, &t::new_title(l), |problem| {
                new_view(l, &form, Some(problem), (&known, &own))
            })
        }
    }
}

/// Those who may be meant, where a form was refused for them.
pub async fn similar(
    req: &Req,
    problem: &Problem,
    form: &PartyForm,
) -> Result<Vec<Party>, Problem> {
    match (&problem.code, form.parse()) {
        (Code::MaybeKnown, Ok(data)) => req.view(async |cx| people::similar(cx, &data).await).await,
        _ => Ok(Vec::new()),
    }
}

fn new_view(
    l: Locale,
    form: &PartyForm,
    problem: Option<&Problem>,
    (known, own): (&[Party], &[Filled]),
) -> AnyView {
    let f = FormView::new(l, problem);
    view! {
        {PageHead::new(t::new_title(l)).crumb("/people", tf::people(l)).state(t::new_state(l)).view()}
        {summary(&f, known)}
        <form class="form" method="post" action="/people/new" novalidate>
            <input type="hidden" name="key" value=form.key.clone()/>
            {fields(&f, t::who(l), form, own)}
            {add_buttons(l, t::save_new(l), "/people", known)}
        </form>
    }
    .into_any()
}

/// What is to be mended; or those who may be meant.
pub fn summary(f: &FormView, known: &[Party]) -> Option<AnyView> {
    if known.is_empty() {
        return f.summary();
    }
    let l = f.l;
    let items = known.iter().map(|party| {
        let href = format!("/people/{}", party.id);
        view! { <li><a href=href>{party.display_name()}</a> " " <span class="soft">{facts::hint(l, party)}</span></li> }
    });
    let text = view! {
        <div class="stack">
            <h2 id="similar">{t::similar_title(l)}</h2>
            <ul>{items.collect_view()}</ul>
            <p>{t::similar_help(l)}</p>
        </div>
    };
    Some(ui::notice(ui::Tone::Warning, text))
}

/// The buttons below a form that adds; those who have seen who is similar may add anyway.
pub fn add_buttons(l: Locale, save: Text, back: &'static str, known: &[Party]) -> AnyView {
    let button = if known.is_empty() {
        view! { <button class="button is-primary">{save}</button> }.into_any()
    } else {
        view! { <button class="button is-primary" name="anyway" value="yes">{t::add_anyway(l)}</button> }
            .into_any()
    };
    view! {
        <div class="form-end">
            {button}
            <a class="button is-quiet" href=back>{t::leave(l)}</a>
        </div>
    }
    .into_any()
}

/// `GET /people/{id}/edit`
pub async fn edit(req: Req, Id(id): Id<PartyId>) -> Reply {
    let (party, own) = req
        .view(async |cx| {
            cx.require(Right::People)?;
            known(cx, id).await
        })
        .await?;
    let l = req.locale;
    let name = party.display_name();
    let form = PartyForm {
        extra: typed_of(&own, l),
        ..PartyForm::of(&party)
    };
    let view = edit_view(l, (&party, &own), &form, None);
    Ok(req.form_page(&t::edit_title(l, &name), view))
}

/// `POST /people/{id}/edit`
pub async fn save(req: Req, Id(id): Id<PartyId>, Posted(form): Posted<PartyForm>) -> Reply {
    match req.act(async |cx| people::save(cx, id, &form).await).await {
        Ok(()) => Ok(req.go(&format!("/people/{id}"), Some(Notice::Saved))),
        Err(problem) => {
            let l = req.locale;
            let (party, own) = req.view(async |cx| known(cx, id).await).await?;
            let title = t::edit_title(l, &party.display_name());
            req.page_again(problem, &title, |problem| {
                edit_view(l, (&party, &own), &form, Some(problem))
            })
        }
    }
}

/// Who it is, and the fields of the form that are the organisation's own.
async fn known(cx: &mut Cx, id: PartyId) -> Result<(Party, Vec<Filled>), Problem> {
    let party = people::get(cx, id).await?;
    let own = inputs::of_party(cx, Some(&party)).await?;
    Ok((party, own))
}

fn edit_view(
    l: Locale,
    (party, own): (&Party, &[Filled]),
    form: &PartyForm,
    problem: Option<&Problem>,
) -> AnyView {
    let f = FormView::new(l, problem);
    let here = format!("/people/{}", party.id);
    let action = format!("{here}/edit");
    let name = party.display_name();
    view! {
        {PageHead::new(t::edit_title(l, &name)).crumb(here.clone(), name).view()}
        {f.summary()}
        {start_again(&f, &action)}
        <form class="form" method="post" action=action.clone() novalidate>
            <input type="hidden" name="version" value=form.version.clone()/>
            {fields(&f, t::who(l), form, own)}
            <div class="form-end">
                <button class="button is-primary">{tf::save(l)}</button>
                <a class="button is-quiet" href=here>{t::leave(l)}</a>
            </div>
        </form>
    }
    .into_any()
}

/// The way on where somebody else was faster.
pub fn start_again(f: &FormView, href: &str) -> Option<AnyView> {
    let changed = f.problem.is_some_and(|p| p.code == Code::ChangedMeanwhile);
    let link = view! { <p><a href=href.to_owned()>{t::start_again(f.l)}</a></p> };
    changed.then(|| link.into_any())
}

/// The fields of a person or an organisation.
pub fn fields(f: &FormView, legend: Text, form: &PartyForm, own: &[Filled]) -> AnyView {
    let l = f.l;
    let kinds = vec![
        Choice::new(Kind::Person.name(), t::a_person(l)),
        Choice::with_help(
            Kind::Organisation.name(),
            t::an_organisation(l),
            t::an_organisation_help(l),
        ),
    ];
    let kind = if form.kind.is_empty() {
        Kind::Person.name()
    } else {
        &form.kind
    };
    view! {
        {f.radios("kind", legend, kind, kinds)}
        <div class="field-row">
            {f.optional("given_name", t::given_name(l), &form.given_name).view()}
            {f.field("name", t::name(l), &form.name).help(t::name_help(l)).view()}
        </div>
        {f.optional("email", t::email(l), &form.email).kind("email").view()}
        {f.optional("phone", t::phone(l), &form.phone).kind("tel").class("is-medium").view()}
        <h2>{t::postal(l)}</h2>
        {f.optional("street", t::street(l), &form.street).rows(2).view()}
        <div class="field-row">
            {f.optional("postcode", t::postcode(l), &form.postcode).view()}
            {f.optional("city", t::city(l), &form.city).view()}
        </div>
        {f.optional("country", t::country(l), &form.country).class("is-medium").view()}
        {f.optional("note", t::note(l), &form.note).rows(3).help(t::note_help(l)).view()}
        {inputs::of_parties(f, own, &form.extra)}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_adds_is_read_with_all_its_fields() {
        let body =
            "key=k&kind=person&given_name=L%C3%A9a&name=Benamar&anyway=yes&joined_on=2026-01-01";
        let form: NewParty = serde_html_form::from_str(body).unwrap();
        assert_eq!(form.party.given_name, "Léa");
        assert_eq!(form.party.key, "k");
        assert_eq!(doubles(&form.anyway), Doubles::Accept);
        assert_eq!(doubles(""), Doubles::Refuse);
    }

    #[test]
    fn a_form_holds_the_fields_of_an_organisation_beside_its_own() {
        let body = "name=B&extra_metier=a&extra_metier=b&extra_x%5B%5D=&_person=1&anyway=yes";
        let form: NewParty = serde_html_form::from_str(body).unwrap();
        assert_eq!(
            (form.party.name.as_str(), form.anyway.as_str()),
            ("B", "yes")
        );
        let pairs: Vec<_> = form.party.extra.pairs().collect();
        assert_eq!(pairs, [("extra_metier", "b"), ("extra_x[]", "")]);
    }
}
