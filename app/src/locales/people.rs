//! Texts of the pages of people and organisations.

use super::Text;
use domain::kernel::Locale;
use domain::people::Kind;

texts! {
    state: "Toutes les personnes et organisations connues, membres ou non.", "Everybody who is known here, members or not.";
    search: "Chercher une personne ou une organisation", "Search for a person or an organisation";
    search_in: "Nom, numéro, ville, adresse électronique", "Name, number, city, e-mail address";
    caption: "Personnes et organisations, par nom", "People and organisations, by name";
    column_name: "Nom", "Name";
    column_number: "Numéro", "Number";
    column_kind: "Genre", "Kind";
    column_city: "Ville", "City";
    column_email: "Adresse électronique", "E-mail address";
    filter_membership: "Adhésion", "Membership";
    only_members: "membres", "members";
    not_members: "non membres", "not members";
    not_a_member: "non membre", "not a member";
    none_yet: "Personne n’est encore connu ici.", "Nobody is known here yet.";
    none_yet_help: "Ajoutez une première personne ou organisation.", "Add a first person or organisation.";
    none_found: "Personne ne correspond", "Nobody matches";
    none_found_help: "La recherche porte sur le nom, le numéro, la ville, le téléphone et l’adresse électronique. Essayez avec moins de mots, ou enlevez les filtres.",
        "The search looks at names, numbers, cities, telephone numbers and e-mail addresses. Try fewer words, or clear the filters.";
    found(n: i64):
        if n == 0 { "Personne ne correspond".to_owned() } else { format!("{} {}", Locale::Fr.count(n), Locale::Fr.plural(n, "trouvé", "trouvés")) },
        if n == 0 { "Nobody matches".to_owned() } else { format!("{} found", Locale::En.count(n)) };

    add: "Ajouter une personne", "Add a person";
    new_title: "Ajouter une personne ou une organisation", "Add a person or an organisation";
    new_state: "Qui n’est pas membre, ou pas encore : contact, donateur, fournisseur…", "Those who are no members, or not yet: contacts, donors, suppliers…";
    edit_title(name: &str): format!("Modifier {name}"), format!("Edit {name}");
    edit: "Modifier", "Edit";
    who: "Qui est-ce ?", "Who is it?";
    a_person: "Une personne", "A person";
    an_organisation: "Une organisation", "An organisation";
    an_organisation_help: "association, entreprise, commune…", "association, company, municipality…";
    given_name: "Prénom", "Given name";
    name: "Nom", "Name";
    name_help: "Le nom de famille, ou le nom de l’organisation.", "The family name, or the organisation’s name.";
    email: "Adresse électronique", "E-mail address";
    phone: "Téléphone", "Telephone";
    postal: "Adresse postale", "Postal address";
    street: "Rue", "Street";
    postcode: "Code postal", "Postcode";
    city: "Ville", "City";
    country: "Pays", "Country";
    note: "Remarque", "Note";
    note_help: "Pour les équipes seulement : le membre ne la voit pas.", "For the crews only: the member does not see it.";
    save_new: "Ajouter", "Add";
    leave: "Annuler", "Cancel";
    start_again: "Repartir de ce qui est enregistré", "Start again from what is saved";

    similar_title: "Peut-être déjà là", "Maybe here already";
    similar_help: "Même adresse électronique ou même nom. Si c’est la même personne ou organisation, ouvrez sa fiche plutôt que d’en créer une deuxième.",
        "The same e-mail address or the same name. If it is the same person or organisation, open its page rather than adding it twice.";
    add_anyway: "Créer quand même", "Add anyway";

    facts: "Coordonnées", "Contact details";
    address: "Adresse", "Address";
    known_since: "Connu depuis", "Known since";
    nothing_known: "Ni adresse, ni téléphone pour l’instant.", "No address or telephone number yet.";
    contacts: "Contacts", "Contacts";
    contacts_help: "Un contact voit l’adhésion et les paiements de l’organisation.", "A contact sees the organisation’s membership and payments.";
    contacts_none: "Aucun contact pour l’instant.", "No contact yet.";
    contacts_caption: "Contacts de l’organisation", "Contacts of the organisation";
    contact_of: "Contact de", "Contact of";
    contact: "Contact", "Contact";
    role: "Rôle", "Role";
    role_help: "Par exemple : trésorière", "For instance: treasurer";
    person: "Personne", "Person";
    person_help: "Son nom ou son adresse électronique. La personne doit déjà être connue.", "The name or the e-mail address. The person must be known already.";
    which_person: "Laquelle ?", "Which one?";
    add_contact: "Ajouter le contact", "Add the contact";
    remove: "Enlever", "Remove";
    remove_whom(name: &str): format!(" {name} des contacts"), format!(" {name} from the contacts");

    membership: "Adhésion", "Membership";
    is_member(number: &str): format!("Membre {number}"), format!("Member {number}");
    see_member: "Voir l’adhésion et les paiements", "See membership and payments";
    make_member: "Faire membre", "Make a member";
    make_member_help: "Le numéro de membre est donné à l’enregistrement.", "The member number is given when it is saved.";

    history: "Historique", "History";
    history_by: " par ", " by ";
    history_none: "Rien n’a changé depuis l’arrivée ici.", "Nothing has changed since the arrival here.";
    command_line: "la ligne de commande", "the command line";
}

/// A kind, in a word.
pub fn kind(l: Locale, kind: Kind) -> Text {
    Text::from(match (l, kind) {
        (Locale::Fr, Kind::Person) => "personne",
        (Locale::Fr, Kind::Organisation) => "organisation",
        (Locale::En, Kind::Person) => "person",
        (Locale::En, Kind::Organisation) => "organisation",
    })
}

/// Kinds, as a filter offers them.
pub fn kinds(l: Locale, kind: Kind) -> Text {
    Text::from(match (l, kind) {
        (Locale::Fr, Kind::Person) => "personnes",
        (Locale::Fr, Kind::Organisation) => "organisations",
        (Locale::En, Kind::Person) => "people",
        (Locale::En, Kind::Organisation) => "organisations",
    })
}

/// What was done, as a history tells it before " by": "Fiche créée".
pub fn done(l: Locale, object: &str, action: &str) -> Text {
    let (fr, en) = match (object, action) {
        ("party", "added") => ("Fiche créée", "Added"),
        ("party", "changed") => ("Fiche modifiée", "Changed"),
        ("party", "contact_added") => ("Contact ajouté", "Contact added"),
        ("party", "contact_changed") => ("Contact modifié", "Contact changed"),
        ("party", "account_added") => ("Compte bancaire ajouté", "Bank account added"),
        ("party", "account_removed") => ("Compte bancaire retiré", "Bank account removed"),
        ("party", "account_preferred") => ("Compte bancaire choisi", "Bank account chosen"),
        ("party", "account_seen") => ("Compte bancaire vu en entier", "Whole bank account seen"),
        ("party", "mandate_added") => ("Mandat enregistré", "Mandate entered"),
        ("party", "mandate_revoked") => ("Mandat révoqué", "Mandate revoked"),
        ("party", "contact_removed") => ("Contact enlevé", "Contact removed"),
        ("login", "added") => ("Accès donné", "Access given"),
        ("login", "link_made") => ("Lien fait", "Link made"),
        ("login", "password_chosen") => ("Mot de passe choisi", "Password chosen"),
        ("login", "password_changed") => ("Mot de passe changé", "Password changed"),
        ("login", "password_set") => ("Mot de passe donné", "Password given"),
        ("login", "disabled") => ("Accès désactivé", "Access disabled"),
        ("login", "enabled") => ("Accès réactivé", "Access enabled"),
        ("login", "sessions_ended") => ("Déconnexion partout", "Signed out everywhere"),
        ("service", "added") => ("Service préparé", "Prepared"),
        ("service", "changed") => ("Service modifié", "Changed"),
        ("service", "given") => ("Donné à un membre", "Given to a member"),
        ("service", "holding_changed") => ("Dates ou montant changés", "Days or amount changed"),
        ("service", "holding_removed") => ("Retiré : une erreur", "Removed: a mistake"),
        ("address", "given") => ("Adresse donnée", "Address given"),
        ("address", "ended") => ("Adresse reprise", "Address taken back"),
        ("address", "removed") => ("Adresse retirée : une erreur", "Address removed: a mistake"),
        ("prefix", "added") => ("Préfixe ajouté", "Prefix added"),
        ("prefix", "changed") => ("Préfixe modifié", "Prefix changed"),
        ("prefix", "reserved") => ("Adresses réservées", "Addresses reserved"),
        ("prefix", "released") => ("Réservation levée", "Reservation lifted"),
        ("member", "added") => ("Adhésion enregistrée", "Membership entered"),
        ("member", "changed") => ("Adhésion modifiée", "Membership changed"),
        ("member", "dues_changed") => ("Cotisation changée", "Dues changed"),
        ("member", "dues_removed") => ("Cotisation retirée", "Dues removed"),
        ("member", "payer_changed") => ("Payeur changé", "Payer changed"),
        ("member", "reference_added") => ("Ancien numéro noté", "Former number noted"),
        ("member", "reference_removed") => ("Ancien numéro retiré", "Former number removed"),
        (_, other) => return Text::from(other.replace('_', " ")),
    };
    Text::from(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}

/// A field of the audit, as a history names it.
pub fn field(l: Locale, name: &str) -> Option<Text> {
    let text = match name {
        "given_name" => given_name(l),
        "name" => self::name(l),
        "email" => email(l),
        "phone" => phone(l),
        "street" => street(l),
        "postcode" => postcode(l),
        "city" => city(l),
        "country" => country(l),
        "note" => note(l),
        "kind" => column_kind(l),
        "joined_on" => super::members::joined_on(l),
        "left_on" => super::members::left_on(l),
        "extra" => super::extra::more_fields(l),
        _ => return None,
    };
    Some(text)
}
