//! The table that says what each column of a file holds: the same for members and for services.

use super::column_name;
use crate::locales::importing as t;
use crate::locales::{Text, extra as tx};
use crate::ui::FormView;
use domain::fields::Field;
use domain::import::{Column, Holds};
use domain::kernel::Locale;
use leptos::prelude::*;

/// A file's columns, and what is chosen for them.
pub struct Mapping<'a, T> {
    /// The form, with what is wrong.
    pub f: FormView<'a>,
    /// The columns.
    pub columns: &'a [Column],
    /// What is chosen, by name.
    pub chosen: &'a [String],
    /// The organisation's own fields that are offered.
    pub own: &'a [Field],
    /// What people call a part.
    pub text: fn(Locale, T) -> Text,
}

impl<T: Holds> Mapping<'_, T> {
    /// The table, with what is wrong with all of it.
    pub fn view(&self) -> AnyView {
        let l = self.f.l;
        let rows = (0..self.columns.len()).filter_map(|at| self.row(at));
        view! {
            {self.f.error("columns").map(|text| view! { <p class="error">{text}</p> })}
            <table class="table is-stacking" id="columns" tabindex="-1">
                <caption class="visually-hidden">{t::columns_caption(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::column(l)}</th>
                        <th scope="col">{t::example(l)}</th>
                        <th scope="col">{t::becomes(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
        .into_any()
    }

    fn row(&self, at: usize) -> Option<AnyView> {
        let (l, column) = (self.f.l, self.columns.get(at)?);
        let id = format!("column_{at}");
        let name = column_name(l, self.columns, at);
        let chosen = self.chosen.get(at).map_or("", String::as_str);
        let error = self.f.error(&id);
        let error_id = format!("{id}-error");
        let invalid = error.is_some().then_some("true");
        let described = error.is_some().then(|| error_id.clone());
        let examples = match column.examples.is_empty() {
            true => view! { <span class="soft">{t::always_empty(l)}</span> }.into_any(),
            false => column.examples.join(" · ").into_any(),
        };
        let view = view! {
            <tr>
                <th scope="row" class="is-main">{name.clone()}</th>
                <td data-label=t::example_short(l)>{examples}</td>
                <td>
                    <select id=id name="columns" aria-label=t::becomes_of(l, &name) aria-invalid=invalid aria-describedby=described>
                        {self.options(chosen)}
                    </select>
                    {error.map(|text| view! { <p class="error" id=error_id>{text}</p> })}
                </td>
            </tr>
        };
        Some(view.into_any())
    }

    /// The parts, and the organisation's own fields apart from them.
    fn options(&self, chosen: &str) -> AnyView {
        let l = self.f.l;
        let parts = T::ALL.iter().map(|part| {
            let selected = part.name() == chosen;
            view! { <option value=part.name() selected=selected>{(self.text)(l, *part)}</option> }
        });
        let own = self.own.iter().map(|field| {
            let name = T::of_field(field.id).name();
            let selected = name == chosen;
            let text = format!("{} · {}", field.label, tx::on_name(l, field.on));
            view! { <option value=name selected=selected>{text}</option> }
        });
        let own = (!self.own.is_empty()).then(|| {
            view! { <optgroup label=t::own_fields(l)>{own.collect_view()}</optgroup> }
        });
        view! { {parts.collect_view()} {own} }.into_any()
    }
}
