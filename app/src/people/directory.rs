//! The lists of members and of everybody: filters in the address, one page of rows,
//! and why there is none. Both lists are one view.

use crate::exports;
use crate::fields::rows::OwnFields;
use crate::islands::search::LiveSearch;
use crate::locales::{Text, frame as tf, members as tm, people as t};
use crate::request::Req;
use crate::ui::{self, Mark, PageHead};
use domain::kernel::{Locale, Page, Right};
use domain::members::{Counts, DirectoryQuery, MemberRow, Membership, Standing, StandingFilter};
use domain::people::Kind;
use leptos::prelude::*;

/// A list of members, or of everybody.
pub struct Directory<'a> {
    /// Who asks.
    pub req: &'a Req,
    /// What for.
    pub query: &'a DirectoryQuery,
    /// The answer.
    pub page: &'a Page<MemberRow>,
    /// How many members stand how, for the list of members; `None` for everybody.
    pub counts: Option<Counts>,
    /// The organisation's own fields.
    pub own: &'a OwnFields,
}

impl Directory<'_> {
    /// The page.
    pub fn view(&self) -> AnyView {
        let l = self.req.locale;
        let (title, state) = match &self.counts {
            Some(counts) => (tf::members(l), tm::state(l, counts)),
            None => (tf::people(l), t::state(l)),
        };
        let head = PageHead::new(title).state(state);
        let head = match self.actions() {
            Some(actions) => head.actions(actions),
            None => head,
        };
        view! {
            {head.view()}
            {self.toolbar()}
            {self.results()}
        }
        .into_any()
    }

    fn path(&self) -> &'static str {
        if self.counts.is_some() {
            "/members"
        } else {
            "/people"
        }
    }

    fn base(&self) -> Membership {
        match self.counts {
            Some(_) => Membership::Members,
            None => Membership::Everyone,
        }
    }

    /// The list as a file.
    fn list(&self) -> exports::Name {
        match self.counts {
            Some(_) => exports::Name::Members,
            None => exports::Name::People,
        }
    }

    /// What may be added here, by those who may.
    fn actions(&self) -> Option<AnyView> {
        let l = self.req.locale;
        let rights = self.req.rights();
        let may_import = rights.has(Right::Members);
        let (may_add, href, label) = match self.counts {
            Some(_) => (
                may_import && rights.has(Right::People),
                "/members/new",
                tm::add(l),
            ),
            None => (rights.has(Right::People), "/people/new", t::add(l)),
        };
        if !may_add && !may_import {
            return None;
        }
        let import = may_import.then(|| {
            view! { <a class="button" href="/members/import">{ui::icon("upload")} " " {tm::import(l)}</a> }
        });
        let add = may_add.then(|| {
            view! { <a class="button is-primary" href=href>{ui::icon("plus")} " " {label}</a> }
        });
        Some(view! { {import} {add} }.into_any())
    }

    fn toolbar(&self) -> AnyView {
        let l = self.req.locale;
        let search = if self.counts.is_some() {
            tm::search(l)
        } else {
            t::search(l)
        };
        let kinds = Kind::ALL.map(|kind| (kind.name(), t::kinds(l, kind)));
        let standings = StandingFilter::ALL.map(|s| (s.name(), tm::standings(l, s)));
        let memberships = [
            (Membership::Members.name(), t::only_members(l)),
            (Membership::NotMembers.name(), t::not_members(l)),
        ];
        let query = self.query;
        let narrowed = match self.counts {
            Some(_) => select(
                "standing",
                tm::column_standing(l),
                tm::all_standings(l),
                &query.standing,
                &standings,
            ),
            None => select(
                "membership",
                t::filter_membership(l),
                tm::all_standings(l),
                &query.membership,
                &memberships,
            ),
        };
        view! {
            <form class="toolbar" id="filters" method="get" action=self.path() role="search">
                <label class="filter is-search">
                    {ui::icon("search")} <span class="visually-hidden">{search}</span>
                    <input type="search" name="q" value=query.q.clone() placeholder=t::search_in(l) autocomplete="off"/>
                </label>
                {select("kind", t::column_kind(l), tf::all(l), &query.kind, &kinds)}
                {narrowed}
                <button class="button">{tf::filter(l)}</button>
                {self.own.filters(l, &self.query.extra, &self.query.without)}
                <LiveSearch form="filters".to_owned() results="results".to_owned()/>
            </form>
        }
        .into_any()
    }

    /// What changes while one types; `data-said` is read out.
    fn results(&self) -> AnyView {
        let l = self.req.locale;
        let rows = if self.page.rows.is_empty() {
            self.nobody()
        } else {
            self.table()
        };
        let said = t::found(l, self.page.total);
        view! {
            <div id="results" class="stack" data-said=said>
                {rows}
                {ui::pager(l, self.page, self.path(), &encoded(self.query))}
                {(self.page.total > 0).then(|| exports::links(l, self.list(), &encoded(self.query)))}
            </div>
        }
        .into_any()
    }

    fn nobody(&self) -> AnyView {
        let l = self.req.locale;
        if is_filtered(self.query) || self.page.total > 0 {
            return view! {
                <div class="empty">
                    <h2>{t::none_found(l)}</h2>
                    <p>{t::none_found_help(l)}</p>
                    <div class="actions"><a class="button" href=self.path()>{tf::clear_filters(l)}</a></div>
                </div>
            }
            .into_any();
        }
        let actions = self.actions();
        let (title, help) = match (self.counts, actions.is_some()) {
            (Some(_), true) => (tm::none_yet(l), tm::none_yet_help(l)),
            (Some(_), false) => (tm::none_yet(l), tm::none_yet_locked(l)),
            (None, _) => (t::none_yet(l), t::none_yet_help(l)),
        };
        view! {
            <div class="empty">
                <h2>{title}</h2>
                <p>{help}</p>
                {actions.map(|actions| view! { <div class="actions">{actions}</div> })}
            </div>
        }
        .into_any()
    }

    fn table(&self) -> AnyView {
        let l = self.req.locale;
        let caption = if self.counts.is_some() {
            tm::caption(l)
        } else {
            t::caption(l)
        };
        let rows = self.page.rows.iter().map(|row| self.row(row));
        let own = self.own.columns(self.base());
        let own = own
            .into_iter()
            .map(|field| view! { <th scope="col">{field.label.clone()}</th> });
        view! {
            <table class="table is-stacking">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::column_name(l)}</th>
                        <th scope="col" class="num">{t::column_number(l)}</th>
                        <th scope="col">{t::column_kind(l)}</th>
                        <th scope="col">{self.fourth()}</th>
                        <th scope="col">{t::column_city(l)}</th>
                        {own.collect_view()}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
        .into_any()
    }

    /// Members are looked at for their dues, the others for how they are reached.
    fn fourth(&self) -> Text {
        let l = self.req.locale;
        if self.counts.is_some() {
            tm::column_standing(l)
        } else {
            t::column_email(l)
        }
    }

    fn row(&self, row: &MemberRow) -> AnyView {
        let l = self.req.locale;
        let href = match (self.counts, row.id) {
            (Some(_), Some(id)) => format!("/members/{id}"),
            _ => format!("/people/{}", row.party),
        };
        let number = match row.number {
            Some(number) => number.to_string().into_any(),
            None => view! { <span class="soft">{t::not_a_member(l)}</span> }.into_any(),
        };
        let fourth = match self.counts {
            Some(_) => row.standing(self.req.today()).map(|s| standing_badge(l, s)),
            None => row
                .email
                .clone()
                .map(|email| view! { <span class="breaks">{email}</span> }.into_any()),
        };
        let own = self.own.columns(self.base()).into_iter().map(|field| {
            let text = self.own.cell(l, field, row);
            view! { <td class="breaks is-own" data-label=field.label.clone()>{text}</td> }
        });
        view! {
            <tr>
                <th scope="row" class="is-main"><a class="row-link" href=href>{row.name.clone()}</a></th>
                <td class="num is-end">{number}</td>
                <td>{t::kind(l, row.kind)}</td>
                <td>{fourth}</td>
                <td class="breaks">{row.city.clone()}</td>
                {own.collect_view()}
            </tr>
        }
        .into_any()
    }
}

/// How a member stands, as a badge.
pub fn standing_badge(l: Locale, standing: Standing) -> AnyView {
    ui::badge(standing_mark(standing), tm::standing(l, standing))
}

/// The mark of a standing.
pub fn standing_mark(standing: Standing) -> Mark {
    match standing {
        Standing::InOrder { .. } | Standing::Free => Mark::Validated,
        Standing::Late { .. } => Mark::Late,
        Standing::NeverPaid | Standing::Left { .. } => Mark::None,
    }
}

fn select(
    name: &'static str,
    label: Text,
    all: Text,
    value: &str,
    choices: &[(&'static str, Text)],
) -> AnyView {
    let is_on = choices.iter().any(|(choice, _)| *choice == value);
    let class = if is_on { "filter is-on" } else { "filter" };
    let options = choices.iter().map(|(choice, label)| {
        view! { <option value=*choice selected=*choice == value>{label.clone()}</option> }
    });
    view! {
        <label class=class>
            <span>{label}</span>
            <select name=name><option value="">{all}</option>{options.collect_view()}</select>
        </label>
    }
    .into_any()
}

/// The parts of a query that ask for something, without the page.
fn asked(query: &DirectoryQuery) -> Vec<(&str, &str)> {
    let mut parts = vec![
        ("q", query.q.trim()),
        ("kind", query.kind.as_str()),
        ("standing", query.standing.as_str()),
        ("membership", query.membership.as_str()),
        ("without", query.without.as_str()),
    ];
    parts.extend(query.extra.pairs());
    parts.retain(|(_, value)| !value.is_empty());
    parts
}

fn encoded(query: &DirectoryQuery) -> String {
    serde_html_form::to_string(asked(query)).unwrap_or_default()
}

fn is_filtered(query: &DirectoryQuery) -> bool {
    !asked(query).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_only_what_is_asked_for() {
        let query = DirectoryQuery {
            q: " léa b ".into(),
            page: "3".into(),
            ..Default::default()
        };
        assert_eq!(encoded(&query), "q=l%C3%A9a+b");
        assert!(is_filtered(&query));
        let query = DirectoryQuery {
            page: "3".into(),
            ..Default::default()
        };
        assert_eq!(encoded(&query), "");
        assert!(!is_filtered(&query));
    }
}
