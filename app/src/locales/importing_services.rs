//! Texts of the import of services and of addresses.

use super::Text;
use domain::import::services::{Part, Removed, Report, Step, Why};
use domain::kernel::Locale;

texts! {
    title: "Importer des services", "Import services";
    state: "Des services, qui les a, et leurs adresses, depuis un fichier d’un autre programme. Rien n’est écrit avant l’aperçu.",
        "Services, who has them, and their addresses, from a file of another program. Nothing is written before the preview.";
    understood: "Ce que le fichier peut dire", "What the file may say";
    of_services: "Services", "Services";
    of_services_help: "Une ligne par service, ou par membre qui l’a eu : type, nom, membre (numéro, ancien numéro, courriel ou nom), début, fin, notes, fermeture.",
        "One row per service, or per member who had it: type, name, member (number, former number, e-mail or name), start, end, notes, closed on.";
    of_addresses: "Adresses", "Addresses";
    of_addresses_help: "Un fichier avec une colonne d’adresses donne des adresses à des services qui existent : service (identifiant, ou type et nom), adresse ou réseau, début, fin. Créez d’abord les préfixes.",
        "A file with a column of addresses gives addresses to services that are there: service (id, or type and name), address or network, start, end. Set up the prefixes first.";
    twice: "Importer deux fois le même fichier n’ajoute rien la seconde fois.", "Importing the same file twice adds nothing the second time.";
    only_own: "Seuls les types de vos équipes : une ligne d’une autre équipe est refusée.", "Only the types of your crews: another crew’s row is refused.";
    to_services: "Revenir aux services", "Back to the services";
    source_help: "Les identifiants sont gardés sous ce nom : le même pour le fichier des services et celui des adresses.",
        "Ids are kept under this name: the same for the file of services and for the one of addresses.";
    kind: "Type, quand le fichier n’en dit pas", "Type, where the file says none";
    no_kind: "Aucun", "None";
    keep_columns: "Relire le fichier ainsi", "Read the file like this";
    preview: "Aperçu", "Preview";
    services_added: "Nouveaux services", "New services";
    services_known: "Services déjà là", "Services already there";
    holdings_added: "Attributions à des membres", "Given to members";
    holdings_known: "Attributions déjà là", "Given already";
    allocations_added: "Adresses attribuées", "Addresses given";
    allocations_known: "Adresses déjà là", "Addresses already there";
    service: "Service", "Service";
    gets: "Membre ou adresse", "Member or address";
    does: "Ce qui se passe", "What happens";
    nothing_new: "Tout ce que dit ce fichier est déjà là.", "All that this file says is there already.";
    import: "Importer", "Import";
    finish: "Terminer sans rien ajouter", "Finish without adding anything";
    done_title: "Import terminé", "Import done";
    undone_title: "Import annulé", "Import undone";
    undone_help: "Tout ce qu’il avait ajouté est retiré. L’historique en garde la trace.", "All that it had added is gone. The history keeps what it was.";
    see_services: "Voir les services", "See the services";
    another: "Importer un autre fichier", "Import another file";
    undo_ask: "Annuler tout cet import", "Undo this whole import";
    undo_what(report: &Report):
        format!("{} : tout ce que l’import a ajouté est retiré.", brought(Locale::Fr, report)),
        format!("{}: all that the import added goes.", brought(Locale::En, report));
    undo_button: "Annuler l’import", "Undo the import";
    against: "Cet import ne peut plus être annulé : on s’en est servi depuis.", "This import cannot be undone any more: it has been built upon.";
    many_things: "rien de nouveau", "nothing new";
}

/// What becomes of a row's service.
pub fn step(l: Locale, step: Step) -> Text {
    Text::from(match (l, step) {
        (_, Step::Nothing) => "",
        (Locale::Fr, Step::New) => "nouveau",
        (Locale::En, Step::New) => "new",
        (Locale::Fr, Step::Known) => "déjà là",
        (Locale::En, Step::Known) => "already there",
        (Locale::Fr, Step::SameAsBefore) => "même service",
        (Locale::En, Step::SameAsBefore) => "same service",
    })
}

/// What becomes of the one who gets it, or of the address.
pub fn given(l: Locale, step: Step) -> Text {
    Text::from(match (l, step) {
        (_, Step::Nothing | Step::SameAsBefore) => "",
        (Locale::Fr, Step::New) => "attribué",
        (Locale::En, Step::New) => "given",
        (Locale::Fr, Step::Known) => "déjà attribué",
        (Locale::En, Step::Known) => "given already",
    })
}

/// What an import brought, in a few words.
pub fn brought(l: Locale, report: &Report) -> String {
    let removed = Removed {
        services: report.services_added,
        holdings: report.holdings_added,
        allocations: report.allocations_added,
    };
    let count = |n: usize, fr: (&'static str, &'static str), en: (&'static str, &'static str)| {
        let n = i64::try_from(n).unwrap_or(i64::MAX);
        let (one, many) = match l {
            Locale::Fr => fr,
            Locale::En => en,
        };
        (n > 0).then(|| format!("{} {}", l.count(n), l.plural(n, one, many)))
    };
    let parts = [
        count(
            removed.services,
            ("service", "services"),
            ("service", "services"),
        ),
        count(
            removed.holdings,
            ("attribution", "attributions"),
            ("given to a member", "given to members"),
        ),
        count(
            removed.allocations,
            ("adresse", "adresses"),
            ("address", "addresses"),
        ),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match parts.is_empty() {
        true => many_things(l).into_owned(),
        false => parts.join(", "),
    }
}

/// What a column holds.
pub fn part(l: Locale, part: Part) -> Text {
    Text::from(match (l, part) {
        (Locale::Fr, Part::Own(_)) => "Un champ de votre organisation",
        (Locale::En, Part::Own(_)) => "A field of your organisation",
        (Locale::Fr, Part::Ignore) => "rien",
        (Locale::En, Part::Ignore) => "nothing",
        (Locale::Fr, Part::Id) => "Identifiant du service",
        (Locale::En, Part::Id) => "Id of the service",
        (Locale::Fr, Part::Type) => "Type de service",
        (Locale::En, Part::Type) => "Type of service",
        (Locale::Fr, Part::Label) => "Nom du service",
        (Locale::En, Part::Label) => "Name of the service",
        (Locale::Fr, Part::Note) => "Note",
        (Locale::En, Part::Note) => "Note",
        (Locale::Fr, Part::ClosedOn) => "Fermé le",
        (Locale::En, Part::ClosedOn) => "Closed on",
        (Locale::Fr, Part::Member) => "Membre : numéro ou courriel",
        (Locale::En, Part::Member) => "Member: number or e-mail",
        (Locale::Fr, Part::MemberName) => "Membre : nom",
        (Locale::En, Part::MemberName) => "Member: name",
        (Locale::Fr, Part::From) => "Début",
        (Locale::En, Part::From) => "Start",
        (Locale::Fr, Part::Until) => "Fin",
        (Locale::En, Part::Until) => "End",
        (Locale::Fr, Part::Address) => "Adresse ou réseau",
        (Locale::En, Part::Address) => "Address or network",
    })
}

/// Why an import cannot be undone.
pub fn why(l: Locale, why: Why) -> Text {
    Text::from(match (l, why) {
        (Locale::Fr, Why::Changed) => "ce service a été modifié",
        (Locale::En, Why::Changed) => "this service was changed",
        (Locale::Fr, Why::Holding) => "il a été attribué ou modifié depuis",
        (Locale::En, Why::Holding) => "it was given, or that was changed since",
        (Locale::Fr, Why::Payment) => "un paiement a été saisi",
        (Locale::En, Why::Payment) => "a payment was entered",
        (Locale::Fr, Why::OtherImport) => "un autre import l’a retrouvé",
        (Locale::En, Why::OtherImport) => "another import found it",
        (Locale::Fr, Why::Address) => "il a reçu une adresse, ou une des siennes a pris fin",
        (Locale::En, Why::Address) => "it got an address, or one of its own was ended",
        (Locale::Fr, Why::Answered) => "on a demandé qui avait une de ses adresses",
        (Locale::En, Why::Answered) => "somebody asked who had an address of it",
    })
}
