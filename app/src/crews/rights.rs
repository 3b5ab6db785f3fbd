//! What somebody may do, and through which crew.

use crate::locales::{crews as t, problems};
use crate::people::facts::Fact;
use domain::access::Rights;
use domain::kernel::Locale;
use leptos::prelude::*;

/// The crews that somebody is in, and each right with the crew that gives it. Somebody in two
/// crews that give the same right reads both.
pub fn facts(l: Locale, rights: &Rights) -> Vec<Fact> {
    let crews = rights.crews();
    let team = match crews.is_empty() {
        true => view! { <span class="soft">{t::in_no_crew(l)}</span> }.into_any(),
        false => {
            let links = crews.iter().enumerate().map(|(n, crew)| {
                let href = format!("/crews/{}", crew.crew);
                let comma = (n > 0).then_some(", ");
                view! { {comma} <a href=href>{crew.name.clone()}</a> }
            });
            links.collect_view().into_any()
        }
    };
    let mut facts = vec![(t::team(l), team)];
    let given = domain::kernel::Right::ALL.iter().filter_map(|right| {
        let grants = rights.grants().iter().filter(|g| g.right == *right);
        let names: Vec<&str> = grants.map(|g| g.crew.as_str()).collect();
        (!names.is_empty()).then(|| (*right, names.join(", ")))
    });
    let items: Vec<_> = given
        .map(|(right, through)| {
            let through = t::through(l, &through);
            view! { <li>{problems::right(l, right)} " " <span class="sub">{through}</span></li> }
        })
        .collect();
    if !items.is_empty() {
        let list = view! { <ul>{items.collect_view()}</ul> }.into_any();
        facts.push((t::may(l), list));
    }
    facts
}
