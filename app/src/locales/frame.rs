//! Texts of the frame around every page, of lists, forms and error pages.

use domain::kernel::Locale;

texts! {
    skip: "Aller au contenu", "Skip to the content";
    product: "Équipage", "Equipage";
    menu: "Menu", "Menu";
    main_navigation: "Navigation principale", "Main navigation";
    language: "Langue", "Language";
    sign_out: "Se déconnecter", "Sign out";
    sign_in: "Se connecter", "Sign in";
    home: "Accueil", "Home";
    my_page: "Mon espace", "My page";
    members: "Membres", "Members";
    people: "Personnes", "People";
    dues: "Cotisations", "Dues";
    payments: "Paiements", "Payments";
    queue: "À valider", "To validate";
    receipts: "Reçus", "Receipts";
    reminders: "Rappels", "Reminders";
    services: "Services", "Services";
    service_types: "Types", "Types";
    statistics: "Statistiques", "Statistics";
    waiting: " à valider", " to validate";
    crews: "Équipes", "Crews";
    organisation: "Organisation", "Organisation";
    audit: "Traces", "Audit";
    settings: "Réglages", "Settings";
    imports: "Importer", "Import";
    footer: "Équipage, logiciel libre", "Equipage, free software";

    save: "Enregistrer", "Save";
    cancel: "Annuler la saisie", "Cancel";
    optional: "facultatif", "optional";
    all: "tous", "all";
    filter: "Filtrer", "Filter";
    clear_filters: "Enlever les filtres", "Clear the filters";
    previous: "Précédents", "Previous";
    next: "Suivants", "Next";
    pages: "Pages", "Pages";
    range(from: i64, to: i64, total: i64):
        format!("{}–{} sur {}", Locale::Fr.count(from), Locale::Fr.count(to), Locale::Fr.count(total)),
        format!("{}–{} of {}", Locale::En.count(from), Locale::En.count(to), Locale::En.count(total));
    to_mend(n: i64):
        if n < 2 { "Une réponse est à corriger".to_owned() } else { format!("{n} réponses sont à corriger") },
        if n == 1 { "One answer needs to be corrected".to_owned() } else { format!("{n} answers need to be corrected") };
    at_time(day: &str, time: &str): format!("{day} à {time}"), format!("{day}, {time}");

    not_found_title: "Cette page n’existe pas", "There is no such page";
    refused_title: "Ce n’est pas permis", "This is not allowed";
    sign_in_title: "Il faut se connecter", "You need to sign in";
    failed_title: "Cela n’a pas marché", "That did not work";
    limit_title: "C’est trop", "That is too much";
    back_home: "Revenir à l’accueil", "Back to the home page";
    code: "Code", "Code";
}
