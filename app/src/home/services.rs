//! The part of those who look after services.

use super::{card, part};
use crate::locales::{home as t, services as ts};
use crate::request::Req;
use crate::ui::{self, Mark};
use domain::services::{Counts, StateFilter};
use leptos::prelude::*;

/// The part.
pub fn view(req: &Req, counts: &Counts) -> AnyView {
    let l = req.locale;
    let list = |state: StateFilter| format!("/services?state={}", state.name());
    let late = ui::badge(Mark::Late, t::services_late_help(l));
    let free = t::services_available_help(l).into_any();
    let used = t::services_in_use_help(l).into_any();
    let body = view! {
        <div class="cards">
            {card(list(StateFilter::Late), t::late(l), l.count(counts.late), late)}
            {card(list(StateFilter::InUse), t::services_in_use(l), l.count(counts.in_use), used)}
            {card(list(StateFilter::Available), t::services_available(l), l.count(counts.available), free)}
        </div>
    };
    part("services", ts::title(l), body)
}
