//! Texts about what is kept of one person: shown to them, and erased.

use super::Text;
use domain::kernel::Locale;
use domain::privacy::{Block, Reason, Why};

texts! {
    section: "Données personnelles", "Personal data";
    see: "Tout ce qui est gardé sur cette personne", "Everything that is kept about this person";
    to_erase: "Effacer cette personne", "Erase this person";
    own_title: "Mes données", "My data";
    own_state: "Ce que l’organisation garde sur vous. Les notes de ses équipes s’y ajoutent : demandez-les-lui.", "What the organisation keeps about you. Its crews’ notes come on top: ask it for them.";
    own_link: "Voir et télécharger tout ce qui est gardé sur vous", "See and download everything that is kept about you";
    data_title(name: &str): format!("Données de {name}"), format!("Data of {name}");
    data_state: "Tout ce qui est gardé sur cette personne. Relisez avant de transmettre : une note peut parler de quelqu’un d’autre.", "Everything that is kept about this person. Read it before you hand it on: a note may speak of somebody else.";
    download: "Télécharger (JSON)", "Download (JSON)";
    more(n: &str): format!("et {n} de plus dans le fichier"), format!("and {n} more in the file");
    nothing: "Rien d’autre que la ligne elle-même.", "Nothing but the row itself.";
    erase_title(name: &str): format!("Effacer {name}"), format!("Erase {name}");
    erase_state: "Le droit à l’effacement (RGPD, article 17). Rien ne le défait.", "The right to erasure (GDPR, article 17). Nothing undoes it.";
    erased_on(when: &str): format!("Cette personne a été effacée le {when}. Recommencer prend ce qui devait encore rester alors."), format!("This person was erased on {when}. Doing it again takes what still had to stay then.");
    blocked: "Cela doit d’abord prendre fin :", "This must end first:";
    goes: "Ce qui part", "What goes";
    stays: "Ce qui reste, et pourquoi", "What stays, and why";
    what: "Données", "Data";
    rows: "Lignes", "Rows";
    why_head: "Pourquoi", "Why";
    outcome: "Que se passe-t-il ?", "What happens";
    deleted: "supprimées", "deleted";
    emptied: "vidées de ce qui est personnel", "emptied of what is personal";
    audit_who: "Traces : le nom et l’adresse de qui a agi", "Audit: the name and address of who acted";
    audit_what: "Traces : ce qui était écrit sur la personne", "Audit: what was written about the person";
    audit_digest: "Reste de chaque trace : qu’il s’est passé quelque chose, quand, et une empreinte. La chaîne des traces reste vérifiable.", "Of each row this stays: that something happened, when, and a digest. The audit’s chain can still be verified.";
    becomes(name: &str): format!("La personne s’appellera « {name} »."), format!("The person will be called “{name}”.");
    by_hand: "Les textes que vous avez écrits ailleurs (la note d’un service, le nom d’une équipe) ne sont pas relus : regardez-les vous-même. Les sauvegardes gardent leur état jusqu’à leur remplacement.", "Texts that you wrote elsewhere (the note of a service, the name of a crew) are not read: look at them yourself. Backups stay as they are until they are replaced.";
    reason: "Motif", "Reason";
    confirmation: "Écrivez le nom de la personne", "Type the person’s name";
    confirmation_help(name: &str): format!("« {name} », pour être sûr que c’est bien elle."), format!("“{name}”, to be sure that it is them.");
    erase: "Effacer pour toujours", "Erase for ever";
}

/// Why a person is erased.
pub fn reason_of(l: Locale, reason: Reason) -> Text {
    let (fr, en) = match reason {
        Reason::Asked => ("La personne l’a demandé", "The person asked for it"),
        Reason::Over => (
            "Il n’y a plus de raison de garder ces données",
            "There is no reason any more to keep these data",
        ),
        Reason::Unlawful => (
            "Ces données n’auraient pas dû être gardées",
            "These data should not have been kept",
        ),
    };
    pick(l, fr, en)
}

/// Why something stays.
pub fn why(l: Locale, why: Why) -> Text {
    let (fr, en) = match why {
        Why::Accounting => (
            "La loi oblige à garder les pièces comptables dix ans (Code de commerce, article L123-22).",
            "The law has accounts and their vouchers kept for ten years (French Code de commerce, article L123-22).",
        ),
        Why::Mandate => (
            "Un mandat prouve un prélèvement : gardé quatorze mois après sa révocation, car treize mois durant il peut être contesté.",
            "A mandate proves a debit: kept for fourteen months after it was revoked, because for thirteen a debit can be contested.",
        ),
        Why::Answer => (
            "Une réponse à une réquisition est gardée telle qu’elle a été donnée.",
            "An answer to a legal request is kept as it was given.",
        ),
        Why::Nameless => (
            "Un numéro, des jours, des montants : plus rien n’y dit qui c’était.",
            "A number, days, amounts: nothing there says any more who it was.",
        ),
        Why::Import => (
            "L’ancien numéro évite qu’un même fichier, réimporté, ramène la personne.",
            "The former number keeps the same file, imported again, from bringing the person back.",
        ),
    };
    pick(l, fr, en)
}

/// What must end first.
pub fn block(l: Locale, block: Block) -> Text {
    let count = |n: i64, fr: (&str, &str), en: (&str, &str)| {
        let (one, many) = match l {
            Locale::Fr => fr,
            Locale::En => en,
        };
        let word = if n == 1 { one } else { many };
        Text::Owned(format!("{} {word}", l.count(n)))
    };
    match block {
        Block::Membership => pick(
            l,
            "l’adhésion : notez d’abord le départ",
            "the membership: enter first that they left",
        ),
        Block::Services { count: n } => count(
            n,
            ("service encore attribué", "services encore attribués"),
            (
                "service that they still have",
                "services that they still have",
            ),
        ),
        Block::Payments { count: n } => count(
            n,
            (
                "paiement à valider ou à supprimer",
                "paiements à valider ou à supprimer",
            ),
            (
                "payment to be validated or deleted",
                "payments to be validated or deleted",
            ),
        ),
        Block::Mandates { count: n } => count(
            n,
            (
                "mandat de prélèvement à révoquer",
                "mandats de prélèvement à révoquer",
            ),
            (
                "direct debit mandate to be revoked",
                "direct debit mandates to be revoked",
            ),
        ),
        Block::Yourself => pick(
            l,
            "c’est vous : demandez-le à quelqu’un d’autre",
            "it is you: ask somebody else",
        ),
    }
}

/// What is kept in a table.
pub fn place(l: Locale, table: &str) -> Text {
    let (fr, en) = match table {
        "parties" => (
            "Fiche : nom, adresses, téléphone, note",
            "Record: name, addresses, telephone, note",
        ),
        "organisation_contacts" => ("Contact d’organisations", "Contact of organisations"),
        "members" => ("Adhésion : numéro et dates", "Membership: number and days"),
        "member_references" => ("Anciens numéros", "Former numbers"),
        "member_payers" => ("Qui paie pour qui", "Who pays for whom"),
        "member_dues" => ("Cotisations convenues", "Dues that were agreed"),
        "coverage" => ("Périodes payées", "Periods paid"),
        "reminder_pauses" => ("Refus des rappels", "Reminders refused"),
        "payments" => ("Paiements", "Payments"),
        "receipts" => ("Reçus", "Receipts"),
        "service_holdings" => ("Services eus", "Services had"),
        "service_coverage" => ("Périodes de services payées", "Periods of services paid"),
        "address_questions" => ("Réponses à des réquisitions", "Answers to legal requests"),
        "extra_values" => ("Champs de l’organisation", "The organisation’s own fields"),
        "bank_mandates" => ("Mandats de prélèvement", "Direct debit mandates"),
        "bank_accounts" => ("Comptes bancaires", "Bank accounts"),
        "mails" => ("Courriels", "Mails"),
        "crew_people" => ("Équipes", "Crews"),
        "sessions" => ("Sessions ouvertes", "Open sessions"),
        "sign_in_failures" => ("Connexions manquées", "Sign-ins that failed"),
        "login_links" => ("Lien de connexion", "Sign-in link"),
        "logins" => ("Identifiant", "Login"),
        "account_numbers" => ("Numéro de compte Unix", "Number of the Unix account"),
        "imports" | "service_imports" => ("Fichiers déposés", "Uploaded files"),
        "plugin_objects" => (
            "Ce que des greffons ont fait ailleurs",
            "What plugins have made elsewhere",
        ),
        "duties" | "duty_runs" => ("Journal des greffons", "Journal of plugins"),
        "audit" => ("Traces", "Audit"),
        _ => ("Autres", "Others"),
    };
    pick(l, fr, en)
}

fn pick(l: Locale, fr: &'static str, en: &'static str) -> Text {
    Text::Borrowed(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}
