//! Texts of services and of their types.

use super::Text;
use super::dues::why_amount;
use domain::dues::{Due, Start};
use domain::kernel::{Day, Locale};
use domain::services::{Colour, Counts, Paid, State, StateFilter};

texts! {
    title: "Services", "Services";
    types: "Types de services", "Service types";
    import: "Importer", "Import";
    type_: "Type", "Type";
    label: "Nom", "Name";
    label_help: "Ce qui le distingue des autres : un numéro de ligne, un nom de machine…", "What tells it from the others: a line’s number, a machine’s name…";
    note: "Note", "Note";
    note_help: "Pour l’équipe.", "For the crew.";
    holder: "Qui l’a", "Who has it";
    since: "Depuis", "Since";
    until: "Jusqu’au", "Until";
    paid_until: "Payé jusqu’au", "Paid until";
    price: "Montant", "Amount";
    state: "État", "State";
    search: "Chercher", "Search";
    search_in: "nom, membre, numéro, adresse IP", "name, member, number, IP address";
    caption: "Services, par nom", "Services, by name";
    found(n: i64):
        format!("{} {}", Locale::Fr.count(n), Locale::Fr.plural(n, "service", "services")),
        format!("{} {}", Locale::En.count(n), Locale::En.plural(n, "service", "services"));
    no_type: "Vos équipes ne gèrent aucun type de services.", "Your crews manage no type of services.";
    no_type_help: "Un type appartient à une équipe : les personnes de cette équipe voient ses services ici.", "A type belongs to a crew: the people of that crew see its services here.";
    none_yet: "Pas encore de service", "No services yet";
    none_yet_help: "Préparez-en un : le membre peut venir plus tard.", "Prepare one: the member can come later.";
    none_found: "Aucun service ne correspond", "No service matches";
    none_found_help: "Essayez moins de mots, ou enlevez les filtres.", "Try fewer words, or clear the filters.";
    free_first: "Disponibles d’abord", "Available first";
    order: "Ordre", "Order";
    by_name: "par nom", "by name";
    of_member(who: &str): format!("Seulement ceux de {who}."), format!("Only those of {who}.");
    nobody: "personne", "nobody";

    add: "Ajouter un service", "Add a service";
    add_state: "Préparé d’avance, ou donné tout de suite à un membre.", "Prepared in stock, or given to a member at once.";
    add_button: "Ajouter le service", "Add the service";
    leave_new: "Renoncer", "Do not add";
    leave: "Ne rien changer", "Change nothing";
    for_whom: "Pour qui", "For whom";
    member: "Membre", "Member";
    member_stock_help: "Un nom ou un numéro. Vide : le service reste disponible.", "A name or a number. Empty: the service stays available.";
    member_help: "Un nom ou un numéro.", "A name or a number.";
    from_on: "À partir du", "From";
    until_on: "Jusqu’au", "Until";
    until_help: "Dernier jour compris. Vide : sans fin.", "The last day included. Empty: no end.";
    own: "Montant convenu", "Agreed amount";
    own_help: "Vide : le prix du type. 0 : gratuit.", "Empty: the type’s price. 0: free.";
    reason: "Raison", "Reason";
    reason_help: "Pour l’équipe. Obligatoire avec un montant convenu.", "For the crew. Needed with an agreed amount.";

    give: "Donner à un membre", "Give to a member";
    give_title(name: &str): format!("Donner {name}"), format!("Give {name}");
    give_state: "Une seule personne à la fois ; l’historique reste.", "One member at a time; the history stays.";
    give_button: "Donner le service", "Give the service";
    holding_title(who: &str): format!("Service de {who}"), format!("Service of {who}");
    holding_state: "Pour y mettre fin, donnez le dernier jour. Pour le reprendre, videz-le.", "To end it, give the last day. To go on, empty it.";
    holding_edit: "Changer ou terminer", "Change or end";
    holding_remove: "Retirer : c’était une erreur", "Remove: it was a mistake";
    holding_remove_help: "Seulement si rien n’a été saisi comme paiement. L’audit en garde la trace.", "Only where no payment was entered. The audit keeps track of it.";
    save_holding: "Enregistrer", "Save";
    edit: "Modifier", "Edit";
    edit_title(name: &str): format!("Modifier {name}"), format!("Edit {name}");
    closed_on: "Fermé à partir du", "Closed from";
    closed_help: "Vide : le service reste ouvert. Personne ne doit plus l’avoir ce jour-là.", "Empty: the service stays open. Nobody may have it on that day any more.";
    add_payment: "Ajouter un paiement", "Add a payment";
    enter_payment: "Saisir ce paiement", "Enter this payment";
    payments: "Paiements", "Payments";
    holdings: "Qui l’a eu", "Who had it";
    holdings_none: "Personne ne l’a encore eu.", "Nobody has had it yet.";
    nobody_has_it: "Personne n’a ce service aujourd’hui.", "Nobody has this service today.";
    due_title: "À payer", "To pay";
    nothing_owed: "Rien à payer.", "Nothing to pay.";
    waits: "Un paiement attend la banque.", "A payment waits for the bank crew.";
    owes(sum: &str): format!("{sum} à payer"), format!("{sum} to pay");
    comes(amount: &str, day: &str): format!("Rien à payer aujourd’hui. Ensuite {amount}, à partir du {day}."), format!("Nothing to pay today. Next {amount}, from {day}.");
    history: "Suivi", "History";
    no_end: "sans fin", "no end";
    ongoing: "en cours", "ongoing";
    owed: "Reste dû", "Owed";
    free: "gratuit", "free";
    for_service(name: &str): format!("Pour le service {name}"), format!("For the service {name}");
    proposed(name: &str, why: &str):
        format!("{name}. Proposé : {why} Changez ce qui ne convient pas."),
        format!("{name}. Proposed: {why} Change what does not fit.");
    nothing_due(name: &str): format!("{name}. Rien à payer pour ce service aujourd’hui."), format!("{name}. Nothing to pay for this service today.");
    own_services: "Mes services", "My services";
    members_services: "Services", "Services";

    types_state: "Chaque type appartient à une équipe : elle seule voit et modifie ses services.", "Each type belongs to a crew: only that crew sees and edits its services.";
    types_caption: "Types de services, par nom", "Service types, by name";
    types_none: "Pas encore de type de services", "No service types yet";
    types_none_help: "Un type dit ce que coûtent ses services, et quelle équipe s’en occupe.", "A type says what its services cost, and which crew looks after them.";
    add_type: "Ajouter un type", "Add a type";
    add_type_title: "Ajouter un type de services", "Add a service type";
    add_type_state: "Il sert tout de suite à l’équipe choisie.", "The chosen crew can use it at once.";
    add_type_button: "Ajouter le type", "Add the type";
    type_name: "Nom", "Name";
    type_name_help: "Ce que l’équipe et les membres lisent : « VPN », « Hébergement »…", "What the crew and the members read: “VPN”, “Hosting”…";
    crew: "Équipe", "Crew";
    crew_none: "Choisir une équipe", "Choose a crew";
    colour: "Couleur", "Colour";
    months: "Période, en mois", "Period, in months";
    price_help: "Pour une période entière, en euros. 0 : gratuit.", "For a whole period, in euros. 0: free.";
    price_from: "À partir du", "From";
    price_from_help: "Les périodes qui commencent avant gardent l’ancien montant. Vide : depuis toujours.", "Periods that begin before keep the old amount. Empty: since always.";
    archive: "Archiver", "Archive";
    restore: "Proposer de nouveau", "Offer again";
    archived: "archivé", "archived";
    archived_help: "On ne crée plus de service de ce type. Ceux qui existent restent.", "No new services are made of it. Those that there are stay.";
    type_state(crew: &str, price: &str): format!("Géré par « {crew} », {price}."), format!("Managed by “{crew}”, {price}.");
    prices: "Montants", "Amounts";
    always: "depuis toujours", "since always";
    see_services: "Voir les services", "See the services";
}

/// "12,00 € par mois".
pub fn price_per(l: Locale, price: &str, months: u32) -> Text {
    match (l, months) {
        (Locale::Fr, 1) => format!("{price} par mois"),
        (Locale::En, 1) => format!("{price} a month"),
        (Locale::Fr, 12) => format!("{price} par an"),
        (Locale::En, 12) => format!("{price} a year"),
        (Locale::Fr, n) => format!("{price} pour {n} mois"),
        (Locale::En, n) => format!("{price} for {n} months"),
    }
    .into()
}

/// How many there are, in one sentence.
pub fn counts(l: Locale, counts: &Counts) -> Text {
    let (free, used, late) = (
        l.count(counts.available),
        l.count(counts.in_use),
        l.count(counts.late),
    );
    match l {
        Locale::Fr => {
            let is = Locale::Fr.plural(counts.available, "disponible", "disponibles");
            format!("{used} en service, dont {late} en retard ; {free} {is}.").into()
        }
        Locale::En => format!("{used} in use, {late} of them late; {free} available.").into(),
    }
}

/// Where a service stands.
pub fn state_word(l: Locale, state: State) -> Text {
    let (fr, en) = match state {
        State::Available => ("disponible", "available"),
        State::InUse => ("en service", "in use"),
        State::Closed => ("fermé", "closed"),
    };
    Text::from(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}

/// A state, as a filter offers it.
pub fn state_filter(l: Locale, state: StateFilter) -> Text {
    let (fr, en) = match state {
        StateFilter::Available => ("disponibles", "available"),
        StateFilter::InUse => ("en service", "in use"),
        StateFilter::Late => ("en retard de paiement", "late with payments"),
        StateFilter::Closed => ("fermés", "closed"),
    };
    Text::from(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}

/// How a service stands with its payments.
pub fn paid(l: Locale, paid: Paid) -> Text {
    match (l, paid) {
        (_, Paid::Free) => free(l),
        (Locale::Fr, Paid::Until { day }) => format!("payé jusqu’au {}", l.day(day)).into(),
        (Locale::En, Paid::Until { day }) => format!("paid until {}", l.day(day)).into(),
        (Locale::Fr, Paid::Late { since: Some(day) }) => {
            format!("en retard depuis le {}", l.day(after(day))).into()
        }
        (Locale::En, Paid::Late { since: Some(day) }) => {
            format!("late since {}", l.day(after(day))).into()
        }
        (Locale::Fr, Paid::Late { since: None }) => "jamais payé".into(),
        (Locale::En, Paid::Late { since: None }) => "never paid".into(),
        (Locale::Fr, Paid::Over) => "terminé".into(),
        (Locale::En, Paid::Over) => "ended".into(),
    }
}

fn after(day: Day) -> Day {
    day.succ_opt().unwrap_or(day)
}

/// Why something is due for a service, in one sentence.
pub fn why(l: Locale, due: &Due) -> Text {
    let start = match (l, due.why.start) {
        (Locale::Fr, Start::Follows) => "à la suite de ce qui est payé ou saisi",
        (Locale::En, Start::Follows) => "following what is paid or entered",
        (Locale::Fr, Start::Joined) => "depuis le premier jour du service",
        (Locale::En, Start::Joined) => "from the first day of the service",
        (Locale::Fr, Start::Restart) => "un nouveau départ, le passé n’est pas réclamé",
        (Locale::En, Start::Restart) => "a fresh start, the past is not claimed",
    };
    format!("{}, {start}.", why_amount(l, due)).into()
}

/// A colour's name.
pub fn colour_name(l: Locale, colour: Colour) -> Text {
    let (fr, en) = match colour {
        Colour::Blue => ("bleu", "blue"),
        Colour::Cyan => ("cyan", "cyan"),
        Colour::Moss => ("mousse", "moss"),
        Colour::Gold => ("or", "gold"),
        Colour::Orange => ("orange", "orange"),
        Colour::Pink => ("rose", "pink"),
        Colour::Plum => ("prune", "plum"),
        Colour::Slate => ("ardoise", "slate"),
    };
    Text::from(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}
