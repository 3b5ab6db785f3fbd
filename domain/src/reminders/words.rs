//! What the texts of reminders say to a member.

use super::Subject;
use crate::kernel::{Cents, Locale, Period, space_iban};
use crate::mail::template::{ForOther, Values};
use crate::settings::Settings;

/// What the texts say to a member.
pub(super) fn values(subject: &Subject, l: Locale, settings: &Settings, origin: &str) -> Values {
    let (amount, period) = match subject.to_pay() {
        Some((amount, period)) => (amount, period_in_words(l, period)),
        None => (Cents::ZERO, String::new()),
    };
    Values {
        name: subject.to.name.clone(),
        member: subject.name.clone(),
        for_other: match subject.to.pays {
            true => ForOther::Yes,
            false => ForOther::No,
        },
        number: subject.number.to_string(),
        organisation: settings.title.clone(),
        paid_until: subject.paid_until.map(|day| l.day(day)).unwrap_or_default(),
        amount: l.money(amount),
        period,
        iban: settings.iban.as_deref().map(space_iban).unwrap_or_default(),
        reference: subject.number.reference_spaced(),
        page: format!("{origin}/me"),
    }
}

fn period_in_words(l: Locale, period: Period) -> String {
    let (from, until) = (l.day(period.from()), l.day(period.until()));
    match l {
        Locale::Fr => format!("du {from} au {until}"),
        Locale::En => format!("{from} to {until}"),
    }
}
