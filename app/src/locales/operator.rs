//! Texts of the operators' pages.

use super::{Text, either};
use domain::kernel::Locale;
use domain::portal::Why;
use domain::portal::operators::Did;

texts! {
    title: "Exploitation", "Operations";
    product: "Équipage", "Equipage";
    sign_in: "Se connecter", "Sign in";
    login: "Nom de connexion", "Login name";
    password: "Mot de passe", "Password";
    forgotten: "Oublié ? Sur la machine, la commande « equipage operator passwd » en pose un nouveau.", "Forgot it? On the machine, the command “equipage operator passwd” sets a new one.";

    tenants: "Organisations", "Organisations";
    tenants_state(count: i64):
        match count { 0 => "Aucune n’est hébergée ici.".to_owned(), 1 => "Une seule est hébergée ici.".to_owned(), n => format!("{} sont hébergées ici.", Locale::Fr.count(n)) },
        match count { 0 => "None is hosted here.".to_owned(), 1 => "One is hosted here.".to_owned(), n => format!("{} are hosted here.", Locale::En.count(n)) };
    no_tenants: "La commande « equipage tenant create » en crée une.", "The command “equipage tenant create” makes one.";
    tenant: "Organisation", "Organisation";
    address: "Adresse", "Address";
    since: "Depuis", "Since";
    deleted: "Organisations supprimées", "Deleted organisations";
    deleted_at: "Supprimée", "Deleted";
    program: "Programme", "Program";

    isolation: "Étanchéité", "Isolation";
    isolation_state: "Aucune organisation ne doit voir les données d’une autre : essayez, et remettez-en la preuve.", "No organisation may see another’s data: try it, and hand on the proof.";
    prove_now: "Prouver maintenant", "Prove it now";
    running: "Une preuve est en cours. Cette page se recharge d’elle-même\u{202f}; vous pouvez la quitter.", "A proof is being made. This page looks again by itself; you may leave it.";
    failed: "La dernière preuve n’est pas allée au bout : elle ne dit rien. Le journal du serveur dit pourquoi.", "The last proof did not come to its end: it says nothing. The server’s log says why.";
    how: "Ce qui est essayé", "What is tried";
    how_help: "Comme chaque organisation, tour à tour\u{202f}: atteindre les données des autres, dans chaque table que la base connaît. Tout est annulé aussitôt, et aucune donnée ne s’affiche. Que vous l’avez fait est noté avant de commencer.", "As each organisation, in turn: to reach the others’ data, in each table that the database knows. All of it is undone at once, and no data are shown. That you did it is written down before it begins.";
    kept: "Preuves", "Proofs";
    no_proofs: "Aucune preuve n’a encore été faite.", "No proof was made yet.";
    when: "Quand", "When";
    who: "Par", "By";
    result: "Résultat", "Result";
    tries: "Essais", "Tries";
    apart: "étanche", "apart";
    leaks: "fuite", "leak";
    report: "Rapport d’étanchéité", "Report on isolation";
    report_of(at: &str): format!("Preuve du {at} UTC"), format!("Proof of {at} UTC");
    as_text: "Fichier texte", "Text file";
    as_json: "Fichier JSON", "JSON file";
    how_to_print: "Imprimez cette page pour la remettre : seul le rapport s’imprime.", "Print this page to hand it on: only the report is printed.";
    all_apart: "Aucune organisation n’a atteint les données d’une autre.", "No organisation reached another’s data.";
    something_leaks: "Quelque chose est passé : une organisation a atteint les données d’une autre, ou le pourrait. « equipage doctor » dit comment y remédier.", "Something got through: an organisation reached another’s data, or could. “equipage doctor” says how to mend it.";
    checks: "Essais, un par un", "Tries, one by one";
    tried: "Ce qui a été essayé", "What was tried";
    small_print: "Essayé sur l’installation telle qu’elle est, au nom de chaque organisation tour à tour\u{202f}; chaque essai a été annulé et rien n’a été changé.", "Tried on the installation as it is, in the name of each organisation in turn; each try was undone and nothing was changed.";

    record: "Traces", "Record";
    record_state: "Ce que font ceux qui exploitent l’installation. Personne ne peut le changer ni l’effacer.", "What those who run the installation do. Nobody can change or remove it.";
    across: "Lectures à travers les organisations", "Reading across organisations";
    across_help: "Noté avant toute lecture.", "Written down before anything is read.";
    nobody_read: "Personne n’a lu les données de plusieurs organisations.", "Nobody read the data of several organisations.";
    what_for: "Pourquoi", "Why";
    events: "Connexions et comptes", "Sign-ins and accounts";
    what: "Quoi", "What";
    from: "Depuis", "From";
    at_the_machine: "la machine même", "the machine itself";
}

/// What operators read across organisations for.
pub fn why(l: Locale, why: Why) -> Text {
    let (fr, en) = match why {
        Why::Isolation => (
            "prouver que les organisations sont étanches",
            "to prove that organisations are apart",
        ),
        Why::Audits => (
            "vérifier les traces de chaque organisation",
            "to verify the audit of each organisation",
        ),
        Why::BankKeys => (
            "voir quelles clés de coordonnées bancaires servent",
            "to see which keys of bank details are in use",
        ),
        Why::Health => (
            "voir si l’installation va bien",
            "to see whether the installation is well",
        ),
    };
    either(l, fr, en)
}

/// What an operator did.
pub fn did(l: Locale, did: Did) -> Text {
    let (fr, en) = match did {
        Did::Added => ("a ajouté un compte", "added an account"),
        Did::PasswordSet => ("a posé un mot de passe", "set a password"),
        Did::Disabled => ("a fermé un compte", "closed an account"),
        Did::Enabled => ("a rouvert un compte", "opened an account again"),
        Did::SessionsEnded => ("a terminé des sessions", "ended sessions"),
        Did::SignedIn => ("s’est connecté", "signed in"),
        Did::SignedOut => ("s’est déconnecté", "signed out"),
        Did::ProofBegun => ("a commencé une preuve", "began a proof"),
        Did::ProofFailed => ("preuve sans résultat", "a proof without a result"),
    };
    either(l, fr, en)
}

/// What a proof tried. A report of another version of the program may name something else.
pub fn check(l: Locale, name: &str) -> Text {
    let fr = match (l, name) {
        (Locale::En, _) => return Text::from(name.to_owned()),
        (_, "each table is protected, and the role that serves is held") => {
            "chaque table est protégée, et le compte qui sert est tenu"
        }
        (_, "each key and reference begins with the organisation") => {
            "chaque clé et chaque lien commence par l’organisation"
        }
        (_, "nobody reads nothing") => "personne : rien ne se lit",
        (_, "reading another organisation's rows") => "lire les données d’une autre organisation",
        (_, "changing them") => "les changer",
        (_, "removing them") => "les retirer",
        (_, "adding a row to it") => "lui en ajouter",
        (_, "moving an own row to it") => "lui en donner une des siennes",
        (_, "a connection has one file open, its organisation's own") => {
            "une connexion n’ouvre qu’un fichier, celui de son organisation"
        }
        (_, "a file holds the rows of its organisation only") => {
            "un fichier ne contient que les données de son organisation"
        }
        (_, other) => return Text::from(other.to_owned()),
    };
    Text::from(fr)
}
