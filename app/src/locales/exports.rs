//! Texts of files of lists: names, headers, and the words beside them. The headers of
//! people are among those that the import knows.

use super::Text;
use crate::exports::Name;
use domain::exports::Format;
use domain::kernel::Locale;

texts! {
    export: "Exporter cette liste :", "Export this list:";
    about: "À propos", "About";
    organisation: "Organisation", "Organisation";
    list: "Liste", "List";
    rows: "Lignes", "Rows";
    filter: "Filtre", "Filter";
    no_filter: "aucun : la liste entière", "none: the whole list";
    made_on: "Exporté le", "Exported on";
    made_by: "Exporté par", "Exported by";
    file_of_receipts(year: i64): format!("reçus-{year}"), format!("receipts-{year}");

    number: "Numéro", "Number";
    kind: "Nature", "Kind";
    given_name: "Prénom", "First name";
    name: "Nom", "Last name";
    email: "Courriel", "Email";
    phone: "Téléphone", "Phone";
    street: "Adresse", "Address";
    postcode: "Code postal", "Postcode";
    city: "Ville", "City";
    country: "Pays", "Country";
    joined_on: "Membre depuis", "Member since";
    left_on: "Date de départ", "Left on";
    situation: "Situation", "Situation";
    paid_until: "Cotisation payée jusqu’au", "Dues paid until";
    note: "Note", "Note";

    received_on: "Reçu le", "Received on";
    member_number: "Numéro de membre", "Member number";
    member: "Membre", "Member";
    what: "Pour", "For";
    from: "Du", "From";
    until: "Au", "Until";
    method: "Moyen", "Method";
    amount: "Montant", "Amount";
    state: "État", "State";
    entered_by: "Saisi par", "Entered by";
    entered_at: "Saisi le", "Entered on";
    validated_by: "Validé par", "Validated by";
    validated_at: "Validé le", "Validated on";
    receipt: "Reçu n°", "Receipt no.";

    issued_on: "Établi le", "Issued on";
    received_from: "Reçu de", "Received from";
    cancelled_on: "Annulé le", "Cancelled on";

    cycle: "Pour", "For";
    price: "Prix", "Price";
    members: "Membres", "Members";
    owing: "Doivent", "Owing";
    arrears: "Somme due", "Sum owed";

    file_name: "Fichier", "File";
    made_at: "Le", "On";
    by: "Par", "By";
    members_added: "Membres ajoutés", "Members added";
    payments_added: "Paiements ajoutés", "Payments added";

    at: "Quand", "When";
    who: "Qui", "Who";
    from_where: "D’où", "From where";
    action: "Quoi", "What";
    object: "Objet", "Object";
    object_name: "Nom", "Name";
    before: "Avant", "Before";
    after: "Après", "After";
}

/// A format, as its button says it.
pub fn format(l: Locale, format: Format) -> Text {
    Text::Borrowed(match (format, l) {
        (Format::Csv, _) => "CSV",
        (Format::Xlsx, Locale::Fr) => "Tableur (.xlsx)",
        (Format::Xlsx, Locale::En) => "Spreadsheet (.xlsx)",
        (Format::Pdf, Locale::Fr) => "Reçus à imprimer (PDF)",
        (Format::Pdf, Locale::En) => "Receipts to print (PDF)",
        (Format::Jsonl, Locale::Fr) => "Fichier à vérifier (JSONL)",
        (Format::Jsonl, Locale::En) => "File to verify (JSONL)",
    })
}

/// How a list's files are called.
pub fn file(l: Locale, list: Name) -> &'static str {
    match (list, l) {
        (Name::People, Locale::Fr) => "personnes",
        (Name::People, Locale::En) => "people",
        (Name::Members, Locale::Fr) => "membres",
        (Name::Members, Locale::En) => "members",
        (Name::Payments, Locale::Fr) => "paiements",
        (Name::Payments, Locale::En) => "payments",
        (Name::Queue, Locale::Fr) => "paiements-à-valider",
        (Name::Queue, Locale::En) => "payments-to-validate",
        (Name::Receipts, Locale::Fr) => "reçus",
        (Name::Receipts, Locale::En) => "receipts",
        (Name::Services, _) => "services",
        (Name::Dues, Locale::Fr) => "cotisations",
        (Name::Dues, Locale::En) => "dues",
        (Name::ServicesStats, Locale::Fr) => "statistiques-services",
        (Name::ServicesStats, Locale::En) => "services-statistics",
        (Name::MembersStats, Locale::Fr) => "statistiques-membres",
        (Name::MembersStats, Locale::En) => "members-statistics",
        (Name::Imports, _) => "imports",
        (Name::Reminders, Locale::Fr) => "rappels",
        (Name::Reminders, Locale::En) => "reminders",
        (Name::Audit, Locale::Fr) => "traces",
        (Name::Audit, Locale::En) => "audit",
        (Name::Prefixes, _) => "prefixes",
        (Name::Addresses, Locale::Fr) => "adresses",
        (Name::Addresses, Locale::En) => "addresses",
        (Name::AuditChain, Locale::Fr) => "traces-chaîne",
        (Name::AuditChain, Locale::En) => "audit-chain",
    }
}
