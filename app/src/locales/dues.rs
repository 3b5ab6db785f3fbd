//! Texts of dues: kinds, terms, who pays, and why something is due.

use super::Text;
use domain::dues::{Cycle, Due, Start};
use domain::kernel::Locale;

texts! {
    kind: "Cotisation", "Dues";
    kind_none: "Aucune : un don, autre chose", "None: a gift, something else";
    proposed(why: &str):
        format!("Proposé : {why} Changez ce qui ne convient pas."),
        format!("Proposed: {why} Change what does not fit.");
    nobody_owes: "Personne ne doit rien aujourd’hui.", "Nobody owes anything today.";
    all_owe(n: i64, sum: &str):
        format!("{} {} {sum} aujourd’hui.", Locale::Fr.count(n), Locale::Fr.plural(n, "membre doit", "membres doivent ensemble")),
        format!("{} {} {sum} today.", Locale::En.count(n), Locale::En.plural(n, "member owes", "members together owe"));
    members_owe(n: i64):
        format!("{} {}", Locale::Fr.count(n), Locale::Fr.plural(n, "membre", "membres")),
        format!("{} {}", Locale::En.count(n), Locale::En.plural(n, "member", "members"));
    add: "Ajouter une cotisation", "Add dues";
    add_state: "Un tarif, une période, et ce qui se passe en cours d’année.", "A price, a period, and what happens in mid-year.";
    add_button: "Ajouter la cotisation", "Add the dues";
    leave_new: "Renoncer", "Do not add";
    leave: "Ne rien changer", "Change nothing";
    caption: "Les cotisations, et ce qui en reste dû", "The dues, and what is owed of each";
    name: "Nom", "Name";
    name_help: "Ce que les équipes et les membres lisent : plein tarif, réduit, soutien…", "What crews and members read: full price, reduced, supporter…";
    cycle: "Période", "Period";
    price: "Montant", "Amount";
    arrears: "Reste dû", "Owed";
    default: "par défaut", "default";
    default_help: "Vaut pour les membres pour qui rien d’autre n’est dit.", "Holds for members for whom nothing else is said.";
    archived: "archivée", "archived";
    archived_help: "N’est plus proposée. Les membres qui l’ont la gardent.", "Is offered no more. The members who have it keep it.";
    make_default: "Mettre par défaut", "Make it the default";
    archive: "Archiver", "Archive";
    restore: "Proposer de nouveau", "Offer again";
    coming(price: &str, day: &str): format!("{price} à partir du {day}"), format!("{price} from {day}");
    cycle_months: "Un nombre de mois, depuis l’adhésion", "A number of months, from the day of joining";
    cycle_months_help: "Chaque membre a sa date.", "Each member has a date of their own.";
    cycle_year: "Une année fixe, la même pour tout le monde", "A fixed year, the same for everybody";
    cycle_year_help: "Par exemple de septembre à août.", "For example from September to August.";
    cycle_free: "Gratuite", "Free";
    cycle_free_help: "Les membres sont en règle sans rien payer.", "Members are in order without paying.";
    months: "Combien de mois", "How many months";
    first_month: "L’année commence en", "The year begins in";
    price_help: "Pour une période entière, en euros.", "For a whole period, in euros.";
    price_from: "À partir du", "From";
    price_from_help: "Les périodes qui commencent avant gardent l’ancien montant. Vide : depuis toujours.", "Periods that begin before keep the old amount. Empty: since always.";
    first_period: "Qui entre en cours de période paie", "Whoever enters in the middle of a period pays";
    first_full: "Le montant entier", "The whole amount";
    first_by_month: "Sa part, par mois commencé", "Its share, by month begun";
    prices: "Montants", "Amounts";
    always: "depuis toujours", "since always";
    from_on: "À partir du", "From";
    from_on_help: "Les périodes qui commencent avant ne changent pas.", "Periods that begin before do not change.";

    member_title(who: &str): format!("Cotisation · {who}"), format!("Dues · {who}");
    terms: "Ce qui vaut pour ce membre", "What holds for this member";
    terms_none(kind: &str): format!("Rien de particulier : « {kind} », la cotisation par défaut."), format!("Nothing special: “{kind}”, the default dues.");
    change_terms: "Dire autre chose", "Say something else";
    own_amount(kind: &str, amount: &str): format!("{kind}, {amount}"), format!("{kind}, {amount}");
    own: "Montant convenu", "Agreed amount";
    own_help: "Vide : le montant de la cotisation. 0 : gratuit.", "Empty: the amount of the dues. 0: free.";
    reason: "Raison", "Reason";
    reason_help: "Pour les équipes, pas pour le membre. Obligatoire avec un montant convenu.", "For the crews, not for the member. Needed with an agreed amount.";
    save_terms: "Enregistrer la cotisation", "Save the dues";
    remove: "Retirer", "Remove";
    remove_from(day: &str): format!("ce qui vaut à partir du {day}"), format!("what holds from {day}");
    payer_title: "Qui paie", "Who pays";
    payer: "Payé par", "Paid by";
    payer_help: "Un nom ou un numéro : famille, employeur, association. Vide : le membre lui-même.", "A name or a number: family, employer, association. Empty: the member.";
    which_payer: "Qui donc ?", "Which one?";
    save_payer: "Enregistrer qui paie", "Save who pays";

    edit: "Changer la cotisation", "Change the dues";
    nothing_owed: "Rien à payer.", "Nothing to pay.";
    enter_payment: "Saisir ce paiement", "Enter this payment";
    comes(amount: &str, day: &str): format!("Rien à payer aujourd’hui. Prochaine cotisation : {amount}, à partir du {day}."), format!("Nothing to pay today. Next dues: {amount}, from {day}.");
    owes(sum: &str): format!("{sum} à payer"), format!("{sum} to pay");
    more_periods(n: i64):
        format!("Et {} {}.", Locale::Fr.count(n), Locale::Fr.plural(n, "autre période", "autres périodes")),
        format!("And {} more {}.", Locale::En.count(n), Locale::En.plural(n, "period", "periods"));
    owed_caption: "Ce qui reste dû", "What is owed";
    period: "Période", "Period";
    why_title: "Pourquoi", "Why";
    amount_title: "Montant", "Amount";
    between(from: &str, until: &str): format!("du {from} au {until}"), format!("{from} to {until}");
    pays_by: "Paie", "Pays";
    since(day: &str): format!("Depuis le {day}"), format!("Since {day}");
    paid_by: "Payé par", "Paid by";
    pays_for: "Paie aussi pour", "Also pays for";

    together: "Un paiement pour plusieurs", "One payment for several";
    together_title(who: &str): format!("Paiement de {who} pour plusieurs"), format!("Payment by {who} for several");
    together_sum: "Total coché :", "Sum of what is ticked:";
    together_state: "Un seul virement, un paiement par membre.", "One transfer, one payment for each member.";
    enter_together: "Ajouter les paiements cochés", "Add the ticked payments";
    pick: "Choisir", "Pick";
    pay_for(who: &str): format!("Payer pour {who}"), format!("Pay for {who}");
    amount_for(who: &str): format!("Montant pour {who}"), format!("Amount for {who}");
    payers_none: "Personne ne paie pour d’autres. Cela se dit sur la page d’un membre, à « Changer la cotisation ».", "Nobody pays for others. A member’s page says so, at “Change the dues”.";
    one_transfer(sum: &str, n: i64): format!("ensemble {sum}, {n} paiements"), format!("together {sum}, {n} payments");

    nothing_due: "Ce membre n’a rien à payer. Vous pouvez saisir un don.", "This member has nothing to pay. You can enter a gift.";
}

/// For which time dues are.
pub fn cycle_text(l: Locale, cycle: Cycle) -> Text {
    match (l, cycle) {
        (Locale::Fr, Cycle::Months { months: 12 }) => "un an depuis l’adhésion".into(),
        (Locale::En, Cycle::Months { months: 12 }) => "a year from joining".into(),
        (Locale::Fr, Cycle::Months { months }) => format!("{months} mois depuis l’adhésion").into(),
        (Locale::En, Cycle::Months { months }) => {
            let word = Locale::En.plural(i64::from(months), "month", "months");
            format!("{months} {word} from joining").into()
        }
        (Locale::Fr, Cycle::Year { first_month: 1 }) => "l’année civile".into(),
        (Locale::En, Cycle::Year { first_month: 1 }) => "the calendar year".into(),
        (Locale::Fr, Cycle::Year { first_month }) => {
            format!("l’année, à partir du 1er {}", l.month(first_month)).into()
        }
        (Locale::En, Cycle::Year { first_month }) => {
            format!("the year, from 1 {}", l.month(first_month)).into()
        }
        (_, Cycle::Free) => cycle_free(l),
    }
}

/// Why a period and an amount are due, in one sentence.
pub fn why(l: Locale, due: &Due) -> Text {
    format!("{}, {}.", why_amount(l, due), start(l, due)).into()
}

/// Where the amount comes from.
pub fn why_amount(l: Locale, due: &Due) -> String {
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
