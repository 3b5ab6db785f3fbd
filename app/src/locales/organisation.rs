//! Texts of the settings and of the audit.

texts! {
    settings_title: "Réglages", "Settings";
    settings_state: "Ce que l’organisation a décidé pour elle-même.", "What the organisation has decided for itself.";
    title: "Nom de l’organisation", "Name of the organisation";
    locale: "Langue par défaut", "Default language";
    locale_help: "Pour celles et ceux qui n’ont rien choisi.", "For those who chose none.";
    validation: "Qui peut valider un paiement ?", "Who may validate a payment?";
    someone_else: "Quelqu’un d’autre que la personne qui l’a saisi", "Somebody other than the one who entered it";
    someone_else_help: "Quatre yeux voient mieux que deux.", "Four eyes see more than two.";
    anyone: "Toute personne de l’équipe banque", "Anyone in the bank crew";
    iban: "IBAN de l’organisation", "The organisation’s IBAN";
    address: "Adresse de l’organisation", "The organisation’s address";
    address_help: "Imprimée sur les reçus.", "Printed on receipts.";
    place: "Ville où les reçus sont signés", "Town in which receipts are signed";
    place_help: "« Fait à Toulouse, le… »", "“Toulouse, 1 March 2026”";
    creditor_id: "Identifiant de créancier SEPA (ICS)", "SEPA creditor identifier";
    creditor_id_help: "Donné par votre banque ; imprimé sur les mandats de prélèvement.", "Given by your bank; printed on mandates of direct debits.";
    iban_help: "Les membres le lisent sur leur page, avec leur référence.", "Members read it on their page, with their reference.";
    lapse: "Une période passée et jamais payée", "A period that is over and was never paid";
    start_again: "N’est plus réclamée", "Is not claimed any more";
    start_again_help: "Qui revient repart d’aujourd’hui, ou de l’année en cours.", "Whoever comes back starts again today, or with the present year.";
    claim_all: "Reste due", "Stays due";
    mail_link: "Courrier et rappels", "Mail and reminders";
    dues_link: "Montants et périodes des cotisations", "Amounts and periods of the dues";

    audit_title: "Traces", "Audit";
    audit_state: "Chaque changement : qui, quoi, quand, d’où. Rien n’y est corrigé.", "Every change: who, what, when, from where. Nothing in it is corrected.";
    audit_search: "Chercher un nom", "Search for a name";
    audit_kind: "Objet", "Object";
    audit_when: "Quand", "When";
    audit_who: "Qui", "Who";
    audit_what: "Quoi", "What";
    audit_details: "Détails", "Details";
    audit_field: "Champ", "Field";
    audit_before: "Avant", "Before";
    audit_after: "Après", "After";
    audit_show: "Avant et après", "Before and after";
    audit_empty: "Rien ne correspond. Essayez avec moins de mots.", "Nothing matches. Try fewer words.";
    via_cli: "ligne de commande", "command line";
    via_web: "navigateur", "browser";
    audit_action: "Action", "Action";
    audit_via: "Par", "By";
    audit_from: "Du", "From";
    audit_until: "Au", "Until";
    audit_only_by(name: &str): format!("Seulement ce que {name} a fait."), format!("Only what {name} did.");
    audit_only_of(name: &str): format!("Seulement l’histoire de {name}."), format!("Only the history of {name}.");
    audit_everything: "Tout voir", "See all";
    audit_erased: "(effacé)", "(erased)";
}

use super::Text;
use domain::kernel::Locale;

/// An action, as the audit names it.
pub fn action(l: Locale, action: &str) -> Text {
    let (fr, en) = match action {
        "added" => ("a ajouté", "added"),
        "changed" => ("a modifié", "changed"),
        "deleted" => ("a supprimé", "deleted"),
        "erased" => ("a effacé", "erased"),
        "data_taken" => ("a emporté les données de", "took the data of"),
        "validated" => ("a validé", "validated"),
        "reversed" => ("a annulé", "reversed"),
        "imported" => ("a importé", "imported"),
        "uploaded" => ("a déposé", "uploaded"),
        "applied" => ("a importé", "imported"),
        "contact_added" => ("a ajouté un contact à", "added a contact to"),
        "contact_changed" => ("a modifié un contact de", "changed a contact of"),
        "account_added" => ("a ajouté un compte bancaire à", "added a bank account to"),
        "account_removed" => (
            "a retiré un compte bancaire de",
            "removed a bank account from",
        ),
        "account_preferred" => (
            "a choisi le compte bancaire de",
            "chose the bank account of",
        ),
        "account_seen" => (
            "a vu en entier un compte bancaire de",
            "saw a whole bank account of",
        ),
        "mandate_added" => ("a enregistré un mandat de", "entered a mandate of"),
        "mandate_revoked" => ("a révoqué un mandat de", "revoked a mandate of"),
        "accounts_resealed" => (
            "a chiffré à nouveau les comptes bancaires avec",
            "sealed bank accounts anew with",
        ),
        "backup_restored" => (
            "a rétabli d’une sauvegarde les données de",
            "put back from a backup the data of",
        ),
        "contact_removed" => ("a retiré un contact de", "removed a contact from"),
        "reference_added" => ("a noté un ancien numéro de", "noted a former number of"),
        "dues_changed" => ("a changé la cotisation de", "changed the dues of"),
        "dues_removed" => ("a retiré une cotisation de", "removed dues of"),
        "payer_changed" => ("a dit qui paie pour", "said who pays for"),
        "reminders_sent" => ("a envoyé des rappels :", "sent reminders:"),
        "reminders_paused" => ("a suspendu les rappels de", "paused the reminders of"),
        "reminders_resumed" => ("a repris les rappels de", "resumed the reminders of"),
        "template_changed" => ("a changé un texte :", "changed a text:"),
        "tried_again" => ("a relancé", "tried again:"),
        "given_up" => ("a laissé sans suite", "left as it is:"),
        "verified" => ("a fait vérifier par les greffons", "had plugins verify"),
        "noticed" => ("a écrit aux administrateurs", "wrote to administrators"),
        "saved_again" => ("a tout confié de nouveau à", "gave everything again to"),
        "secrets_resealed" => (
            "a changé la clé des secrets :",
            "changed the key of secrets:",
        ),
        "retried" => ("a relancé un courrier à", "tried a mail again to"),
        "given" => ("a donné", "gave"),
        "holding_changed" => ("a changé qui a", "changed who has"),
        "holding_removed" => ("a retiré à un membre", "took from a member"),
        "ended" => ("a repris", "took back"),
        "removed" => ("a retiré, par erreur donné :", "removed, given by mistake:"),
        "reserved" => ("a réservé dans", "reserved in"),
        "released" => ("ne réserve plus dans", "released in"),
        "asked" => ("a demandé qui avait", "asked who had"),
        "made_default" => ("a mis par défaut", "made the default"),
        "archived" => ("a archivé", "archived"),
        "restored" => ("a remis", "restored"),
        "reference_removed" => ("a retiré un ancien numéro de", "removed a former number of"),
        "undone" => ("a annulé", "undid"),
        "expired" => ("a oublié, faute d’être importé,", "forgot, never imported,"),
        "person_removed" => ("a retiré une personne de", "removed a person from"),
        "link_made" => ("a fait un lien pour", "made a link for"),
        "password_chosen" => ("a choisi le mot de passe de", "chose the password of"),
        "disabled" => ("a désactivé", "disabled"),
        "enabled" => ("a réactivé", "enabled"),
        "sessions_ended" => ("a déconnecté partout", "signed out everywhere"),
        "person_added" => ("a ajouté une personne à", "added a person to"),
        "signed_in" => ("s’est connecté", "signed in"),
        "signed_out" => ("s’est déconnecté", "signed out"),
        "revoked" => ("a mis fin à", "ended"),
        "revoked_others" => (
            "a mis fin aux autres sessions de",
            "ended the other sessions of",
        ),
        "exported" => ("a exporté", "exported"),
        "granted" => ("a donné", "granted"),
        "password_set" => (
            "a donné un nouveau mot de passe à",
            "gave a new password to",
        ),
        "password_changed" => ("a changé le mot de passe de", "changed the password of"),
        other => return Text::from(other.replace('_', " ")),
    };
    Text::from(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}

/// The actions that the audit knows.
pub const ACTIONS: &[&str] = &[
    "added",
    "changed",
    "deleted",
    "erased",
    "data_taken",
    "validated",
    "reversed",
    "imported",
    "uploaded",
    "applied",
    "contact_added",
    "contact_changed",
    "account_added",
    "account_removed",
    "account_preferred",
    "account_seen",
    "mandate_added",
    "mandate_revoked",
    "accounts_resealed",
    "contact_removed",
    "reference_added",
    "dues_changed",
    "dues_removed",
    "payer_changed",
    "reminders_sent",
    "reminders_paused",
    "reminders_resumed",
    "template_changed",
    "retried",
    "given",
    "holding_changed",
    "holding_removed",
    "ended",
    "removed",
    "reserved",
    "released",
    "asked",
    "made_default",
    "archived",
    "restored",
    "reference_removed",
    "undone",
    "expired",
    "person_removed",
    "link_made",
    "password_chosen",
    "disabled",
    "enabled",
    "sessions_ended",
    "person_added",
    "signed_in",
    "signed_out",
    "revoked",
    "revoked_others",
    "exported",
    "granted",
    "password_set",
    "password_changed",
    "tried_again",
    "given_up",
    "verified",
    "saved_again",
];

/// Kinds of objects that the audit is filtered by.
pub const KINDS: &[&str] = &[
    "party",
    "member",
    "payment",
    "dues_kind",
    "service",
    "service_type",
    "prefix",
    "address",
    "address_question",
    "field",
    "import",
    "session",
    "login",
    "crew",
    "settings",
    "mail_settings",
    "mail",
    "reminder",
    "plugin",
    "extraction",
    "journal",
    "export",
];

/// A kind of object, as the audit names it.
pub fn kind(l: Locale, kind: &str) -> Text {
    let (fr, en) = match kind {
        "party" => ("personne ou organisation", "person or organisation"),
        "member" => ("membre", "member"),
        "payment" => ("paiement", "payment"),
        "dues_kind" => ("cotisation", "kind of dues"),
        "service" => ("service", "service"),
        "service_type" => ("type de services", "service type"),
        "prefix" => ("préfixe", "prefix"),
        "address" => ("adresse", "address"),
        "address_question" => ("question sur une adresse", "question about an address"),
        "field" => ("champ ajouté", "added field"),
        "import" => ("import", "import"),
        "session" => ("session", "session"),
        "login" => ("connexion", "login"),
        "crew" => ("équipe", "crew"),
        "settings" => ("réglages", "settings"),
        "mail_settings" => ("réglages du courrier", "mail settings"),
        "mail" => ("courrier", "mail"),
        "reminder" => ("rappels", "reminders"),
        "plugin" => ("greffon", "plugin"),
        "extraction" => ("extraction", "extraction"),
        "journal" => ("journal des greffons", "journal of plugins"),
        "export" => ("liste", "list"),
        other => return Text::from(other.replace('_', " ")),
    };
    Text::from(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}
