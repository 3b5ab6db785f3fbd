//! One receipt: on a screen a page, on paper the document that a treasurer signs.

use super::pdf;
use crate::exports;
use crate::locales::{Text, frame as tf, members as tm, payments as tp, receipts as t};
use crate::request::{Failure, Id, Reply, Req};
use crate::ui::{self, PageHead};
use domain::exports::Format;
use domain::kernel::{Locale, PaymentId};
use domain::payments::receipts::{self, Receipt};
use leptos::prelude::*;

/// `GET /receipts/{id}`
pub async fn show(req: Req, Id(id): Id<PaymentId>) -> Reply {
    let receipt = req.view(async |cx| receipts::get(cx, id).await).await?;
    let l = req.locale;
    let title = t::receipt(l, &receipt.number.to_string());
    Ok(req.page(&title, page(&req, &receipt)))
}

/// `GET /receipts/{id}/pdf`
pub async fn pdf(req: Req, Id(id): Id<PaymentId>) -> Reply {
    let receipt = req.view(async |cx| receipts::get(cx, id).await).await?;
    // A member reads their own language here anyway; the crews make it for a member.
    let l = match req.rights().is_crew() {
        true => receipt.locale.unwrap_or(req.settings.locale),
        false => req.locale,
    };
    let number = receipt.number.to_string();
    let (day, organisation) = (Some(receipt.issued_on), receipt.organisation.clone());
    let about = pdf::About {
        title: &t::receipt(l, &number),
        l,
        organisation: &organisation,
        day,
    };
    let bytes = pdf::document(&about, &[(receipt, l)], req.zone())?;
    let name = format!("{}.pdf", t::file(l, &number));
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    exports::sent(&name, Format::Pdf, length, bytes.into()).map_err(Failure)
}

fn page(req: &Req, receipt: &Receipt) -> AnyView {
    let l = req.locale;
    let title = t::receipt(l, &receipt.number.to_string());
    let state = t::state_of(l, &receipt.name, &l.money(receipt.amount));
    let file = format!("/receipts/{}/pdf", receipt.payment);
    let download = view! {
        <a class="button is-primary" href=file download>{ui::icon("download")} " " {t::as_pdf(l)}</a>
    };
    let head = if req.rights().is_crew() {
        let payment = format!("/payments/{}", receipt.payment);
        PageHead::new(title)
            .crumb(
                format!("/receipts?year={}", receipt.number.year),
                t::title_of(l, receipt.number.year),
            )
            .actions(view! { <a class="button" href=payment>{t::see_payment(l)}</a> {download} })
    } else {
        PageHead::new(title)
            .crumb("/me", tf::my_page(l))
            .actions(download)
    };
    view! {
        {head.state(state).view()}
        <p class="help screen-only">{t::how_to_print(l)}</p>
        {document(req, receipt)}
    }
    .into_any()
}

/// What is printed, and nothing else.
fn document(req: &Req, receipt: &Receipt) -> AnyView {
    let l = req.locale;
    let name = view! { <strong>{receipt.organisation.clone()}</strong> };
    let address = receipt.organisation_address.as_deref().map(lines);
    view! {
        <article class="document" aria-labelledby="receipt">
            <header>
                <p>{name} {address}</p>
                <h2 id="receipt">{t::receipt(l, &receipt.number.to_string())}</h2>
            </header>
            {cancelled(req, receipt)}
            <dl class="facts">
                <div><dt>{t::received_from(l)}</dt><dd>{from(l, receipt)}</dd></div>
                <div><dt>{t::sum(l)}</dt><dd class="figure num">{l.money(receipt.amount)}</dd></div>
                <div><dt>{t::what(l)}</dt><dd>{what(l, receipt)}</dd></div>
                {receipt.period.map(|period| view! {
                    <div><dt>{t::period(l)}</dt><dd>{tp::period(l, period)}</dd></div>
                })}
                <div><dt>{t::how(l)}</dt><dd>{tm::method(l, receipt.method)}</dd></div>
                <div><dt>{t::received_on(l)}</dt><dd>{ui::day(l, receipt.received_on)}</dd></div>
            </dl>
            <footer>
                <p>{issued(l, receipt)}</p>
                <p class="signature">{t::signature(l, &receipt.organisation)}</p>
                <p class="help">{t::small_print(l)}</p>
            </footer>
        </article>
    }
    .into_any()
}

/// Its label. Without one, it is the dues: for which time is said in the next line.
pub fn what(l: Locale, receipt: &Receipt) -> Text {
    let service = receipt.service.as_ref().map(|s| tp::service_name(l, s));
    match (service, receipt.label.as_str()) {
        (Some(service), "") => service,
        (Some(service), label) => format!("{service}, {label}").into(),
        (None, "") => tm::dues(l),
        (None, label) => Text::from(label.to_owned()),
    }
}

/// Who paid: the name and the address of that day, and the member's number.
fn from(l: Locale, receipt: &Receipt) -> AnyView {
    let city = [receipt.postcode.as_deref(), receipt.city.as_deref()];
    let city: Vec<&str> = city.into_iter().flatten().collect();
    let address = [
        receipt.street.clone().unwrap_or_default(),
        city.join(" "),
        receipt.country.clone().unwrap_or_default(),
    ]
    .join("\n");
    let number = t::member(l, &receipt.member_number.to_string());
    view! {
        <strong>{receipt.name.clone()}</strong>
        {lines(&address)}
        <br/><span class="soft">{number}</span>
    }
    .into_any()
}

/// The lines of an address, each on its own.
fn lines(text: &str) -> AnyView {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| view! { <br/> {line.to_owned()} })
        .collect_view()
        .into_any()
}

fn issued(l: Locale, receipt: &Receipt) -> Text {
    let day = l.day(receipt.issued_on);
    match &receipt.place {
        Some(place) => t::place_and_day(l, place, &day),
        None => t::day_only(l, &day),
    }
}

/// That it counts no more, since when, and by which payment.
fn cancelled(req: &Req, receipt: &Receipt) -> Option<AnyView> {
    let l = req.locale;
    let cancelled = receipt.cancelled?;
    let day = cancelled.at.with_timezone(&req.zone()).date_naive();
    // The payment is a page of the crews.
    let by = req.rights().is_crew().then(|| {
        let href = format!("/payments/{}", cancelled.by);
        view! { <a class="screen-only" href=href>{t::cancelled_by(l)}</a> }
    });
    let view = view! {
        <div class="notice is-reversed">
            {ui::icon("reverse")}
            <div>
                <p><strong>{t::cancelled_on(l, &l.day(day))}</strong> " " {t::cancelled_help(l)} " " {by}</p>
            </div>
        </div>
    };
    Some(view.into_any())
}
