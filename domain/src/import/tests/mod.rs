//! What the import promises, shown on exports that the programs wrote themselves.

#![cfg(feature = "server")]

#[cfg(feature = "testing")]
mod dues;
mod files;
mod fuzzing;
#[cfg(feature = "testing")]
mod own;
mod reading;
#[cfg(feature = "testing")]
mod remembering;
#[cfg(feature = "testing")]
mod undoing;
#[cfg(feature = "testing")]
mod uses;

use super::*;

pub(super) const PAHEKO_MEMBERS: &[u8] =
    include_bytes!("../../../fixtures/imports/paheko-members.csv");
pub(super) const PAHEKO_SUBSCRIPTIONS: &[u8] =
    include_bytes!("../../../fixtures/imports/paheko-subscriptions.csv");
pub(super) const PAHEKO_FEE: &[u8] =
    include_bytes!("../../../fixtures/imports/paheko-fee-subscriptions.csv");
pub(super) const DOLIBARR_MEMBERS: &[u8] =
    include_bytes!("../../../fixtures/imports/dolibarr-members.csv");
pub(super) const DOLIBARR_MEMBERS_LATIN1: &[u8] =
    include_bytes!("../../../fixtures/imports/dolibarr-members-latin1.csv");
pub(super) const DOLIBARR_SUBSCRIPTIONS: &[u8] =
    include_bytes!("../../../fixtures/imports/dolibarr-subscriptions.csv");
pub(super) const DOLIBARR_SUBSCRIPTIONS_LATIN1: &[u8] =
    include_bytes!("../../../fixtures/imports/dolibarr-subscriptions-latin1.csv");
pub(super) const BYRO: &[u8] = include_bytes!("../../../fixtures/imports/byro-members.csv");

/// Every export with members in it, its program, its rows and its payments.
pub(super) const EXPORTS: [(&[u8], Source, usize, usize); 8] = [
    (PAHEKO_MEMBERS, Source::Paheko, 501, 0),
    (PAHEKO_SUBSCRIPTIONS, Source::Paheko, 500, 500),
    (PAHEKO_FEE, Source::Paheko, 500, 500),
    (DOLIBARR_MEMBERS, Source::Dolibarr, 500, 0),
    (DOLIBARR_MEMBERS_LATIN1, Source::Dolibarr, 500, 0),
    (DOLIBARR_SUBSCRIPTIONS, Source::Dolibarr, 1000, 1000),
    (DOLIBARR_SUBSCRIPTIONS_LATIN1, Source::Dolibarr, 1000, 1000),
    (BYRO, Source::Byro, 500, 0),
];

pub(super) fn day(text: &str) -> Day {
    crate::kernel::calendar::parse_day(text).unwrap()
}

pub(super) fn choices(table: &Table) -> Choices {
    Choices::recognised(table, Cents(2500), 12)
}

/// The rows of a file as it is understood without a person's help, on 1 June 2026.
pub(super) fn rows(bytes: &[u8]) -> Vec<Row> {
    let table = read(bytes).unwrap();
    let choices = choices(&table);
    choices.check().unwrap();
    parse_rows(&table, &choices, day("2026-06-01"))
}
