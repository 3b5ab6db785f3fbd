//! What somebody may do, and through which crew.

use crate::locales::{crews as t, problems};
use crate::people::facts::Fact;
use domain::access::{Belonging, Rights};
use domain::kernel::{Locale, Right};
use leptos::prelude::*;

/// The crews that somebody is in, each with what it gives.
pub fn facts(l: Locale, rights: &Rights) -> Vec<Fact> {
    if rights.crews().is_empty() {
        let none = view! { <span class="soft">{t::in_no_crew(l)}</span> };
        return vec![(t::team(l), none.into_any())];
    }
    let crews = rights.crews().iter();
    crews
        .map(|crew| (t::team(l), given(l, rights, crew)))
        .collect()
}

/// A crew and the rights that it gives, in words.
fn given(l: Locale, rights: &Rights, crew: &Belonging) -> AnyView {
    let gives = |right: &&Right| {
        let by = |g: &domain::access::Grant| g.right == **right && g.crew == crew.name;
        rights.grants().iter().any(by)
    };
    let words: Vec<_> = Right::ALL
        .iter()
        .filter(gives)
        .map(|right| problems::right(l, *right))
        .collect();
    let what = match words.is_empty() {
        true => t::no_rights(l),
        false => t::may(l, &words.join(", ")),
    };
    let href = format!("/crews/{}", crew.crew);
    view! { <a href=href>{crew.name.clone()}</a> " " <span class="sub">{what}</span> }.into_any()
}
