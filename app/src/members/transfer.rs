//! How dues are paid by transfer: the account, the member's reference, and a QR code that
//! fills the form of a banking app.

use crate::locales::{Text, members as t};
use crate::request::Req;
use crate::ui;
use domain::dues::MemberDues;
use domain::kernel::{Cents, space_iban};
use domain::members::MemberNumber;
use domain::payments::epc;
use leptos::prelude::*;

/// What is to be transferred now: all that has begun, or what comes next; nothing for
/// those who owe nothing.
pub fn to_pay(dues: &MemberDues) -> Cents {
    match dues.dues.arrears_sum() {
        Cents(..=0) => dues
            .dues
            .next
            .as_ref()
            .map_or(Cents::ZERO, |due| due.amount),
        sum => sum,
    }
}

/// The account, the reference, and the code.
pub fn details(req: &Req, number: MemberNumber, amount: Cents) -> AnyView {
    let l = req.locale;
    let iban = req
        .settings
        .iban
        .as_deref()
        .map(|iban| copied(t::iban(l), space_iban(iban), iban.to_owned(), None));
    let spaced = number.reference_spaced();
    let help = Some(t::reference_help(l));
    let reference = copied(t::reference_to_use(l), spaced.clone(), spaced, help);
    view! {
        {iban}
        {reference}
        {code(req, number, amount)}
    }
    .into_any()
}

/// The QR code, where the organisation has an account.
fn code(req: &Req, number: MemberNumber, amount: Cents) -> Option<AnyView> {
    let l = req.locale;
    let settings = &req.settings;
    let payload = epc::payload(&settings.title, settings.iban.as_deref()?, amount, number)?;
    let says = t::qr_says(
        l,
        &l.money(amount),
        &settings.title,
        &number.reference_spaced(),
    );
    let drawn = ui::qr(&payload, says)?;
    let view = view! {
        <div>
            <h3>{t::qr(l)}</h3>
            {drawn}
            <p class="help">{t::qr_help(l)}</p>
        </div>
    };
    Some(view.into_any())
}

/// The account, the reference and the code for a crew that looks at somebody's page, folded
/// away; nothing where nothing is to be paid.
pub fn folded(req: &Req, dues: &MemberDues) -> Option<AnyView> {
    let l = req.locale;
    let amount = to_pay(dues);
    let view = || {
        view! {
            <details class="stack">
                <summary>{t::to_transfer(l, &l.money(amount))}</summary>
                <div class="stack">{details(req, dues.number, amount)}</div>
            </details>
        }
    };
    (amount > Cents::ZERO).then(|| view().into_any())
}

/// Something to copy: one click selects all of it, and a button copies `plain` where a
/// script can.
fn copied(title: Text, shown: String, plain: String, help: Option<Text>) -> AnyView {
    view! {
        <div>
            <h3>{title.clone()}</h3>
            <div class="copy" data-of=title data-text=plain><code>{shown}</code></div>
            {help.map(|help| view! { <p class="help">{help}</p> })}
        </div>
    }
    .into_any()
}
