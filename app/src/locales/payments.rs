//! Texts of the payments: lists, queue, forms, and why something is locked. The browser
//! has those that its islands say; what it does not use is not sent.

use super::{Text, problems};
use chrono::{DateTime, Datelike, Utc};
use domain::kernel::{Cents, Code, Day, Locale, Period};
use domain::payments::rules::Lock;
use domain::payments::{ForService, Method, Nature, Payment, State, Status};

texts! {
    group_of(sum: &str, n: i64): format!("Un virement de {sum} pour {n} membres"), format!("One transfer of {sum} for {n} members");
    pick_group(sum: &str, n: i64): format!("Choisir les paiements de ce virement ({n}, {sum})"), format!("Pick the payments of this transfer ({n}, {sum})");
    group_title: "Venus en un seul virement", "Came as one transfer";
    group_link: "pour plusieurs", "for several";
    group_this: "ce paiement", "this payment";
    title: "Paiements", "Payments";
    add: "Ajouter un paiement", "Add a payment";
    see_queue: "Voir ce qui attend", "See what waits";
    see_list: "Voir les paiements", "See the payments";
    caption: "Paiements, du plus récent au plus ancien", "Payments, the latest first";
    list_state(n: i64):
        format!("{} {}.", Locale::Fr.count(n), Locale::Fr.plural(n, "paiement", "paiements")),
        format!("{} {}.", Locale::En.count(n), Locale::En.plural(n, "payment", "payments"));
    list_state_filtered(n: i64):
        format!("{} {}.", Locale::Fr.count(n), Locale::Fr.plural(n, "paiement correspond", "paiements correspondent")),
        format!("{} {}.", Locale::En.count(n), Locale::En.plural(n, "payment matches", "payments match"));
    list_of(name: &str): format!("Seulement ceux de {name}."), format!("Only those of {name}.");
    empty: "Aucun paiement n’est encore saisi.", "No payment is entered yet.";
    empty_filtered: "Rien ne correspond à ces filtres.", "Nothing matches these filters.";
    empty_page: "Cette page de la liste est vide : elle est allée trop loin.", "This page of the list is empty: it is beyond the end.";

    search: "Chercher un paiement", "Search for a payment";
    search_hint: "Nom, numéro, libellé, montant", "Name, number, label, amount";
    filter_state: "État", "State";
    filter_method: "Moyen", "Method";
    filter_entered_by: "Saisi par", "Entered by";
    filter_from: "Reçu du", "Received from";
    filter_until: "au", "until";
    filter_nature: "Nature", "Nature";
    filter_validated_from: "Validé du", "Validated from";

    received: "Reçu le", "Received";
    member: "Membre", "Member";
    what: "Pour", "For";
    method_title: "Moyen", "Method";
    amount: "Montant", "Amount";
    entered: "Saisi par", "Entered by";
    state_title: "État", "State";
    note: "Remarque", "Note";
    reason: "Raison", "Reason";
    period_title: "Période payée", "Period paid for";
    none: "aucune", "none";
    you: "vous", "you";
    a_program: "la ligne de commande", "the command line";

    queue_title: "Paiements à valider", "Payments to validate";
    queue_caption: "Paiements à valider, du plus ancien au plus récent", "Payments to validate, the oldest first";
    queue_nothing: "Rien n’attend.", "Nothing waits.";
    queue_state(n: i64, sum: Cents, days: i64):
        format!(
            "{} {}, {}. {}.",
            Locale::Fr.count(n), Locale::Fr.plural(n, "attend", "attendent"), Locale::Fr.money(sum),
            match days {
                ..1 => "Le plus ancien est d’aujourd’hui".to_owned(),
                n => format!("Le plus ancien attend depuis {} {}", Locale::Fr.count(n), Locale::Fr.plural(n, "jour", "jours")),
            }
        ),
        format!(
            "{} {}, {}. {}.",
            Locale::En.count(n), Locale::En.plural(n, "waits", "wait"), Locale::En.money(sum),
            match days {
                ..1 => "The oldest came today".to_owned(),
                n => format!("The oldest has waited for {} {}", Locale::En.count(n), Locale::En.plural(n, "day", "days")),
            }
        );
    queue_limit(n: i64):
        format!("Les {} plus anciens sont montrés. Les autres viendront quand ceux-ci seront validés.", Locale::Fr.count(n)),
        format!("The oldest {} are shown. The others follow when these are validated.", Locale::En.count(n));
    queue_empty: "Tout est validé. Les nouveaux paiements apparaîtront ici.", "Everything is validated. New payments will appear here.";
    pick_all: "Choisir tous les paiements montrés", "Select all payments shown";
    pick(who: &str, sum: &str): format!("Choisir {who}, {sum}"), format!("Select {who}, {sum}");
    locked: "Verrouillé", "Locked";
    validate_selection: "Valider la sélection", "Validate the selection";
    tick: "Cochez les paiements à valider.", "Tick the payments to validate.";
    pick_none: "Ne rien choisir", "Select none";
    selected(n: i64, sum: Cents):
        format!("{} · {}", count_payments(Locale::Fr, n), Locale::Fr.money(sum)),
        format!("{} · {}", count_payments(Locale::En, n), Locale::En.money(sum));
    validate_selected(n: i64, sum: Cents):
        format!("Valider {} · {}", count_payments(Locale::Fr, n), Locale::Fr.money(sum)),
        format!("Validate {} · {}", count_payments(Locale::En, n), Locale::En.money(sum));
    key_move: "aller", "move";
    key_select: "choisir", "select";
    key_validate: "valider", "validate";
    key_help: "aide", "help";
    help_title: "Au clavier", "By keyboard";
    help_down: "Paiement suivant", "Next payment";
    help_up: "Paiement précédent", "Previous payment";
    help_select: "Choisir le paiement, ou y renoncer", "Select the payment, or drop it";
    help_range: "Choisir tout, d’un clic à l’autre", "Select everything from one click to the next";
    help_validate: "Valider ce qui est choisi", "Validate what is selected";
    help_help: "Montrer cette aide", "Show this help";
    help_shift: "Maj + clic", "Shift + click";
    close: "Fermer", "Close";

    result_title(done: i64, refused: i64):
        match done {
            0 => format!("{} {}", count_payments(Locale::Fr, refused), Locale::Fr.plural(refused, "refusé", "refusés")),
            _ => format!("{} {}, {} {}", count_payments(Locale::Fr, done), Locale::Fr.plural(done, "validé", "validés"), Locale::Fr.count(refused), Locale::Fr.plural(refused, "refusé", "refusés")),
        },
        match done {
            0 => format!("{} refused", count_payments(Locale::En, refused)),
            _ => format!("{} validated, {} refused", count_payments(Locale::En, done), Locale::En.count(refused)),
        };
    result_state(sum: Cents):
        format!("{} validés. Pour le reste, la raison est dite à chaque ligne.", Locale::Fr.money(sum)),
        format!("{} validated. For the rest, each line says why.", Locale::En.money(sum));
    result_back(n: i64): format!("Revenir à la file ({})", Locale::Fr.count(n)), format!("Back to the queue ({})", Locale::En.count(n));
    result_caption: "Une réponse par paiement, les refus d’abord", "One answer per payment, refusals first";
    result_answer: "Réponse", "Answer";
    result_to_do: "Pourquoi", "Why";
    result_sum: "Validé", "Validated";
    validated: "validé", "validated";
    refused: "refusé", "refused";
    gone: "Paiement supprimé", "Payment deleted";
    gone_why: "Quelqu’un l’a supprimé entre-temps. Il n’y a rien à faire.", "Somebody deleted it in the meantime. There is nothing to do.";
    already(who: &str, when: &str):
        format!("Déjà validé par {who}, le {when}. Il n’y a rien à faire."),
        format!("Validated already by {who}, {when}. There is nothing to do.");

    new_state: "Il pourra être modifié jusqu’à sa validation par l’équipe banque.", "It can be changed until the bank crew validates it.";
    edit_title(who: &str): format!("Modifier le paiement · {who}"), format!("Change the payment · {who}");
    edit_state: "Il n’est pas encore validé : tout peut changer.", "It is not validated yet: everything can change.";
    member_help: "Nom, numéro ou référence RF.", "Name, number or RF reference.";
    amount_help: "En euros.", "In euros.";
    period_from: "Paie à partir du", "Pays from";
    period_until: "Paie jusqu’au", "Pays until";
    period_help: "Les deux vides pour un don.", "Both empty for a gift.";
    label: "Libellé", "Label";
    label_help: "Ce que le membre lira. Vide, la période le dit.", "What the member will read. Where it is empty, the period says it.";
    note_help: "Pour les équipes, pas pour le membre. Pour une dispense, la raison.", "For the crews, not for the member. Where dues are waived, the reason.";
    add_button: "Ajouter le paiement", "Add the payment";
    add_again: "Ajouter et saisir un autre", "Add and enter another";
    propose: "Proposer d’après le membre", "Propose from the member";
    save_button: "Enregistrer le paiement", "Save the payment";
    leave: "Ne rien changer", "Change nothing";
    leave_new: "Renoncer", "Do not add";

    other_than_due(due: Cents):
        format!("Il est dû {}. Un autre montant est permis.", Locale::Fr.money(due)),
        format!("{} is due. Another amount may be entered.", Locale::En.money(due));
    see: "Voir le paiement", "See the payment";
    undo_add: "Annuler la saisie", "Undo";
    undo_delete: "Rétablir le paiement", "Undo";
    sitting_title: "Saisis à la suite", "Entered in a row";
    sitting_state(n: i64, sum: Cents):
        format!("{} · {}", count_payments(Locale::Fr, n), Locale::Fr.money(sum)),
        format!("{} · {}", count_payments(Locale::En, n), Locale::En.money(sum));
    sitting_limit(n: i64): format!("Les {} derniers sont montrés.", Locale::Fr.count(n)), format!("The last {} are shown.", Locale::En.count(n));
    payment_of(who: &str): format!("Paiement · {who}"), format!("Payment · {who}");
    reversal_of(who: &str): format!("Annulation · {who}"), format!("Reversal · {who}");
    edit: "Modifier", "Change";
    delete: "Supprimer", "Delete";
    validate(sum: &str): format!("Valider {sum}"), format!("Validate {sum}");
    reverse: "Annuler ce paiement", "Reverse this payment";
    facts: "Paiement", "Payment";
    history: "Historique", "History";
    change(name: &str, before: &str, after: &str):
        format!("{name} : {before} → {after}"),
        format!("{name}: {before} → {after}");
    locked_strong: "Verrouillé.", "Locked.";
    waits_strong: "Il attend l’équipe banque.", "It waits for the bank crew.";
    reversal_waits: "Une annulation attend l’équipe banque.", "A reversal waits for the bank crew.";
    still_counts: "Jusque-là, ce paiement compte.", "Until then, this payment counts.";
    reversed_strong: "Annulé, il ne compte plus.", "Reversed, it does not count any more.";
    takes_back: "Annule un paiement validé.", "Takes back a validated payment.";
    see_reversal: "Voir l’annulation", "See the reversal";
    see_original: "Voir le paiement annulé", "See the payment that it takes back";
    entered_by_on(who: &str, when: &str): format!("Annulation saisie par {who}, le {when}."), format!("Reversal entered by {who}, {when}.");
    because(reason: &str): format!("Raison : « {reason} »"), format!("Reason: “{reason}”");

    reverse_title(who: &str): format!("Annuler le paiement · {who}"), format!("Reverse the payment · {who}");
    reverse_state(sum: &str, what: &str): format!("{sum}, {what}"), format!("{sum}, {what}");
    reverse_what(sum: &str):
        format!("Un paiement de {sum} sera saisi et attendra l’équipe banque, comme tout autre. Une fois validé, le premier ne compte plus ; il reste visible, barré, et ses mois redeviennent dus."),
        format!("A payment of {sum} will be entered and wait for the bank crew like any other. Once validated, the first one no longer counts; it stays visible, struck out, and its months are due again.");
    reverse_reason: "Pourquoi ?", "Why?";
    reverse_help: "Pour les équipes : chèque rejeté, mauvais membre, mauvais montant…", "For the crews: a bounced cheque, the wrong member, the wrong amount…";
    reverse_button(sum: &str): format!("Annuler {sum}"), format!("Reverse {sum}");
    keep: "Garder le paiement", "Keep the payment";
    back_to_payment: "Revenir au paiement", "Back to the payment";
}

/// So many payments, in words: "12 paiements".
pub fn count_payments(l: Locale, n: i64) -> String {
    let word = match l {
        Locale::Fr => l.plural(n, "paiement", "paiements"),
        Locale::En => l.plural(n, "payment", "payments"),
    };
    format!("{} {word}", l.count(n))
}

/// The one of two texts that is in a language.
fn one_of(l: Locale, fr: &'static str, en: &'static str) -> Text {
    Text::Borrowed(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}

/// How money comes, in words.
pub fn method(l: Locale, method: Method) -> Text {
    match method {
        Method::Transfer => one_of(l, "virement", "transfer"),
        Method::Cash => one_of(l, "espèces", "cash"),
        Method::Cheque => one_of(l, "chèque", "cheque"),
        Method::Card => one_of(l, "carte", "card"),
        Method::DirectDebit => one_of(l, "prélèvement", "direct debit"),
        Method::Waived => one_of(l, "dispense", "waived"),
    }
}

/// What a list is narrowed to, in words.
pub fn nature(l: Locale, nature: Nature) -> Text {
    match nature {
        Nature::Payment => one_of(l, "paiements", "payments"),
        Nature::Reversal => one_of(l, "annulations", "reversals"),
    }
}

/// The state that a list is filtered by, in words.
pub fn state(l: Locale, state: State) -> Text {
    match state {
        State::Draft => one_of(l, "à valider", "to validate"),
        State::Validated => one_of(l, "validé", "validated"),
    }
}

/// Where a payment stands, in words.
pub fn status(l: Locale, status: &Status) -> Text {
    match status {
        Status::Draft => one_of(l, "à valider", "to validate"),
        Status::Validated => one_of(l, "validé", "validated"),
        Status::ReversalWaiting { .. } => one_of(
            l,
            "validé, annulation en attente",
            "validated, reversal waiting",
        ),
        Status::Reversed { .. } => one_of(l, "annulé", "reversed"),
        Status::ReversalDraft { .. } => one_of(l, "annulation à valider", "reversal to validate"),
        Status::Reversal { .. } => one_of(l, "annulation", "reversal"),
    }
}

/// A period in words: "2026" where it is a calendar year.
pub fn period(l: Locale, period: Period) -> String {
    match (period.calendar_year(), l) {
        (Some(year), _) => year.to_string(),
        (None, Locale::Fr) => format!("du {} au {}", l.day(period.from()), l.day(period.until())),
        (None, Locale::En) => format!("{} to {}", l.day(period.from()), l.day(period.until())),
    }
}

/// A period in few characters, for tables: one line must hold it.
fn period_short(l: Locale, period: Period) -> String {
    let (from, until) = (period.from(), period.until());
    let short = |day: Day| {
        let month: String = l.month(day.month()).chars().take(3).collect();
        format!("{} {month} {}", day.day(), day.year())
    };
    match (period.calendar_year(), l) {
        (Some(year), _) => year.to_string(),
        (None, Locale::Fr) => {
            format!(
                "du {} au {}",
                from.format("%d/%m/%Y"),
                until.format("%d/%m/%Y")
            )
        }
        (None, Locale::En) => format!("{} to {}", short(from), short(until)),
    }
}

/// What a payment is for: its label, or what its period says.
pub fn what_for(l: Locale, payment: &Payment) -> String {
    let what = match &payment.service {
        Some(service) => for_service(l, service, payment).into_owned(),
        None => named(l, &payment.label, payment.period),
    };
    match (payment.reverses, l) {
        (None, _) => what,
        (Some(_), Locale::Fr) => format!("Annulation : {what}"),
        (Some(_), Locale::En) => format!("Reversal: {what}"),
    }
}

/// The service that was paid; another crew's has no name here.
pub fn service_name(l: Locale, service: &ForService) -> Text {
    match &service.name {
        Some(name) => Text::from(name.clone()),
        None => one_of(l, "Un service", "A service"),
    }
}

/// The service that a payment pays, and what it is called beside that.
pub fn for_service(l: Locale, service: &ForService, payment: &Payment) -> Text {
    let name = service_name(l, service);
    match (payment.label.as_str(), payment.period) {
        ("", None) => name,
        ("", Some(time)) => format!("{name}, {}", period_short(l, time)).into(),
        (label, _) => format!("{name}, {label}").into(),
    }
}

/// A label, or what stands for it where there is none; short, for tables.
pub fn named(l: Locale, label: &str, period: Option<Period>) -> String {
    match (label.is_empty(), period) {
        (false, _) => label.to_owned(),
        (true, Some(time)) => match l {
            Locale::Fr => format!("Cotisation {}", period_short(l, time)),
            Locale::En => format!("Dues {}", period_short(l, time)),
        },
        (true, None) => one_of(l, "Sans libellé", "No label").into_owned(),
    }
}

/// Why something cannot be done with a payment, as its page says it. `when` writes an
/// instant in the tenant's zone.
pub fn lock(l: Locale, lock: &Lock, when: impl Fn(DateTime<Utc>) -> String) -> Text {
    match lock {
        Lock::Validated { by, at } => {
            let when = when(*at);
            Text::Owned(match l {
                Locale::Fr => format!(
                    "Validé par {by}, le {when}. Un paiement validé ne change plus, pour personne : les comptes s’appuient dessus. Une erreur se corrige par une annulation."
                ),
                Locale::En => format!(
                    "Validated by {by}, {when}. A validated payment does not change any more, for anyone: the accounts rest on it. A mistake is mended by a reversal."
                ),
            })
        }
        Lock::MissingRight { right } => problems::text(l, &Code::Forbidden { right: *right }),
        Lock::OwnEntry => one_of(
            l,
            "Saisi par vous : quelqu’un d’autre doit le valider.",
            "Entered by you: somebody else must validate it.",
        ),
        Lock::IsReversal => one_of(
            l,
            "Une annulation reprend un paiement tel quel : elle ne se modifie pas et ne s’annule pas.",
            "A reversal takes a payment back as it was: it is neither changed nor reversed.",
        ),
        Lock::ReversalExists => one_of(
            l,
            "Ce paiement est déjà annulé, ou son annulation attend l’équipe banque.",
            "This payment is reversed already, or its reversal waits for the bank crew.",
        ),
        Lock::NotValidated => one_of(
            l,
            "Ce paiement n’est pas validé : il se modifie ou se supprime, il ne s’annule pas.",
            "This payment is not validated: it is changed or deleted, not reversed.",
        ),
    }
}

/// Why a payment cannot be validated, in the few words that a row has room for.
pub fn why(l: Locale, lock: &Lock) -> Text {
    match lock {
        Lock::OwnEntry => one_of(
            l,
            "Saisi par vous : quelqu’un d’autre doit valider",
            "Entered by you: somebody else must validate",
        ),
        Lock::MissingRight { right } => Text::Owned(match l {
            Locale::Fr => format!("Il faut le droit de {}", problems::right(l, *right)),
            Locale::En => format!("Needs the right to {}", problems::right(l, *right)),
        }),
        Lock::Validated { .. } => one_of(l, "Déjà validé", "Validated already"),
        Lock::IsReversal => one_of(l, "C’est une annulation", "It is a reversal"),
        Lock::ReversalExists => one_of(l, "Déjà annulé", "Reversed already"),
        Lock::NotValidated => one_of(l, "Pas encore validé", "Not validated yet"),
    }
}

/// What was done to a payment, before the name of the one who did it.
pub fn done_by(l: Locale, action: &str) -> Text {
    match action {
        "added" => one_of(l, "Saisi par", "Entered by"),
        "changed" => one_of(l, "Modifié par", "Changed by"),
        "deleted" => one_of(l, "Supprimé par", "Deleted by"),
        "validated" => one_of(l, "Validé par", "Validated by"),
        "undone" => one_of(
            l,
            "Retiré avec son import par",
            "Taken back with its import by",
        ),
        "restored" => one_of(l, "Rétabli par", "Restored by"),
        other => Text::Owned(other.replace('_', " ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kernel::Right;

    #[test]
    fn a_lock_says_by_whom_and_when() {
        let lock_of = |l, it: &Lock| lock(l, it, |at| at.format("%H:%M").to_string());
        let at = DateTime::<Utc>::UNIX_EPOCH;
        let validated = Lock::Validated {
            by: "Inès".into(),
            at,
        };
        assert!(lock_of(Locale::Fr, &validated).starts_with("Validé par Inès, le 00:00. "));
        assert!(lock_of(Locale::En, &validated).starts_with("Validated by Inès, 00:00. "));
        let missing = Lock::MissingRight {
            right: Right::PaymentsValidate,
        };
        assert!(lock_of(Locale::Fr, &missing).contains("valider des paiements"));
        assert_eq!(
            why(Locale::En, &missing),
            "Needs the right to validate payments"
        );
    }

    #[test]
    fn a_calendar_year_is_said_by_its_number() {
        let day = |text| domain::kernel::calendar::parse_day(text).unwrap();
        let of = |from, until| Period::new(day(from), day(until)).unwrap();
        assert_eq!(period(Locale::Fr, of("2026-01-01", "2026-12-31")), "2026");
        assert_eq!(
            period(Locale::Fr, of("2026-03-01", "2027-02-28")),
            "du 1er mars 2026 au 28 février 2027"
        );
    }

    #[test]
    fn a_selection_is_counted_as_each_language_counts() {
        assert_eq!(
            validate_selected(Locale::Fr, 12, Cents(34_000)),
            "Valider 12 paiements · 340,00\u{a0}€"
        );
        assert_eq!(
            selected(Locale::Fr, 0, Cents::ZERO),
            "0 paiement · 0,00\u{a0}€"
        );
        assert_eq!(selected(Locale::En, 1, Cents(100)), "1 payment · €1.00");
    }
}
