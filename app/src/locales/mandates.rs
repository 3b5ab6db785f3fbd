//! Texts of mandates of direct debits. The words of the document are those that the European
//! Payments Council asks for in each language (EPC016-06, annex "Mandate").

use super::Text;
use domain::bank::mandates::Kind;
use domain::kernel::{Day, Locale};

texts! {
    title: "Mandats de prélèvement", "Mandates of direct debits";
    title_of(reference: &str): format!("Mandat {reference}"), format!("Mandate {reference}");
    none: "Aucun mandat.", "No mandate.";
    add: "Enregistrer un mandat", "Enter a mandate";
    account_first: "Un mandat est signé pour un compte : ajoutez d’abord le compte.", "A mandate is signed for an account: add the account first.";
    account: "Compte débité", "Account that is debited";
    kind: "Type de paiement", "Type of payment";
    signed_on: "Signé le", "Signed on";
    signed_on_help: "Vide : aujourd’hui.", "Empty: today.";
    signed_on_the(day: Day): format!("signé le {}", Locale::Fr.day(day)), format!("signed on {}", Locale::En.day(day));
    reference: "Référence unique du mandat", "Unique mandate reference";
    reference_help: "Vide : une référence est créée.", "Empty: one is made.";
    save: "Enregistrer le mandat", "Save the mandate";
    revoke: "Révoquer", "Revoke";
    holds(until: Day): format!("valable, au plus tard jusqu’au {}", Locale::Fr.day(until)), format!("holds, until {} at the latest", Locale::En.day(until));
    revoked(on: Day): format!("révoqué le {}", Locale::Fr.day(on)), format!("revoked on {}", Locale::En.day(on));
    expired(on: Day): format!("éteint le {}", Locale::Fr.day(on)), format!("ended on {}", Locale::En.day(on));
    how_to_print: "Imprimez cette page avec le navigateur, et gardez l’original signé.", "Print this page with the browser, and keep the signed original.";
    no_creditor_id: "L’identifiant de créancier SEPA manque.", "The SEPA creditor identifier is missing.";
    to_settings: "Il s’écrit dans les réglages.", "It is written in the settings.";
    document: "Mandat de prélèvement SEPA", "SEPA direct debit mandate";
    creditor_id: "Identifiant du créancier", "Creditor identifier";
    debtor: "Titulaire du compte", "Account holder";
    by_hand: "(numéro entier, à écrire à la main)", "(whole number, to be written by hand)";
    authorises(organisation: &str):
        format!("En signant ce formulaire de mandat, vous autorisez (A) {organisation} à envoyer des instructions à votre banque pour débiter votre compte, et (B) votre banque à débiter votre compte conformément aux instructions de {organisation}."),
        format!("By signing this mandate form, you authorise (A) {organisation} to send instructions to your bank to debit your account and (B) your bank to debit your account in accordance with the instructions from {organisation}.");
    refund: "Vous bénéficiez du droit d’être remboursé par votre banque selon les conditions décrites dans la convention que vous avez passée avec elle. Une demande de remboursement doit être présentée dans les 8 semaines suivant la date de débit de votre compte.",
        "As part of your rights, you are entitled to a refund from your bank under the terms and conditions of your agreement with your bank. A refund must be claimed within 8 weeks starting from the date on which your account was debited.";
    signed(place: &str, day: Day):
        if place.is_empty() { format!("Le {}", Locale::Fr.day(day)) } else { format!("Fait à {place}, le {}", Locale::Fr.day(day)) },
        if place.is_empty() { Locale::En.day(day) } else { format!("{place}, {}", Locale::En.day(day)) };
    signature: "Signature", "Signature";
}

/// Once, or again and again.
pub fn kind_of(l: Locale, kind: Kind) -> Text {
    let (fr, en) = match kind {
        Kind::Recurring => ("Paiements récurrents", "Recurrent payments"),
        Kind::OneOff => ("Paiement unique", "One-off payment"),
    };
    match l {
        Locale::Fr => fr.into(),
        Locale::En => en.into(),
    }
}
