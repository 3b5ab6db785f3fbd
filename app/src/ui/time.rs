//! Days and instants as people write them.

use crate::locales::frame as t;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::kernel::{Day, Locale};
use leptos::prelude::*;

/// A day in full, readable by programs too.
pub fn day(l: Locale, day: Day) -> AnyView {
    view! { <time datetime=day.to_string()>{l.day(day)}</time> }.into_any()
}

/// A day in few characters, for tables.
pub fn day_short(l: Locale, day: Day) -> AnyView {
    let text = match l {
        Locale::Fr => day.format("%d/%m/%Y").to_string(),
        Locale::En => {
            use chrono::Datelike;
            let month: String = l.month(day.month()).chars().take(3).collect();
            format!("{} {month} {}", day.day(), day.year())
        }
    };
    view! { <time class="nowrap" datetime=day.to_string()>{text}</time> }.into_any()
}

/// A day and a time of the tenant's zone.
pub fn instant(l: Locale, at: DateTime<Utc>, zone: Tz) -> AnyView {
    let local = at.with_timezone(&zone);
    let text = t::at_time(
        l,
        &l.day(local.date_naive()),
        &local.format("%H:%M").to_string(),
    );
    view! { <time datetime=at.to_rfc3339()>{text}</time> }.into_any()
}
