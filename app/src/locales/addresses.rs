//! Texts of addresses: prefixes, who has what of them, who had it.

use super::Text;
use domain::kernel::Locale;
use domain::services::addresses::CellState;

texts! {
    title: "Adresses", "Addresses";
    state(n: i64):
        format!("{} {}. Chaque adresse n’appartient qu’à un service à la fois.", Locale::Fr.count(n), Locale::Fr.plural(n, "préfixe", "préfixes")),
        format!("{} {}. Each address belongs to one service at a time.", Locale::En.count(n), Locale::En.plural(n, "prefix", "prefixes"));
    caption: "Préfixes, par adresse", "Prefixes, by address";
    search: "Chercher", "Search";
    search_in: "adresse, préfixe ou nom", "address, prefix or name";
    prefix: "Préfixe", "Prefix";
    label: "Nom", "Name";
    label_help: "À quoi il sert : « Clients fibre », « Infrastructure »…", "What it is for: “Fibre customers”, “Infrastructure”…";
    use_: "Utilisation", "Use";
    free: "Libre", "Free";
    used_of(used: &str, total: &str): format!("{used} sur {total}"), format!("{used} of {total}");
    reserved_count(n: &str): format!("{n} en réserve"), format!("{n} reserved");
    none_yet: "Pas encore de préfixe", "No prefix yet";
    none_yet_help: "Un préfixe dit quelles adresses vous pouvez donner à vos services.", "A prefix says which addresses you can give to your services.";
    none_found: "Aucun préfixe ne porte ce nom", "No prefix has this name";
    found_title(what: &str): format!("Ce qu’on sait de {what}"), format!("What is known of {what}");
    found_nowhere: "Cette adresse n’est dans aucun de vos préfixes.", "This address is in none of your prefixes.";
    found_in: "Dans le préfixe", "In the prefix";
    found_free: "Aucun service ne l’a, ni ne l’a eue.", "No service has it, nor had it.";
    is_reserved(why: &str): format!("Réservée : {why}."), format!("Reserved: {why}.");

    add: "Ajouter un préfixe", "Add a prefix";
    add_state: "Sa place parmi les autres suit de ses adresses.", "Its place among the others follows from its addresses.";
    add_button: "Ajouter le préfixe", "Add the prefix";
    network: "Adresses", "Addresses";
    network_help: "Par exemple 192.0.2.0/24 ou 2001:db8::/48.", "For example 192.0.2.0/24 or 2001:db8::/48.";
    hands_out: "On y donne des", "What is handed out";
    hands_out_help: "Une longueur : 32 pour des adresses IPv4, 29 pour des blocs de huit, 64, 56 ou 48 en IPv6. Vide : rien, il contient seulement d’autres préfixes.", "A length: 32 for IPv4 addresses, 29 for blocks of eight, 64, 56 or 48 in IPv6. Empty: nothing, it only holds other prefixes.";
    kinds: "Pour les services de type", "For services of type";
    kinds_help: "Aucun coché : tous les types qui ont des adresses.", "None ticked: every type that has addresses.";
    kinds_none: "Aucun type de services n’a d’adresses pour l’instant : cochez-le sur la page du type.", "No service type has addresses yet: tick it on the type’s page.";
    ends: "Réserver la première et la dernière adresse (réseau et diffusion)", "Reserve the first and the last address (network and broadcast)";
    note: "Note", "Note";
    note_help: "Pour les équipes.", "For the crews.";
    leave_new: "Renoncer", "Do not add";
    leave: "Ne rien changer", "Change nothing";
    edit: "Modifier", "Edit";
    edit_title(what: &str): format!("Modifier {what}"), format!("Edit {what}");
    save: "Enregistrer", "Save";
    delete: "Supprimer ce préfixe", "Delete this prefix";
    delete_help: "Seulement si rien n’y a jamais été donné. Les préfixes qu’il contient restent.", "Only where nothing was ever handed out. The prefixes in it stay.";

    hands_out_each(length: u8): format!("On y donne des /{length}."), format!("It hands out /{length}.");
    hands_out_none: "Il contient seulement d’autres préfixes.", "It only holds other prefixes.";
    next_free(what: &str): format!("Prochaine libre : {what}."), format!("Next free: {what}.");
    is_full: "Plus rien n’est libre.", "Nothing is free.";
    map: "Carte", "Map";
    map_of(what: &str): format!("Carte de {what}"), format!("Map of {what}");
    map_finding(used: i64, total: i64):
        format!("{} sur {} parts sont utilisées, en tout ou en partie.", Locale::Fr.count(used), Locale::Fr.count(total)),
        format!("{} of {} parts are used, all or some of them.", Locale::En.count(used), Locale::En.count(total));
    map_figures: "La même chose en tableau", "The same as a table";
    map_part: "Adresses", "Addresses";
    map_state: "État", "State";
    map_closer: "voir de plus près", "look closer";
    map_whole: "Tout le préfixe", "The whole prefix";
    taken: "Adresses données", "Addresses given";
    taken_caption: "Adresses données, dans l’ordre des adresses", "Addresses given, in their order";
    taken_none: "Rien n’y est donné.", "Nothing of it is given.";
    with_past: "Montrer aussi le passé", "Show the past, too";
    without_past: "Sans le passé", "Without the past";
    address: "Adresse", "Address";
    service: "Service", "Service";
    another_crew: "à une autre équipe", "another crew’s";
    since: "Depuis", "Since";
    until: "Jusqu’à", "Until";
    ongoing: "en cours", "ongoing";

    reserved: "Réservé", "Reserved";
    reserved_caption: "Ce qui n’est pas donné, et pourquoi", "What is not given, and why";
    reserved_none: "Rien n’est réservé.", "Nothing is reserved.";
    range: "Adresses à réserver", "Addresses to reserve";
    range_help: "Une adresse, un préfixe, ou la première et la dernière : 192.0.2.1 - 192.0.2.9.", "An address, a prefix, or the first and the last: 192.0.2.1 - 192.0.2.9.";
    reason: "Raison", "Reason";
    reason_help: "Passerelle, infrastructure…", "Gateway, infrastructure…";
    reserve: "Réserver", "Reserve";
    release: "Ne plus réserver", "Release";
    release_which(what: &str): format!("Ne plus réserver {what}"), format!("Release {what}");

    own: "Adresses", "Addresses";
    own_none: "Ce service n’a pas d’adresse.", "This service has no address.";
    give: "Donner une adresse", "Give an address";
    give_title(name: &str): format!("Donner une adresse à {name}"), format!("Give an address to {name}");
    give_state: "Écrivez-la, ou prenez la prochaine libre.", "Type it, or take the next free one.";
    give_which: "Adresse ou préfixe", "Address or prefix";
    give_which_help: "Vide : la prochaine libre du préfixe choisi ci-dessous.", "Empty: the next free one of the prefix chosen below.";
    give_from: "Prochaine libre de", "Next free of";
    give_none: "choisir un préfixe", "choose a prefix";
    give_button: "Donner l’adresse", "Give the address";
    no_prefix: "Aucun préfixe n’est prévu pour ce type de services.", "No prefix is there for this type of services.";
    offer(network: &str, label: &str, next: &str):
        format!("{network} · {label} (prochaine libre : {next})"),
        format!("{network} · {label} (next free: {next})");
    offer_full(network: &str, label: &str):
        format!("{network} · {label} (rien n’est libre)"),
        format!("{network} · {label} (nothing is free)");
    from_on: "À partir du", "From";
    from_time: "à", "at";
    from_help(zone: &str): format!("Vide : maintenant. Heure de {zone}."), format!("Empty: now. Time of {zone}.");
    one_title(what: &str): format!("Adresse {what}"), format!("Address {what}");
    end_or: "Reprendre", "Take back";
    end_state: "Elle redevient libre ; l’historique reste.", "It becomes free again; the history stays.";
    until_on: "Jusqu’au", "Until";
    end_button: "Reprendre l’adresse", "Take the address back";
    remove: "Retirer : c’était une erreur", "Remove: it was a mistake";
    remove_help: "Possible pendant une heure. L’audit en garde la trace.", "Possible for an hour. The audit keeps track of it.";
    is_over: "Cette adresse a été reprise : l’historique ne change plus.", "This address was taken back: history does not change.";
    closes_help: "Les adresses que le service a encore ce jour-là sont reprises.", "The addresses that the service still has on that day are taken back.";
    type_carries: "Ses services ont des adresses IP", "Its services have IP addresses";

    who: "Qui avait cette adresse ?", "Who had this address?";
    who_state: "Pour répondre à une demande légale. Chaque question est gardée, avec qui l’a posée et pourquoi.", "To answer a legal request. Each question is kept, with who asked it and why.";
    who_address: "Adresse", "Address";
    who_address_help: "Une seule adresse : 192.0.2.5 ou 2001:db8::5.", "A single address: 192.0.2.5 or 2001:db8::5.";
    who_on: "Jour", "Day";
    who_time: "Heure", "Time";
    who_time_help: "Avec les secondes si vous les avez.", "With seconds if you have them.";
    who_zone: "Cette heure est", "This time is";
    zone_local(zone: &str): format!("celle de {zone}"), format!("that of {zone}");
    zone_utc: "l’heure universelle (UTC)", "universal time (UTC)";
    who_reference: "Qui demande, et la référence de la demande", "Who asks, and the request’s reference";
    who_button: "Chercher", "Look it up";
    asked: "Questions posées", "Questions asked";
    asked_none: "Aucune question n’a encore été posée.", "No question has been asked yet.";
    asked_by: "Par", "By";
    asked_at: "Posée le", "Asked on";
    moment: "À ce moment", "At that moment";
    answer_title(address: &str): format!("Qui avait {address}"), format!("Who had {address}");
    reference: "Demande", "Request";
    question: "Question", "Question";
    answer: "Réponse", "Answer";
    not_ours: "Cette adresse n’est dans aucun de nos préfixes : nous ne savons rien d’elle.", "This address is in none of our prefixes: we know nothing of it.";
    nobody(prefix: &str):
        format!("Cette adresse est dans notre préfixe {prefix}, et aucun service ne l’avait à ce moment."),
        format!("This address is in our prefix {prefix}, and no service had it at that moment.");
    in_stock: "Le service avait cette adresse, mais aucun membre n’avait le service ce jour-là.", "The service had this address, but no member had the service on that day.";
    had_it(who: &str): format!("{who} avait le service qui avait cette adresse."), format!("{who} had the service that had this address.");
    is_edge: "Le service a changé de mains ce jour-là : on le sait au jour près, pas à l’heure près.", "The service changed hands on that very day: it is known by the day, not by the hour.";
    member: "Membre", "Member";
    number: "Numéro", "Number";
    postal: "Adresse postale", "Postal address";
    email: "Adresse électronique", "E-mail address";
    phone: "Téléphone", "Telephone";
    unknown: "inconnue", "not known";
    had_network: "Réseau donné", "Network given";
    had_from: "Donné le", "Given on";
    had_until: "Repris le", "Taken back on";
    held_from: "Avait le service depuis", "Had the service since";
    held_until: "Jusqu’au", "Until";
    still: "pas encore, au moment de la question", "not yet, when it was asked";
    evidence: "D’où on le sait", "How it is known";
    evidence_caption: "Lignes de l’audit", "Rows of the audit";
    evidence_id: "Ligne de l’audit", "Row of the audit";
    evidence_what: "Ce qui a été fait", "What was done";
    as_known: "Tel que connu le jour de la question.", "As known on the day of the question.";
    another_question: "Poser une autre question", "Ask another question";
    print: "Cette page s’imprime en réponse.", "This page can be printed as the answer.";
}

/// How a part of a map stands.
pub fn cell(l: Locale, state: CellState) -> Text {
    let (fr, en) = match state {
        CellState::Free => ("libre", "free"),
        CellState::Partly => ("en partie utilisé", "partly used"),
        CellState::Used => ("utilisé", "used"),
        CellState::Reserved => ("réservé", "reserved"),
        CellState::Inner => ("autre préfixe", "another prefix"),
    };
    Text::from(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}

/// Why something is reserved: two reasons are the program's own words.
pub fn why(l: Locale, reason: &str) -> Text {
    let (fr, en) = match reason {
        "network" => ("réseau", "network"),
        "broadcast" => ("diffusion", "broadcast"),
        other => return Text::from(other.to_owned()),
    };
    Text::from(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}
