//! Texts of dues: kinds, terms, who pays, and why something is due.

use super::Text;
use domain::dues::{Due, Start};
use domain::kernel::Locale;

texts! {
    kind: "Cotisation", "Dues";
    kind_none: "Aucune : un don, autre chose", "None: a gift, something else";
    proposed(why: &str):
        format!("Proposé : {why} Changez ce qui ne convient pas."),
        format!("Proposed: {why} Change what does not fit.");
    nothing_due: "Ce membre n’a rien à payer. Vous pouvez saisir un don.", "This member has nothing to pay. You can enter a gift.";
}

/// Why a period and an amount are due, in one sentence.
pub fn why(l: Locale, due: &Due) -> Text {
    format!("{}, {}.", amount(l, due), start(l, due)).into()
}

/// Where the amount comes from.
fn amount(l: Locale, due: &Due) -> String {
    let why = &due.why;
    let price = l.money(why.price);
    let kind = &why.kind_name;
    let base = match (l, why.reduced.as_deref()) {
        (Locale::Fr, None) => format!("« {kind} » à {price}"),
        (Locale::En, None) => format!("“{kind}” at {price}"),
        (Locale::Fr, Some("")) => format!("« {kind} », montant convenu"),
        (Locale::En, Some("")) => format!("“{kind}”, an agreed amount"),
        (Locale::Fr, Some(reason)) => format!("« {kind} », montant convenu ({reason})"),
        (Locale::En, Some(reason)) => format!("“{kind}”, an agreed amount ({reason})"),
    };
    match (l, why.share) {
        (_, None) => base,
        (Locale::Fr, Some(share)) => {
            format!("{base}, {} mois sur {}", share.months, share.of)
        }
        (Locale::En, Some(share)) => {
            format!("{base}, {} months of {}", share.months, share.of)
        }
    }
}

/// Where the first day comes from.
fn start(l: Locale, due: &Due) -> &'static str {
    match (l, due.why.start) {
        (Locale::Fr, Start::Follows) => "à la suite de ce qui est payé ou saisi",
        (Locale::En, Start::Follows) => "following what is paid or entered",
        (Locale::Fr, Start::Joined) => "à partir de l’adhésion",
        (Locale::En, Start::Joined) => "from the day of joining",
        (Locale::Fr, Start::Restart) => "un nouveau départ, le passé n’est pas réclamé",
        (Locale::En, Start::Restart) => "a fresh start, the past is not claimed",
    }
}
