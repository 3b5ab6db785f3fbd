//! Texts of extractions.

use super::{Text, either};
use domain::kernel::Locale;
use domain::plugins::extractions::Schedule;

texts! {
    title: "Extractions", "Extractions";
    state: "Des fichiers texte faits d’après un modèle : comptes, alias, zone DNS, listes de pare-feu.", "Text files made by a template: accounts, aliases, a DNS zone, lists for a firewall.";
    none: "Aucun fichier n’est fait pour l’instant.", "No file is made yet.";
    add: "Nouvelle extraction", "New extraction";
    add_choice: "Par quoi commencer ? Tout se change ensuite.", "Where to begin? Everything can be changed afterwards.";
    from_nothing: "Un modèle vide", "An empty template";
    from_nothing_about: "Vous écrivez le modèle vous-même.", "You write the template yourself.";
    leave: "Revenir aux extractions", "Back to the extractions";
    name: "Nom", "Name";
    path: "Fichier", "File";
    path_help: "Dans le dossier de l’organisation sur le serveur, par exemple « dns/membres.zone ».", "In the organisation’s folder on the server, for example “dns/members.zone”.";
    mode: "Droits", "Mode";
    mode_help: "Comme chmod : 0644, ou 0640.", "As chmod has it: 0644, or 0640.";
    owner: "Propriétaire", "Owner";
    owner_help: "« root:adm », parmi ceux que le serveur permet. Vide : le serveur lui-même.", "“root:adm”, among those that the server allows. Empty: the server itself.";
    reads: "Ce que le modèle lit", "What the template reads";
    reads_help: "Les champs ajoutés que seuls certains voient ne sont jamais lus.", "Added fields that only some may see are never read.";
    template: "Modèle", "Template";
    template_help: "Les mots entre accolades sont remplacés : voir plus bas ce qu’on peut écrire.", "What stands in braces is replaced: see below what can be written.";
    config: "Réglages par défaut", "Default configuration";
    config_help: "Une ligne « nom = valeur » par réglage. Un champ ajouté du même nom, sur la fiche d’une personne, d’une équipe ou d’un service, l’emporte.", "A line “name = value” for each. An added field of the same name, on a person, a crew or a service, comes before it.";
    without: "Signes interdits", "Characters kept out";
    without_help: "Aucune valeur ne les apporte dans le fichier ; un retour à la ligne n’y vient jamais.", "No value brings them into the file; a line end never gets in.";
    command: "Programme à lancer", "Program to run";
    command_help: "Quand le fichier a changé. Un programme que le serveur permet.", "When the file has changed. A program that the server allows.";
    on_change: "À chaque changement", "With every change";
    on_change_yes: "refaire le fichier", "make the file again";
    on_change_no: "ne rien faire", "do nothing";
    schedule: "À l’horloge", "By the clock";
    hour: "Heure", "Hour";
    enabled: "État", "State";
    enabled_yes: "en marche", "on";
    enabled_no: "arrêtée", "off";
    is_resting: "au repos après des échecs", "resting after failures";
    preview: "Aperçu", "Preview";
    preview_state: "Rien n’est écrit par un aperçu.", "A preview writes nothing.";
    would_be(lines: usize): format!("Le fichier aurait {lines} lignes."), format!("The file would have {lines} lines.");
    whole: "Tout le texte", "The whole text";
    is_cut: "La suite n’est pas montrée.", "The rest is not shown.";
    same: "Le fichier est déjà ainsi.", "The file is like this already.";
    is_new: "Ce fichier n’existe pas encore.", "This file is not there yet.";
    differs(added: usize, removed: usize): format!("Par rapport au fichier : {added} lignes en plus, {removed} en moins."), format!("Compared with the file: {added} lines come, {removed} go.");
    preview_failed: "Aucun texte n’en sort.", "No text comes of it.";
    notes: "Laissés de côté", "Left out";
    run: "Écrire maintenant", "Write now";
    run_help: "Le fichier est refait, aussi là où quelqu’un l’a changé à la main.", "The file is made again, also where somebody has changed it by hand.";
    verify_help: "Le fichier est comparé à ce qui a été écrit. Rien n’est changé : un écart va au journal. Cela se fait aussi chaque nuit.", "The file is compared with what was written. Nothing is changed: what differs goes to the journal. Each night does it too.";
    delete: "Oublier cette extraction", "Forget this extraction";
    delete_help: "Son fichier reste où il est.", "Its file stays where it is.";
    written: "Dernier changement", "Last change";
    never_written: "pas encore écrit", "not written yet";
    lines(n: usize): format!("{n} lignes"), format!("{n} lines");
    next: "Prochaine fois", "Next time";
    journal: "Journal", "Journal";
    variables_title: "Ce qu’un modèle peut écrire", "What a template can say";
    variables_state: "« {{ … }} » écrit une valeur ; « {% for … %} » répète ; « {% if … %} » choisit.", "“{{ … }}” writes a value; “{% for … %}” repeats; “{% if … %}” chooses.";
}

/// When a file is made by the clock.
pub fn schedule_name(l: Locale, schedule: Schedule) -> Text {
    let (fr, en) = match schedule {
        Schedule::Never => ("jamais", "never"),
        Schedule::Hourly => ("chaque heure", "each hour"),
        Schedule::Daily => ("chaque jour", "each day"),
        Schedule::Weekly => ("chaque lundi", "each Monday"),
        Schedule::Monthly => ("le premier du mois", "on the first of the month"),
    };
    either(l, fr, en)
}

/// What can stand in a template, with what it is: the words are the same in every language.
pub fn variables(l: Locale) -> Vec<(&'static str, Text)> {
    let said = [
        (
            "accounts",
            "les personnes qui peuvent se connecter, membres ou dans une équipe, dans l’ordre de leurs numéros",
            "people who can sign in, members or in a crew, in the order of their numbers",
        ),
        (
            "people",
            "toutes les personnes et organisations",
            "all people and organisations",
        ),
        (
            "one.login · one.uid · one.label · one.given_name · one.name · one.email · one.phone",
            "d’une personne : identifiant, numéro, nom entier, prénom, nom, courriel, téléphone",
            "of a person: login, number, whole name, given name, name, e-mail, phone",
        ),
        (
            "one.member.number · since · until · is_now",
            "son adhésion, si elle existe",
            "the membership, where there is one",
        ),
        (
            "one.crews",
            "les noms de ses équipes",
            "the names of their crews",
        ),
        (
            "one.fields.shell",
            "un champ ajouté ; vide s’il n’est pas rempli",
            "an added field; empty where it is not filled in",
        ),
        (
            "one.config.shell",
            "le champ ajouté, ou sinon le réglage par défaut",
            "the added field, or else the default configuration",
        ),
        (
            "config.shell",
            "le réglage par défaut",
            "the default configuration",
        ),
        (
            "crews",
            "les équipes : crew.name, crew.unix_name, crew.gid, crew.people, crew.logins, crew.fields, crew.config",
            "crews: crew.name, crew.unix_name, crew.gid, crew.people, crew.logins, crew.fields, crew.config",
        ),
        (
            "services",
            "les services : service.label, service.type, service.holder (name, number, since, until), service.addresses, service.fields, service.config",
            "services: service.label, service.type, service.holder (name, number, since, until), service.addresses, service.fields, service.config",
        ),
        (
            "addresses",
            "les adresses des services qui sont à quelqu’un : address.text, address.network, address.version (4, 6), address.is_single, address.service",
            "the addresses of the services that somebody has: address.text, address.network, address.version (4, 6), address.is_single, address.service",
        ),
        (
            "organisation · today · serial",
            "le nom de l’organisation, le jour, un numéro qui monte quand le fichier change",
            "the organisation’s name, the day, a number that goes up when the file changes",
        ),
        (
            "|unix_name · |host_name · |reverse_name",
            "un texte en nom de groupe, en nom d’hôte, une adresse dans sa zone inverse",
            "a text as a group’s name, as a host’s name, an address in its reverse zone",
        ),
        (
            "|join(\", \") · |replace(\"a\", \"b\") · |upper · |default(\"x\") · |sort",
            "et les filtres de MiniJinja",
            "and MiniJinja’s filters",
        ),
    ];
    said.into_iter()
        .map(|(word, fr, en)| (word, either(l, fr, en)))
        .collect()
}
