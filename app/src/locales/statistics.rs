//! Texts of the statistics.

use super::Text;
use super::home::month_of;
use domain::kernel::{Cents, Day, Locale};
use domain::statistics::{Coming, MONTHS_MAX};

texts! {
    title: "Statistiques", "Statistics";
    state(first: Day, last: Day, on: Day):
        format!("De {} à {}, au {}.", month_of(Locale::Fr, first), month_of(Locale::Fr, last), Locale::Fr.day(on)),
        format!("From {} to {}, as of {}.", month_of(Locale::En, first), month_of(Locale::En, last), Locale::En.day(on));
    from: "De", "From";
    until: "À", "To";
    on: "Au", "As of";
    type_: "Type", "Type";
    show: "Afficher", "Show";

    services: "Services", "Services";
    of_type(name: &str): format!("Services : {name}"), format!("Services: {name}");
    no_type: "Vos équipes ne gèrent aucun type de services. Ce que rapportent les autres, l’équipe banque le voit.",
        "Your crews manage no type of services. The bank crew sees what the others bring.";
    active: "En service", "In use";
    active_help: "au moins un jour du dernier mois", "on a day of the last month at least";
    stock: "En stock", "In stock";
    stock_help: "prêts, sans personne, à la fin", "ready, with nobody, at the end";
    received: "Reçu", "Received";
    received_of(expected: Cents): format!("sur {} attendus", Locale::Fr.money(expected)), format!("of {} expected", Locale::En.money(expected));
    owed: "Dû", "Owed";
    owed_help(n: i64):
        format!("par {} {}, à la fin", Locale::Fr.count(n), Locale::Fr.plural(n, "service", "services")),
        format!("by {} {}, at the end", Locale::En.count(n), Locale::En.plural(n, "service", "services"));
    received_finding(sum: Cents, expected: Cents):
        format!("{} reçus pour {} attendus", Locale::Fr.money(sum), Locale::Fr.money(expected)),
        format!("{} received, {} expected", Locale::En.money(sum), Locale::En.money(expected));
    received_what: "Ce que les services ont rapporté, par mois de réception ; le trait dit ce qui était attendu",
        "What services brought, by month of receipt; the line says what was expected";
    received_mark: "Barre : reçu. Trait : attendu.", "Bar: received. Line: expected.";
    by_month: "Mois par mois", "Month by month";
    by_type: "Type par type", "Type by type";
    month: "Mois", "Month";
    begun: "Commencés", "Begun";
    ended: "Terminés", "Ended";
    expected: "Attendu", "Expected";
    average: "Moyenne", "Average";
    owing: "En retard", "Late";
    total: "En tout", "In all";

    how: "Comment c’est compté", "How this is counted";
    how_on: "Au jour dit : ce qui a été reçu jusque-là et qui est validé aujourd’hui, qui avait quel service jusque-là. Le jour de la saisie ne compte pas.",
        "As of the day: what was received by then and is validated today, who had which service until then. When it was typed in does not count.";
    how_active: "En service : quelqu’un l’a eu au moins un jour du mois. Commencés, terminés : premiers et derniers jours qui tombent dans le mois.",
        "In use: somebody had it on a day of the month at least. Begun, ended: first and last days that fall into the month.";
    how_stock: "En stock : préparé, pas fermé, et à personne le dernier jour du mois.",
        "In stock: prepared, not closed, and nobody’s on the month’s last day.";
    how_expected: "Attendu : le prix des périodes qui commencent dans le mois, au tarif de ce jour ou au montant convenu, sans celles qui ont été offertes.",
        "Expected: what the periods cost that begin in the month, at that day’s price or the agreed amount, without those that were waived.";
    how_received: "Reçu : les paiements validés de services, au jour où ils sont arrivés, moins ce qui a été rendu.",
        "Received: validated payments for services, on the day when they came, less what was given back.";
    how_owed: "Dû : ce qui avait commencé à la fin du mois et que rien ne payait encore. En retard : le nombre de ces services.",
        "Owed: what had begun by the month’s end and nothing had paid yet. Late: how many services that were.";
    how_average: "Moyenne : ce qui a été reçu, par service en service et par mois.",
        "Average: what was received, for each service in use and each month.";
    how_long: format!("Cinq ans au plus, soit {MONTHS_MAX} mois à la fois."), format!("Five years at most: {MONTHS_MAX} months at a time.");

    members: "Membres", "Members";
    members_finding(in_order: i64, all: i64):
        format!("{} {} sur {} {} en règle", Locale::Fr.count(in_order), Locale::Fr.plural(in_order, "membre", "membres"), Locale::Fr.count(all), Locale::Fr.plural(in_order, "est", "sont")),
        format!("{} of {} {} in order", Locale::En.count(in_order), Locale::En.count(all), Locale::En.plural(in_order, "member is", "members are"));
    members_what: "Membres en règle à la fin de chaque mois ; le trait dit combien de membres il y avait",
        "Members in order at the end of each month; the line says how many members there were";
    members_mark: "Barre : en règle. Trait : tous les membres.", "Bar: in order. Line: all members.";
    in_order: "En règle", "In order";
    out_of_order: "Pas en règle", "Not in order";
    joined: "Arrivés", "Joined";
    left: "Partis", "Left";
    members_help: "En règle : une cotisation reçue jusque-là paye le dernier jour du mois, ou il n’y a rien à payer.",
        "In order: dues that had come by then pay the month’s last day, or nothing is to be paid.";

    coming: "Cotisations à venir", "Dues to come";
    coming_finding(sum: Cents, months: usize):
        format!("{} arrivent à échéance en {months} mois", Locale::Fr.money(sum)),
        format!("{} become due within {months} months", Locale::En.money(sum));
    coming_nothing: "Aucune cotisation n’arrive à échéance en douze mois.", "No dues become due within twelve months.";
    coming_what: "Cotisations qui arrivent à échéance, par mois", "Dues that become due, by month";
    coming_help: "Si chaque membre en règle le reste, et paye son tarif d’aujourd’hui le jour venu. Ceux qui sont déjà en retard, et ceux qui viendront, ne comptent pas ici.",
        "If each member who is in order stays so, and pays what is said today when the day comes. Those who are late already, and those who are yet to come, do not count here.";
    count: "Nombre", "Number";
    amount: "Montant", "Amount";
    type_name: "Type", "Type";
}

/// The rest of a month, or a month: "mars 2027".
pub fn coming_month(l: Locale, coming: &Coming) -> Text {
    let month = month_of(l, coming.from);
    match (chrono::Datelike::day(&coming.from), l) {
        (1, _) => month.into(),
        (_, Locale::Fr) => format!("reste de {month}").into(),
        (_, Locale::En) => format!("rest of {month}").into(),
    }
}
