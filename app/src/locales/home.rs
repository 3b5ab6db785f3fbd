//! Texts of the first page.

use domain::kernel::{Cents, Locale};

texts! {
    hello(name: &str): format!("Bonjour {name}"), format!("Hello {name}");
    all_well: "Rien n’attend. Tout va bien.", "Nothing is waiting. All is well.";
    waits(n: i64):
        format!("{} {} l’équipe banque.", Locale::Fr.count(n), Locale::Fr.plural(n, "paiement attend", "paiements attendent")),
        format!("{} {} for the bank crew.", Locale::En.count(n), Locale::En.plural(n, "payment waits", "payments wait"));
    to_validate: "À valider", "To validate";
    validate: "Valider des paiements", "Validate payments";
    enter: "Ajouter un paiement", "Add a payment";
    sum_since(sum: Cents, days: i64):
        format!("{}, depuis {} {}", Locale::Fr.money(sum), Locale::Fr.count(days), Locale::Fr.plural(days, "jour", "jours")),
        format!("{}, for {} {}", Locale::En.money(sum), Locale::En.count(days), Locale::En.plural(days, "day", "days"));
    nothing_waits: "rien n’attend", "nothing waits";
    late: "En retard", "Late";
    late_help: "cotisation échue", "dues have run out";
    members: "Membres", "Members";
    in_order(n: i64): format!("dont {} en règle", Locale::Fr.count(n)), format!("of whom {} in order", Locale::En.count(n));
    never: "Jamais payé", "Never paid";
    never_help: "depuis leur adhésion", "since they joined";
}
