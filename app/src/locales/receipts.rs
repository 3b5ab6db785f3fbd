//! Texts of receipts: the document that is signed, and a year's list of them.

use domain::kernel::{Cents, Locale};
use domain::payments::receipts::YearTotals;

texts! {
    title: "Reçus", "Receipts";
    title_of(year: i64): format!("Reçus de {year}"), format!("Receipts of {year}");
    year: "Année", "Year";
    show: "Montrer", "Show";
    none_of(year: i64): format!("Aucun reçu en {year}."), format!("No receipt in {year}.");
    none_help: "Chaque paiement reçoit le sien, numéroté, dès qu’il est validé.", "Each payment gets its own, with a number, when it is validated.";
    empty_page: "Cette page de la liste est vide : elle est allée trop loin.", "This page of the list is empty: it is beyond the end.";
    caption(year: i64): format!("Reçus de {year}, par numéro"), format!("Receipts of {year}, by number");
    state(t: &YearTotals): state_fr(t), state_en(t);
    total(year: i64): format!("Total de {year}"), format!("Total of {year}");
    column_number: "Numéro", "Number";
    column_issued: "Établi le", "Issued";
    column_member: "Reçu de", "Received from";
    column_for: "Pour", "For";
    column_method: "Moyen", "Method";
    column_amount: "Montant", "Amount";
    column_state: "État", "State";
    valid: "valable", "valid";
    cancelled: "annulé", "cancelled";

    receipt(number: &str): format!("Reçu n° {number}"), format!("Receipt no. {number}");
    link(number: &str): format!("reçu n° {number}"), format!("receipt no. {number}");
    fact: "Reçu", "Receipt";
    none_before: "aucun : validé avant que les reçus soient numérotés", "none: validated before receipts were numbered";
    state_of(name: &str, amount: &str): format!("{name}, {amount}"), format!("{name}, {amount}");
    how_to_print: "Pour l’imprimer ou le garder en PDF : commande « Imprimer » de votre navigateur.", "To print it or keep it as PDF, use your browser’s command “Print”.";
    see_payment: "Voir le paiement", "See the payment";
    back_to_mine: "Mon espace", "My page";
    received_from: "Reçu de", "Received from";
    member(number: &str): format!("Membre {number}"), format!("Member {number}");
    sum: "La somme de", "The sum of";
    what: "Pour", "For";
    period: "Période", "Period";
    how: "Moyen de paiement", "Paid by";
    received_on: "Reçue le", "Received on";
    place_and_day(place: &str, day: &str): format!("Fait à {place}, le {day}"), format!("{place}, {day}");
    day_only(day: &str): format!("Établi le {day}"), format!("Issued on {day}");
    signature(organisation: &str): format!("Pour {organisation}, nom et signature :"), format!("For {organisation}, name and signature:");
    cancelled_on(day: &str): format!("Annulé le {day}."), format!("Cancelled on {day}.");
    cancelled_help: "La somme a été rendue ou n’est jamais arrivée : ce reçu ne vaut plus.", "The sum was given back or never arrived: this receipt is no longer valid.";
    cancelled_by: "Voir l’écriture qui l’annule", "See the payment that cancels it";
    as_pdf: "Télécharger en PDF", "Download as PDF";
    file(number: &str): format!("reçu-{number}"), format!("receipt-{number}");
    unknown_letters: "\u{fffd} remplace une lettre que ce document ne sait pas écrire ; elle se lit sur la page du reçu, et en la copiant d’ici.",
        "\u{fffd} stands for a letter that this document cannot show; it can be read on the page of the receipt, and by copying it from here.";
    small_print: "Ce document atteste qu’une somme a été reçue. Ce n’est pas un reçu fiscal : il n’ouvre droit à aucune réduction d’impôt.",
        "This document states that a sum was received. It is not a tax receipt and gives no right to any tax relief.";
}

fn state_fr(t: &YearTotals) -> String {
    let l = Locale::Fr;
    let head = format!(
        "{} {}, {}",
        l.count(t.count),
        l.plural(t.count, "reçu", "reçus"),
        l.money(t.amount)
    );
    if t.cancelled == 0 {
        return head + ".";
    }
    format!(
        "{head}. {} {} ({})\u{a0}: il reste {}.",
        l.count(t.cancelled),
        l.plural(t.cancelled, "est annulé", "sont annulés"),
        less(l, t.cancelled_amount),
        l.money(t.remaining())
    )
}

fn state_en(t: &YearTotals) -> String {
    let l = Locale::En;
    let head = format!(
        "{} {}, {}",
        l.count(t.count),
        l.plural(t.count, "receipt", "receipts"),
        l.money(t.amount)
    );
    if t.cancelled == 0 {
        return head + ".";
    }
    format!(
        "{head}. {} {} ({}): {} remain.",
        l.count(t.cancelled),
        l.plural(t.cancelled, "is cancelled", "are cancelled"),
        less(l, t.cancelled_amount),
        l.money(t.remaining())
    )
}

fn less(l: Locale, amount: Cents) -> String {
    l.money(Cents(amount.0.saturating_neg()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_says_what_remains_only_where_something_is_cancelled() {
        let all = YearTotals {
            count: 1,
            amount: Cents(3000),
            ..YearTotals::default()
        };
        assert_eq!(state(Locale::Fr, &all), "1 reçu, 30,00\u{a0}€.");
        let some = YearTotals {
            count: 3,
            amount: Cents(9000),
            cancelled: 1,
            cancelled_amount: Cents(3000),
        };
        assert_eq!(
            state(Locale::Fr, &some),
            "3 reçus, 90,00\u{a0}€. 1 est annulé (−30,00\u{a0}€)\u{a0}: il reste 60,00\u{a0}€."
        );
        assert_eq!(
            state(Locale::En, &some),
            "3 receipts, €90.00. 1 is cancelled (−€30.00): €60.00 remain."
        );
    }
}
