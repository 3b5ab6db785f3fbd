//! Texts of the first page.

use super::Text;
use domain::figures::rules::Finding;
use domain::kernel::{Cents, Day, Locale};

texts! {
    hello(name: &str): format!("Bonjour {name}"), format!("Hello {name}");
    all_well: "Rien n’attend.", "Nothing is waiting.";
    waits(n: i64):
        format!("{} {} l’équipe banque.", Locale::Fr.count(n), Locale::Fr.plural(n, "paiement attend", "paiements attendent")),
        format!("{} {} for the bank crew.", Locale::En.count(n), Locale::En.plural(n, "payment waits", "payments wait"));
    own_waits(n: i64):
        format!("{} de vos saisies {} l’équipe banque.", Locale::Fr.count(n), Locale::Fr.plural(n, "attend", "attendent")),
        format!("{} of your payments {} for the bank crew.", Locale::En.count(n), Locale::En.plural(n, "waits", "wait"));
    validate: "Valider des paiements", "Validate payments";
    enter: "Ajouter un paiement", "Add a payment";
    add_member: "Ajouter un membre", "Add a member";
    see_all: "Tout voir", "See all";
    see_all_of(what: &str): format!(" : {what}"), format!(": {what}");
    name: "Nom", "Name";
    number: "Numéro", "Number";

    bank: "Banque", "Bank";
    to_validate: "À valider", "To validate";
    nothing_waits: "rien n’attend", "nothing waits";
    sum_since(sum: Cents, days: i64):
        match days {
            ..1 => format!("{}, depuis aujourd’hui", Locale::Fr.money(sum)),
            _ => format!("{}, depuis {} {}", Locale::Fr.money(sum), Locale::Fr.count(days), Locale::Fr.plural(days, "jour", "jours")),
        },
        match days {
            ..1 => format!("{}, since today", Locale::En.money(sum)),
            _ => format!("{}, for {} {}", Locale::En.money(sum), Locale::En.count(days), Locale::En.plural(days, "day", "days")),
        };
    of_which_own(n: i64):
        format!("dont {} {} par vous", Locale::Fr.count(n), Locale::Fr.plural(n, "saisi", "saisis")),
        format!("{} entered by you", Locale::En.count(n));
    reversals: "Annulations à valider", "Reversals to validate";
    validated_in(month: &str): format!("Validés en {month}"), format!("Validated in {month}");
    so_far(sum: Cents): format!("{} jusqu’ici", Locale::Fr.money(sum)), format!("{} so far", Locale::En.money(sum));
    by_whom: "Saisis par", "Entered by";
    waiting_by: "Ce qui attend, par personne", "What waits, by person";
    count: "Nombre", "Number";
    sum: "Somme", "Sum";
    oldest: "Plus ancien", "Oldest";
    received: "Reçu par mois", "Received by month";
    received_what: "Paiements reçus et validés, par mois de réception, sur douze mois", "Payments received and validated, by month of receipt, over twelve months";
    month: "Mois", "Month";

    members: "Membres", "Members";
    late: "En retard", "Late";
    late_help: "cotisation échue", "dues have run out";
    ends_soon: "Bientôt échues", "Ending soon";
    ends_soon_help(days: u64): format!("dans les {days} jours"), format!("within {days} days");
    never: "Jamais payé", "Never paid";
    never_help: "depuis leur adhésion", "since they joined";
    in_order(n: i64): format!("dont {} en règle", Locale::Fr.count(n)), format!("of whom {} in order", Locale::En.count(n));
    services_late_help: "pas payé jusqu’aujourd’hui", "not paid until today";
    services_in_use: "En service", "In use";
    services_in_use_help: "quelqu’un les a", "somebody has them";
    services_available: "Disponibles", "Available";
    services_available_help: "préparés, à donner", "prepared, to be given";
    last_late: "Derniers en retard", "The last to run late";
    nobody_late: "Personne n’est en retard.", "Nobody is late.";
    nobody_soon: "Aucune cotisation n’arrive à échéance.", "No dues end soon.";
    paid_until: "Payé jusqu’au", "Paid until";
    recent: "Derniers arrivés", "The latest to join";
    since: "Membre depuis", "Member since";

    own: "Vos saisies", "What you entered";
    own_waiting(n: i64, sum: Cents):
        format!("{} {}, {}", Locale::Fr.count(n), Locale::Fr.plural(n, "attend", "attendent"), Locale::Fr.money(sum)),
        format!("{} {}, {}", Locale::En.count(n), Locale::En.plural(n, "waits", "wait"), Locale::En.money(sum));
    own_oldest(day: &str): format!(" La plus ancienne est du {day}."), format!(" The oldest is of {day}.");
    own_nothing: "Rien de ce que vous avez saisi n’attend.", "Nothing that you entered is waiting.";
    own_validated(n: i64, days: u64):
        format!("{} {} depuis {days} jours", Locale::Fr.count(n), Locale::Fr.plural(n, "validée", "validées")),
        format!("{} validated within {days} days", Locale::En.count(n));
    own_validated_caption: "Vos dernières saisies validées", "The last of your payments that were validated";
    validated_by: "Validé par", "Validated by";
    amount: "Montant", "Amount";
    command_line: "la ligne de commande", "the command line";
    you: "vous", "you";

    organisation: "Organisation", "Organisation";
    changes: "Derniers changements", "Latest changes";
    no_changes: "Rien n’a encore changé.", "Nothing has changed yet.";
    failures: "Connexions refusées", "Refused sign-ins";
    failures_what: "Connexions refusées depuis un jour", "Sign-ins refused within a day";
    account: "Compte ou adresse", "Account or address";
    unknown_name: "un nom inconnu", "an unknown name";
    attempts: "Essais", "Attempts";
    last_attempt: "Dernier essai", "Last attempt";
    locked_until(time: &str): format!("bloqué jusqu’à {time}"), format!("locked until {time}");

    not_carried(n: i64):
        match n { 1 => "Une chose n’a pas pu être portée vers un autre système.".to_owned(), n => format!("{} choses n’ont pas pu être portées vers d’autres systèmes.", Locale::Fr.count(n)) },
        match n { 1 => "One thing could not be carried into another system.".to_owned(), n => format!("{} things could not be carried into other systems.", Locale::En.count(n)) };
    gap_iban: "L’IBAN de l’organisation manque : les membres ne voient pas où payer.", "The organisation’s IBAN is missing: members do not see where to pay.";
    gap_iban_link: "Indiquer l’IBAN", "Enter the IBAN";
    gap_nobody: "Personne ne peut valider de paiement : ce qui est saisi attend. Donnez une connexion à quelqu’un, sur le serveur :", "Nobody can validate payments: what is entered waits. Give somebody a login, on the server:";
    gap_only_one(name: &str):
        format!("{name} est la seule personne qui peut valider. Ce qu’elle saisit elle-même, personne ne peut le valider : il faut une deuxième personne, ou une autre règle."),
        format!("{name} is the only one who can validate. Nobody can validate what {name} enters: a second person is needed, or another rule.");
    gap_only_one_link: "Changer la règle", "Change the rule";

    begin: "Premiers pas", "First steps";
    begin_state: "Il n’y a encore personne ici. Voici par où commencer.", "There is nobody here yet. This is where to begin.";
    begin_nobody: "Il n’y a pas encore de membre. Une équipe qui gère les membres peut en ajouter.", "There is no member yet. A crew that manages members can add some.";
    step_import: "Importer votre liste", "Import your list";
    step_import_help: "Un fichier de Paheko, Dolibarr, byro ou d’un tableur. Rien n’est écrit avant que vous ayez tout vu.", "A file of Paheko, Dolibarr, byro or a spreadsheet. Nothing is written before you have seen it all.";
    step_add: "Ajouter un premier membre", "Add a first member";
    step_add_help: "Une personne ou une organisation : son numéro vient tout seul.", "A person or an organisation: the number comes by itself.";
    step_iban: "Indiquer l’IBAN", "Enter the IBAN";
    step_iban_help: "Les membres le lisent sur leur page, avec leur référence de virement.", "Members read it on their page, with their reference for transfers.";
    step_invite: "Faire venir une deuxième personne", "Bring in a second person";
    step_invite_crews: "Une personne saisit, une autre valide. Mettez-la dans une équipe qui valide, et donnez-lui un accès sur sa page.",
        "One enters, another one validates. Put them in a crew that validates, and give them access on their page.";
    step_invite_help: "Une personne saisit, une autre valide. Sur le serveur :", "One enters, another one validates. On the server:";
}

/// A month with its year: "mars 2026".
pub fn month_of(l: Locale, day: Day) -> String {
    use chrono::Datelike;
    format!("{} {}", l.month(day.month()), day.year())
}

/// What a year of months tells, in a sentence.
pub fn finding(l: Locale, finding: Finding) -> Text {
    Text::Owned(match (finding, l) {
        (Finding::Nothing, Locale::Fr) => {
            return Text::Borrowed("Rien n’a été reçu et validé en douze mois");
        }
        (Finding::Nothing, Locale::En) => {
            return Text::Borrowed("Nothing was received and validated in twelve months");
        }
        (Finding::OnlyOne(month), Locale::Fr) => format!(
            "{} en {}, et rien d’autre en douze mois",
            l.money(month.tally.sum),
            month_of(l, month.first)
        ),
        (Finding::OnlyOne(month), Locale::En) => format!(
            "{} in {}, and nothing else in twelve months",
            l.money(month.tally.sum),
            month_of(l, month.first)
        ),
        (Finding::Strongest(month), Locale::Fr) => format!(
            "{} en {}, le mois le plus fort",
            l.money(month.tally.sum),
            month_of(l, month.first)
        ),
        (Finding::Strongest(month), Locale::En) => format!(
            "{} in {}, the strongest month",
            l.money(month.tally.sum),
            month_of(l, month.first)
        ),
    })
}

/// An amount without its cents, for the scale and the labels of a plot.
pub fn euros(l: Locale, cents: i64) -> String {
    let whole = cents / 100 + i64::from(cents % 100 >= 50) - i64::from(cents % 100 <= -50);
    match l {
        Locale::Fr => format!("{}\u{a0}€", l.count(whole)),
        Locale::En if whole < 0 => format!("−€{}", l.count(whole.saturating_neg())),
        Locale::En => format!("€{}", l.count(whole)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plots_amounts_are_rounded_to_euros() {
        for (cents, fr, en) in [
            (123_449, "1\u{202f}234\u{a0}€", "€1,234"),
            (150, "2\u{a0}€", "€2"),
            (-150, "−2\u{a0}€", "−€2"),
            (-149, "−1\u{a0}€", "−€1"),
            (0, "0\u{a0}€", "€0"),
        ] {
            assert_eq!(
                (euros(Locale::Fr, cents), euros(Locale::En, cents)),
                (fr.into(), en.into())
            );
        }
        assert!(euros(Locale::En, i64::MIN).starts_with('−'));
    }
}
