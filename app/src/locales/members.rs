//! Texts of the pages of members, and of one's own page.

use super::Text;
use domain::kernel::{Locale, Period};
use domain::members::{Counts, Standing, StandingFilter};
use domain::payments::{Method, Status};

texts! {
    to_transfer(sum: &str): format!("Comment payer {sum} par virement"), format!("How to pay {sum} by transfer");
    search: "Chercher un membre", "Search for a member";
    caption: "Membres, par nom", "Members, by name";
    column_standing: "Cotisation", "Dues";
    all_standings: "toutes", "all";
    import: "Importer", "Import";
    add: "Ajouter un membre", "Add a member";
    none_yet: "Il n’y a pas encore de membre.", "There is no member yet.";
    none_yet_help: "Importez la liste que vous avez déjà, ou ajoutez un premier membre.", "Import the list that you have, or add a first member.";
    none_yet_locked: "Une équipe qui gère les membres peut en ajouter ou en importer.", "A crew that manages members can add or import some.";

    new_state: "Le numéro de membre est donné à l’enregistrement.", "The member number is given when it is saved.";
    who: "Qui devient membre ?", "Who becomes a member?";
    save_new: "Ajouter le membre", "Add the member";
    joined_on: "Membre depuis le", "Member since";
    joined_on_help: "Le premier jour de l’adhésion.", "The first day of the membership.";
    left_on: "Membre jusqu’au", "Member until";
    left_on_help: "Le jour du départ. Laissez vide tant que l’adhésion dure.", "The day of leaving. Leave it empty as long as the membership lasts.";

    member_since(number: &str, day: &str): format!("membre {number} depuis le {day}"), format!("member {number} since {day}");
    membership: "Adhésion", "Membership";
    edit_membership: "Modifier l’adhésion", "Edit the membership";
    edit_title(name: &str): format!("Modifier l’adhésion de {name}"), format!("Edit the membership of {name}");
    edit_party: "Modifier la fiche", "Edit the details";
    whole_page: "Fiche complète", "Whole page";
    add_payment: "Ajouter un paiement", "Add a payment";
    number: "Numéro", "Number";
    reference: "Référence de virement", "Reference for transfers";
    former_numbers: "Anciens numéros", "Former numbers";
    former_number(source: &str, reference: &str): format!("{reference} ({source})"), format!("{reference} ({source})");
    paid_until: "Payé jusqu’au", "Paid until";
    never: "jamais", "never";

    payments: "Paiements", "Payments";
    payments_caption: "Paiements, du plus récent au plus ancien", "Payments, latest first";
    payments_none: "Aucun paiement pour l’instant.", "No payment yet.";
    column_received: "Reçu le", "Received";
    column_for: "Pour", "For";
    column_method: "Moyen", "Method";
    column_amount: "Montant", "Amount";
    column_state: "État", "State";
    waiting_title(n: i64):
        if n < 2 { "Un paiement attend.".to_owned() } else { format!("{n} paiements attendent.") },
        if n == 1 { "A payment is waiting.".to_owned() } else { format!("{n} payments are waiting.") };
    waiting_link: "Voir la file à valider", "See the queue";
    dues: "Cotisation", "Dues";
    dues_of(year: i32): format!("Cotisation {year}"), format!("Dues {year}");
    dues_between(from: &str, until: &str): format!("Cotisation du {from} au {until}"), format!("Dues from {from} to {until}");
    reversal_of(label: &str): format!("Annulation : {label}"), format!("Reversal: {label}");

    own_title: "Mon espace", "My page";
    hello(name: &str): format!("Bonjour {name}"), format!("Hello {name}");
    own_several: "Votre adhésion, et celles des organisations dont vous êtes un contact.", "Your membership, and those of the organisations that you are a contact of.";
    own_in_order(day: &str): format!("Vous êtes à jour jusqu’au {day}"), format!("You are paid up until {day}");
    own_free: "Vous n’avez pas de cotisation à payer", "You have no dues to pay";
    own_late(day: &str): format!("Votre cotisation manque depuis le {day}"), format!("Your dues are missing since {day}");
    own_never: "Votre première cotisation n’est pas encore là", "Your first dues have not arrived yet";
    own_left(day: &str): format!("Vous n’êtes plus membre depuis le {day}"), format!("You are no member any more since {day}");
    next_dues: "Prochaine cotisation", "Next dues";
    dues_missing: "Cotisation à payer", "Dues to pay";
    from_day(day: &str): format!("à partir du {day}"), format!("from {day}");
    for_period(from: &str, until: &str): format!("pour la période du {from} au {until}"), format!("for {from} to {until}");
    missing(amount: &str): format!("Il manque {amount}. Si vous venez de payer, comptez une semaine avant de le voir ici."),
        format!("{amount} are missing. If you have just paid, allow a week before you see it here.");
    iban: "IBAN", "IBAN";
    reference_to_use: "Référence à indiquer", "Reference to use";
    reference_help: "Avec cette référence, votre virement est vite reconnu.", "With this reference, your transfer is recognised quickly.";
    arrears_part(period: &str, amount: &str): format!("{period} : {amount}"), format!("{period}: {amount}");
    arrears_period(from: &str, until: &str): format!("du {from} au {until}"), format!("{from} to {until}");
    paid_by(name: &str): format!("D’habitude, {name} paie pour vous."), format!("Usually {name} pays for you.");
    pays_for: "Vous payez pour", "You pay for";
    pays_for_help: "Un virement chacun, avec sa propre référence.", "One transfer each, with its own reference.";
    pays_for_sum(amount: &str): format!("En tout, {amount} sont à payer maintenant."), format!("In all, {amount} are to be paid now.");
    qr: "Payer depuis l’application de la banque", "Pay from a banking app";
    qr_help: "Scannez ce code dans l’application de votre banque : le virement se remplit tout seul. Vérifiez-le avant de l’envoyer.",
        "Scan this code in your banking app: it fills in the transfer. Check it before you send it.";
    qr_says(amount: &str, to: &str, reference: &str):
        format!("Code QR : virement de {amount} à {to}, référence {reference}"),
        format!("QR code: transfer of {amount} to {to}, reference {reference}");
    own_payments: "Mes paiements", "My payments";
    own_payments_none: "Aucun paiement pour l’instant. Le premier apparaîtra ici dès qu’il sera noté.", "No payment yet. The first will appear here as soon as it is entered.";
    own_waiting_help: "« En attente » : nous l’avons noté, l’équipe banque le vérifie. Cela prend en général une semaine.",
        "“Waiting”: we have entered it, and the bank crew is checking it. This usually takes a week.";
    own_member(number: &str): format!("Membre {number}"), format!("Member {number}");
    own_none: "Vous n’êtes pas membre, et c’est tout à fait possible.", "You are not a member, and that is quite all right.";
    own_none_crew: "Votre compte vous sert à travailler dans une équipe. Le jour où vous adhérez, votre cotisation et vos paiements apparaîtront ici.",
        "You use your account to work in a crew. The day you join, your dues and payments will appear here.";
    own_none_other: "Si vous pensez l’être, écrivez à l’équipe : elle pourra relier votre compte à votre adhésion.",
        "If you think that you are, write to the crew: it can connect your account with your membership.";
}

/// One sentence of state: how many members stand how.
pub fn state(l: Locale, c: &Counts) -> Text {
    let n = |n: i64| l.count(n);
    let text = match l {
        Locale::Fr => {
            let mut text = format!(
                "{} {}",
                n(c.members),
                l.plural(c.members, "membre", "membres")
            );
            let parts = [
                (c.in_order, format!("{} en règle", n(c.in_order))),
                (c.late, format!("{} en retard", n(c.late))),
                (
                    c.never_paid,
                    format!(
                        "{} {} jamais payé",
                        n(c.never_paid),
                        l.plural(c.never_paid, "n’a", "n’ont")
                    ),
                ),
            ];
            text.push_str(&listed("\u{a0}: ", parts));
            text + "."
        }
        Locale::En => {
            let mut text = format!(
                "{} {}",
                n(c.members),
                l.plural(c.members, "member", "members")
            );
            let parts = [
                (c.in_order, format!("{} paid up", n(c.in_order))),
                (c.late, format!("{} late", n(c.late))),
                (c.never_paid, format!("{} never paid", n(c.never_paid))),
            ];
            text.push_str(&listed(": ", parts));
            text + "."
        }
    };
    Text::from(text)
}

/// The parts that are not nothing, after a colon; nothing where all are.
fn listed(colon: &str, parts: [(i64, String); 3]) -> String {
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(_, text)| text)
        .collect();
    if parts.is_empty() {
        String::new()
    } else {
        format!("{colon}{}", parts.join(", "))
    }
}

/// How a member stands.
pub fn standing(l: Locale, standing: Standing) -> Text {
    Text::from(match (l, standing) {
        (Locale::Fr, Standing::InOrder { until }) => format!("en règle jusqu’au {}", l.day(until)),
        (Locale::En, Standing::InOrder { until }) => format!("paid up until {}", l.day(until)),
        (Locale::Fr, Standing::Free) => return Text::from("dispensé de cotisation"),
        (Locale::En, Standing::Free) => return Text::from("free of dues"),
        (Locale::Fr, Standing::Late { since }) => format!("en retard depuis le {}", l.day(since)),
        (Locale::En, Standing::Late { since }) => format!("late since {}", l.day(since)),
        (Locale::Fr, Standing::NeverPaid) => return Text::from("n’a jamais payé"),
        (Locale::En, Standing::NeverPaid) => return Text::from("never paid"),
        (Locale::Fr, Standing::Left { on }) => format!("n’est plus membre depuis le {}", l.day(on)),
        (Locale::En, Standing::Left { on }) => format!("no member since {}", l.day(on)),
    })
}

/// How a member stands, said to the member.
pub fn own_standing(l: Locale, standing: Standing) -> Text {
    match standing {
        Standing::InOrder { until } => own_in_order(l, &l.day(until)),
        Standing::Free => own_free(l),
        Standing::Late { since } => own_late(l, &l.day(since)),
        Standing::NeverPaid => own_never(l),
        Standing::Left { on } => own_left(l, &l.day(on)),
    }
}

/// Standings, as a filter offers them.
pub fn standings(l: Locale, filter: StandingFilter) -> Text {
    Text::from(match (l, filter) {
        (Locale::Fr, StandingFilter::InOrder) => "en règle",
        (Locale::En, StandingFilter::InOrder) => "paid up",
        (Locale::Fr, StandingFilter::EndsSoon) => "bientôt échue",
        (Locale::En, StandingFilter::EndsSoon) => "ending soon",
        (Locale::Fr, StandingFilter::Late) => "en retard",
        (Locale::En, StandingFilter::Late) => "late",
        (Locale::Fr, StandingFilter::NeverPaid) => "jamais payé",
        (Locale::En, StandingFilter::NeverPaid) => "never paid",
        (Locale::Fr, StandingFilter::Left) => "plus membres",
        (Locale::En, StandingFilter::Left) => "no members any more",
    })
}

/// How money came.
pub fn method(l: Locale, method: Method) -> Text {
    Text::from(match (l, method) {
        (Locale::Fr, Method::Transfer) => "virement",
        (Locale::En, Method::Transfer) => "transfer",
        (Locale::Fr, Method::Cash) => "espèces",
        (Locale::En, Method::Cash) => "cash",
        (Locale::Fr, Method::Cheque) => "chèque",
        (Locale::En, Method::Cheque) => "cheque",
        (Locale::Fr, Method::Card) => "carte",
        (Locale::En, Method::Card) => "card",
        (Locale::Fr, Method::DirectDebit) => "prélèvement",
        (Locale::En, Method::DirectDebit) => "direct debit",
        (Locale::Fr, Method::Waived) => "dispense",
        (Locale::En, Method::Waived) => "waived",
    })
}

/// Where a payment stands, to the crews.
pub fn status(l: Locale, status: &Status) -> Text {
    Text::from(match (l, status) {
        (Locale::Fr, Status::Draft) => "à valider",
        (Locale::En, Status::Draft) => "to validate",
        (Locale::Fr, Status::Validated | Status::Reversal { .. }) => "validé",
        (Locale::En, Status::Validated | Status::Reversal { .. }) => "validated",
        (Locale::Fr, Status::ReversalWaiting { .. }) => "validé, annulation à valider",
        (Locale::En, Status::ReversalWaiting { .. }) => "validated, reversal to validate",
        (Locale::Fr, Status::Reversed { .. }) => "annulé",
        (Locale::En, Status::Reversed { .. }) => "reversed",
        (Locale::Fr, Status::ReversalDraft { .. }) => "à valider",
        (Locale::En, Status::ReversalDraft { .. }) => "to validate",
    })
}

/// Where a payment stands, to the member.
pub fn own_status(l: Locale, of: &Status) -> Text {
    match (l, of) {
        (Locale::Fr, Status::Draft | Status::ReversalDraft { .. }) => Text::from("en attente"),
        (Locale::En, Status::Draft | Status::ReversalDraft { .. }) => Text::from("waiting"),
        _ => status(l, of),
    }
}

/// What a payment is for, where nobody named it.
pub fn unnamed(l: Locale, period: Option<Period>) -> Text {
    match period {
        None => dues(l),
        Some(period) => match period.calendar_year() {
            Some(year) => dues_of(l, year),
            None => dues_between(l, &l.day(period.from()), &l.day(period.until())),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_names_only_what_there_is() {
        let all = Counts {
            members: 512,
            in_order: 463,
            late: 37,
            never_paid: 12,
            left: 3,
        };
        assert_eq!(
            state(Locale::Fr, &all),
            "512 membres\u{a0}: 463 en règle, 37 en retard, 12 n’ont jamais payé."
        );
        let one = Counts {
            members: 1,
            never_paid: 1,
            ..Counts::default()
        };
        assert_eq!(
            state(Locale::Fr, &one),
            "1 membre\u{a0}: 1 n’a jamais payé."
        );
        assert_eq!(state(Locale::En, &one), "1 member: 1 never paid.");
        assert_eq!(state(Locale::En, &Counts::default()), "0 members.");
    }
}
