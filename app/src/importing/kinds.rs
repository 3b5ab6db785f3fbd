//! Where columns are mapped: which kind of dues each name means that the file has.

use crate::locales::importing as t;
use crate::request::Req;
use crate::ui::{self, FormView, Tone};
use domain::dues::Kind;
use domain::import::{
    ChoicesForm, KINDS_ASKED, KindChoice, KindFound, KindMapping, NEW_KIND, NewKind,
};
use domain::kernel::{Locale, Right};
use leptos::prelude::*;

/// What the file says of dues, and the kinds that there are.
pub struct Kinds {
    /// The names that the file has, the most frequent first.
    pub found: Vec<KindFound>,
    /// Every kind, also those that are archived.
    pub known: Vec<Kind>,
}

/// Fills the part of the form that maps dues, as it was chosen or is proposed.
pub fn fill(form: &mut ChoicesForm, kinds: &[KindMapping], found: &[KindFound], l: Locale) {
    for found in found.iter().take(KINDS_ASKED) {
        let chosen = kinds.iter().find(|m| m.value == found.value);
        let chosen = chosen.map_or(&KindChoice::Nothing, |m| &m.choice);
        let proposed = &found.proposed;
        let (choice, new): (String, &NewKind) = match chosen {
            KindChoice::Nothing => (String::new(), proposed),
            KindChoice::Known(id) => (id.to_string(), proposed),
            KindChoice::New(new) => (NEW_KIND.to_owned(), new),
        };
        let name = match new.name.as_str() {
            "" => t::kind_without_name(l, new.amount, new.months).into_owned(),
            name => name.to_owned(),
        };
        form.kind_values.push(found.value.clone());
        form.kinds.push(choice);
        form.kind_names.push(name);
        form.kind_amounts.push(l.money_input(new.amount));
        form.kind_months.push(new.months.to_string());
    }
}

/// The section; nothing where the file names no dues.
pub fn section(req: &Req, f: FormView, kinds: &Kinds, form: &ChoicesForm) -> Option<AnyView> {
    let l = req.locale;
    if form.kind_values.is_empty() {
        return None;
    }
    let may_make = req.rights().has(Right::Settings);
    // No form of ours asks about more.
    let asked = form.kind_values.len().min(KINDS_ASKED);
    let rows = (0..asked).map(|at| row(f, kinds, form, at, may_make));
    let more = kinds.found.len().saturating_sub(KINDS_ASKED);
    let more = (more > 0).then(|| view! { <p class="soft">{t::kinds_more(l, more)}</p> });
    let lock = (!may_make).then(|| {
        let why = ui::missing_right(l, Right::Settings);
        ui::notice(Tone::Lock, view! { {t::kinds_no_new(l)} " " {why} })
    });
    let view = view! {
        <section class="section" aria-labelledby="kinds">
            <h2 id="kinds" tabindex="-1">{t::kinds_title(l)}</h2>
            <p class="help">{t::kinds_help(l)}</p>
            {lock}
            {f.error("kinds").map(|text| view! { <p class="error">{text}</p> })}
            <table class="table is-stacking">
                <caption class="visually-hidden">{t::kinds_caption(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::kinds_value(l)}</th>
                        <th scope="col">{t::kinds_becomes(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
            {more}
        </section>
    };
    Some(view.into_any())
}

fn typed(all: &[String], at: usize) -> String {
    all.get(at).cloned().unwrap_or_default()
}

fn row(f: FormView, kinds: &Kinds, form: &ChoicesForm, at: usize, may_make: bool) -> AnyView {
    let l = f.l;
    let value = typed(&form.kind_values, at);
    let rows = kinds.found.iter().find(|k| k.value == value);
    let rows = rows.map(|k| view! { " " <span class="sub">{t::rows(l, k.rows)}</span> });
    let chosen = typed(&form.kinds, at);
    let offered = kinds
        .known
        .iter()
        .filter(|kind| !kind.is_archived || kind.id.to_string() == chosen);
    let options = offered.map(|kind| {
        let id = kind.id.to_string();
        let selected = id == chosen;
        view! { <option value=id selected=selected>{kind.name.clone()}</option> }
    });
    let is_new = chosen == NEW_KIND;
    let new = (may_make || is_new).then(|| {
        view! { <option value=NEW_KIND selected=is_new>{t::kinds_new(l)}</option> }
    });
    let id = format!("kind_{at}");
    let error = f.error(&id);
    let error_id = format!("{id}-error");
    let invalid = error.is_some().then_some("true");
    let described = error.is_some().then(|| error_id.clone());
    let input =
        |name, list: &[String], label, class| part(f, name, at, typed(list, at), label, class);
    view! {
        <tr>
            <th scope="row" class="is-main">{value.clone()} {rows}</th>
            <td>
                <input type="hidden" name="kind_values" value=value.clone()/>
                <select id=id name="kinds" class="is-medium" aria-label=t::kinds_becomes_of(l, &value) aria-invalid=invalid aria-describedby=described>
                    <option value="" selected=chosen.is_empty()>{t::kinds_nothing(l)}</option>
                    {options.collect_view()}
                    {new}
                </select>
                {error.map(|text| view! { <p class="error" id=error_id>{text}</p> })}
                <div class="field-row if-new">
                    {input("kind_name", &form.kind_names, t::kind_name(l), "is-medium")}
                    {input("kind_amount", &form.kind_amounts, t::kind_amount(l), "is-short num")}
                    {input("kind_months", &form.kind_months, t::kind_months(l), "is-short num")}
                </div>
            </td>
        </tr>
    }
    .into_any()
}

/// One answer about a new kind. Its name in the form is the plural: there is one per row.
fn part(
    f: FormView,
    name: &'static str,
    at: usize,
    value: String,
    label: crate::locales::Text,
    class: &'static str,
) -> AnyView {
    let id = format!("{name}_{at}");
    let error = f.error(&id);
    let error_id = format!("{id}-error");
    let invalid = error.is_some().then_some("true");
    let described = error.is_some().then(|| error_id.clone());
    let (sent, inputmode) = match name {
        "kind_name" => ("kind_names", None),
        "kind_amount" => ("kind_amounts", Some("decimal")),
        _ => ("kind_months", Some("numeric")),
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input id=id name=sent value=value class=class inputmode=inputmode autocomplete="off"
                aria-invalid=invalid aria-describedby=described/>
            {error.map(|text| view! { <p class="error" id=error_id>{text}</p> })}
        </div>
    }
    .into_any()
}
