//! Texts of plugins and of their journal.

use super::{Text, either};
use domain::kernel::Locale;
use domain::plugins::{Action, Class, DutyState, ObjectKind};

texts! {
    settings_link: "Greffons : ce qui est porté vers d’autres systèmes", "Plugins: what is carried into other systems";
    title: "Greffons", "Plugins";
    state: "Ils portent personnes, équipes, services et paiements vers d’autres systèmes, à chaque changement.", "They carry people, crews, services and payments into other systems, with every change.";
    none: "Aucun greffon n’est installé.", "No plugin is set up.";
    none_here: "Ce serveur n’a aucun greffon. Qui le tient en dit plus.", "This server has no plugins. Whoever runs it knows more.";
    add: "Ajouter un greffon", "Add a plugin";
    add_choice: "Que faut-il porter, et où ?", "What is to be carried where?";
    choose: "Choisir", "Choose";
    leave: "Revenir aux greffons", "Back to the plugins";
    name: "Nom", "Name";
    name_help: "Pour le reconnaître dans le journal.", "To know it in the journal.";
    kind: "Greffon", "Plugin";
    wants: "Ce qu’il reçoit", "What it is told of";
    wants_help: "Les paiements passés ne sont pas repris. Les champs ajoutés que seuls certains voient ne sont jamais transmis.", "Payments of the past are not carried. Added fields that only some may see are never passed on.";
    enabled: "État", "State";
    enabled_yes: "en marche", "on";
    enabled_no: "arrêté", "off";
    secret_set: "Enregistré. Vide : il reste.", "Kept. Empty: it stays.";
    is_resting: "au repos après des échecs", "resting after failures";
    open(count: i64):
        match count { 0 => "rien à faire".to_owned(), 1 => "1 tâche à faire".to_owned(), n => format!("{} tâches à faire", Locale::Fr.count(n)) },
        match count { 0 => "nothing to do".to_owned(), 1 => "1 thing to do".to_owned(), n => format!("{} things to do", Locale::En.count(n)) };
    again: "Tout reprendre", "Save everything again";
    again_help: "Tout ce que ce greffon reçoit lui est confié une nouvelle fois.", "Everything that this plugin is told of is given to it once more.";
    verify: "Vérifier maintenant", "Verify now";
    verify_help: "Le greffon compare l’autre système avec ce qui devrait y être. Rien n’est changé : les écarts vont au journal. Cela se fait aussi chaque nuit.", "The plugin compares the other system with what should be there. Nothing is changed: what differs goes to the journal. Each night does it too.";
    delete: "Oublier ce greffon", "Forget this plugin";
    yes: "oui", "yes";
    no: "non", "no";
    delete_help: "Ce qu’il a fait ailleurs y reste.", "What it has made elsewhere stays there.";

    journal: "Journal des greffons", "Journal of plugins";
    journal_state(open: i64):
        match open { 0 => "Tout est porté.".to_owned(), 1 => "1 tâche n’a pas abouti.".to_owned(), n => format!("{} tâches n’ont pas abouti.", Locale::Fr.count(n)) },
        match open { 0 => "Everything is carried.".to_owned(), 1 => "1 thing did not work.".to_owned(), n => format!("{} things did not work.", Locale::En.count(n)) };
    journal_empty: "Rien n’a échoué : les greffons ont tout porté.", "Nothing failed: the plugins carried everything.";
    journal_none_fits: "Aucune ligne ne correspond à ce filtre.", "No row fits this filter.";
    all_plugins: "tous", "all";
    all_states: "tous", "all";
    object: "Objet", "Object";
    action: "Action", "Action";
    status: "Où cela en est", "Where it stands";
    attempts: "Essais", "Attempts";
    error: "Ce qui a été dit", "What was said";
    last: "Dernier échec", "Last failure";
    first: "Premier échec", "First failure";
    next: "Prochain essai", "Next try";
    by_itself: "de lui-même", "by itself";
    number(n: i64): format!("J{n}"), format!("J{n}");
    entry_title(n: i64): format!("Ligne J{n}"), format!("Row J{n}");
    is_done: "Cette tâche est faite : il n’en reste que l’histoire.", "This is done: only its history remains.";
    retry: "Réessayer", "Try again";
    retry_all: "Tout réessayer", "Try all again";
    mend: "Remettre en ordre", "Put it right";
    give_up: "Laisser ainsi", "Leave it so";
    reason: "Pourquoi", "Why";
    reason_help: "Un prochain changement de l’objet réessaiera.", "The next change of the object tries again.";
    history: "Histoire", "History";
    when: "Quand", "When";
    outcome: "Issue", "Outcome";
    who: "Qui", "Who";
    printed: "Sortie", "Output";
    the_operator: "la ligne de commande", "the command line";
}

/// A kind of objects, as a group.
pub fn kinds(l: Locale, kind: ObjectKind) -> Text {
    let (fr, en) = match kind {
        ObjectKind::Person => (
            "Personnes et organisations, avec leur compte et leur adhésion",
            "People and organisations, with login and membership",
        ),
        ObjectKind::Crew => ("Équipes, et qui en est", "Crews, and who is in them"),
        ObjectKind::Service => (
            "Services, leur détenteur et leurs adresses",
            "Services, who has them, and their addresses",
        ),
        ObjectKind::Payment => ("Paiements", "Payments"),
        ObjectKind::Foreign => ("Choses étrangères", "Foreign things"),
        ObjectKind::Extraction => ("Fichiers", "Files"),
    };
    either(l, fr, en)
}

/// One object of a kind.
pub fn kind_of(l: Locale, kind: ObjectKind) -> Text {
    let (fr, en) = match kind {
        ObjectKind::Person => ("personne", "person"),
        ObjectKind::Crew => ("équipe", "crew"),
        ObjectKind::Service => ("service", "service"),
        ObjectKind::Payment => ("paiement", "payment"),
        ObjectKind::Foreign => ("étranger", "foreign"),
        ObjectKind::Extraction => ("fichier", "file"),
    };
    either(l, fr, en)
}

/// What was to be done.
pub fn action_name(l: Locale, action: Action) -> Text {
    let (fr, en) = match action {
        Action::Save => ("enregistrer", "save"),
        Action::Delete => ("retirer", "take away"),
        Action::Verify => ("vérifier", "verify"),
    };
    either(l, fr, en)
}

/// Where a row stands.
pub fn state_name(l: Locale, state: DutyState) -> Text {
    let (fr, en) = match state {
        DutyState::Waiting => ("sera réessayé", "will be tried again"),
        DutyState::Running => ("en cours", "running"),
        DutyState::Failed => ("a échoué", "failed"),
        DutyState::NeedsPerson => ("demande quelqu’un", "needs somebody"),
        DutyState::Drift => ("écart", "differs"),
        DutyState::GivenUp => ("laissé ainsi", "left so"),
    };
    either(l, fr, en)
}

/// What became of an attempt, or what was decided.
pub fn outcome_name(l: Locale, outcome: &str) -> Text {
    let (fr, en) = match outcome {
        "succeeded" => ("réussi", "worked"),
        "retried" => ("réessai demandé", "asked to try again"),
        "given_up" => ("laissé ainsi", "left so"),
        other if other == Class::Transient.name() => ("échec, réessayé", "failed, tried again"),
        other if other == Class::Permanent.name() => ("refusé", "refused"),
        other if other == Class::NeedsPerson.name() => ("demande quelqu’un", "needs somebody"),
        other if other == Class::Drift.name() => ("écart", "differs"),
        _ => ("", ""),
    };
    either(l, fr, en)
}
