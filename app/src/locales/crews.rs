//! Texts of crews, and of people's access.

use super::Text;
use domain::kernel::{Locale, Right};

texts! {
    state: "Ce que chacun peut faire ici vient des équipes, et de nulle part ailleurs.", "What people may do here comes from crews, and from nowhere else.";
    caption: "Équipes, par nom", "Crews, by name";
    name: "Nom de l’équipe", "Name of the crew";
    column_name: "Équipe", "Crew";
    column_people: "Personnes", "People";
    column_rights: "Peut", "May";
    no_rights: "aucun droit à elle", "no rights of its own";
    none: "Il n’y a pas encore d’équipe.", "There is no crew yet.";
    none_help: "Une équipe donne des droits aux personnes qui en font partie.", "A crew gives rights to the people who are in it.";
    people_count(n: i64):
        if n == 0 { "personne".to_owned() } else { format!("{} {}", Locale::Fr.count(n), Locale::Fr.plural(n, "personne", "personnes")) },
        if n == 0 { "nobody".to_owned() } else { format!("{} {}", Locale::En.count(n), Locale::En.plural(n, "person", "people")) };

    new: "Nouvelle équipe", "New crew";
    new_state: "Donnez-lui un nom et des droits, puis ajoutez-y des personnes.", "Give it a name and rights, then add people to it.";
    add: "Créer l’équipe", "Make the crew";
    leave: "Annuler", "Cancel";
    rights: "Ce que l’équipe peut faire", "What the crew may do";
    rights_help: "Sans aucun droit, on entre quand même dans l’espace des équipes, et l’on y voit membres et paiements.",
        "Without any right one still gets into the crews’ pages, and sees members and payments there.";
    locked_right: "Verrouillé : vous n’avez pas ce droit vous-même.", "Locked: you do not have this right yourself.";
    settings: "Nom et droits", "Name and rights";

    people: "Personnes", "People";
    nobody: "Personne n’est dans cette équipe.", "Nobody is in this crew.";
    people_caption: "Personnes de l’équipe", "People of the crew";
    person: "Personne", "Person";
    person_help: "Nom, adresse électronique ou ville.", "Name, e-mail address or city.";
    which_person: "Laquelle ?", "Which one?";
    add_person: "Ajouter à l’équipe", "Add to the crew";
    remove: "Retirer", "Remove";
    remove_whom(name: &str): format!(" {name} de l’équipe"), format!(" {name} from the crew");
    column_person: "Nom", "Name";
    column_access: "Accès", "Access";
    can_sign_in: "peut se connecter", "can sign in";
    cannot_sign_in: "ne peut pas encore se connecter", "cannot sign in yet";
    staff_locked(right: &str):
        format!("On ne donne et ne retire que ce que l’on a soi-même : il vous manque le droit de {right}."),
        format!("One can give and take away only what one has: you lack the right to {right}.");

    manages: "Services que l’équipe gère", "Services that the crew manages";

    delete_title: "Supprimer l’équipe", "Delete the crew";
    delete_help: "Elle est vide : personne n’y perd rien.", "It is empty: nobody loses anything.";
    delete: "Supprimer", "Delete";

    access: "Accès", "Access";
    team: "Équipe", "Crew";
    in_no_crew: "aucune : voit son propre espace seulement", "none: sees their own page only";
    may(rights: &str): format!("peut {rights}"), format!("may {rights}");
    login: "Nom de connexion", "Login name";
    login_help: "Proposé d’après le nom ; vous pouvez le changer.", "Proposed from the name; you can change it.";
    no_login: "Cette personne ne peut pas encore se connecter.", "This person cannot sign in yet.";
    make_login: "Donner un accès", "Give access";
    make_login_help: "Vous obtiendrez un lien à lui transmettre. La personne choisit elle-même son mot de passe.",
        "You will get a link to pass on. The person chooses their password themselves.";
    login_state: "État", "State";
    active: "peut se connecter", "can sign in";
    disabled: "désactivé", "disabled";
    pending: "mot de passe à choisir", "password to be chosen";
    pending_until(day: &str): format!("lien valable jusqu’au {day}"), format!("link good until {day}");
    pending_over: "le lien n’est plus valable", "the link is good no more";
    last_sign_in: "Dernière connexion", "Last sign-in";
    never: "jamais", "never";
    sessions: "Sessions ouvertes", "Open sessions";
    new_link: "Nouveau lien", "New link";
    disable: "Désactiver l’accès", "Disable access";
    enable: "Réactiver l’accès", "Enable access";
    end_sessions: "Déconnecter partout", "Sign out everywhere";
    locked_person(right: &str):
        format!("Cette personne peut plus que vous : il vous manque le droit de {right}. Son accès n’est pas à vous de changer."),
        format!("This person may do more than you: you lack the right to {right}. Their access is not yours to change.");

    link_title(name: &str): format!("Un lien pour {name}"), format!("A link for {name}");
    link_state: "À transmettre à cette personne seulement. Il n’est montré qu’ici, une seule fois.", "To be passed on to this person only. It is shown here only, once.";
    link: "Lien", "Link";
    link_help(day: &str):
        format!("Valable une fois, jusqu’au {day}. La personne y choisit son mot de passe, que vous ne verrez pas."),
        format!("Good once, until {day}. The person chooses their password there; you will not see it.");
    link_again: "Ce lien a déjà été montré, et personne ne le garde. Au besoin, faites-en un nouveau.",
        "This link was shown already, and nobody keeps it. Make a new one if you need it.";
    link_back: "Revenir à la fiche", "Back to the person’s page";

    welcome_title: "Choisir un mot de passe", "Choose a password";
    welcome_state(name: &str): format!("Bonjour, {name}."), format!("Hello, {name}.");
    welcome_login: "Vous vous connecterez avec ce nom", "You will sign in with this name";
    welcome_password: "Mot de passe", "Password";
    welcome_save: "Choisir ce mot de passe", "Choose this password";
    welcome_bad_title: "Ce lien n’est plus valable", "This link is good no more";
    welcome_bad_help: "Si vous avez déjà choisi un mot de passe, connectez-vous. Sinon, demandez un nouveau lien à l’administration de votre organisation.",
        "If you have chosen a password already, sign in. If not, ask your organisation’s administration for a new link.";
}

/// What a right allows, in a line.
pub fn right_help(l: Locale, right: Right) -> Text {
    let (fr, en) = match right {
        Right::People => (
            "Ajouter et modifier personnes et organisations.",
            "Add and edit people and organisations.",
        ),
        Right::Members => (
            "Donner un numéro de membre, changer adhésions et cotisations, importer.",
            "Give member numbers, change memberships and dues, import.",
        ),
        Right::PaymentsAdd => (
            "Saisir ce qui a été reçu ; cela attend la validation.",
            "Enter what was received; it waits to be validated.",
        ),
        Right::PaymentsChange => (
            "Corriger ce qui n’est pas encore validé.",
            "Correct what is not validated yet.",
        ),
        Right::PaymentsDelete => (
            "Supprimer ce qui n’est pas encore validé.",
            "Delete what is not validated yet.",
        ),
        Right::PaymentsValidate => (
            "Dire que l’argent est arrivé : ce qui est validé ne change plus.",
            "Say that the money has come: what is validated changes no more.",
        ),
        Right::ServiceTypes => (
            "Dire ce que coûtent les services et quelle équipe s’en occupe ; n’ouvre aucun service.",
            "Say what services cost and which crew looks after them; opens no service.",
        ),
        Right::Prefixes => (
            "Préparer les préfixes et ce qui y est réservé ; ne montre les adresses de personne.",
            "Set up prefixes and what is reserved in them; shows nobody’s addresses.",
        ),
        Right::AddressHistory => (
            "Demander quel membre avait une adresse à un moment ; chaque question est gardée.",
            "Ask which member had an address at a moment; each question is kept.",
        ),
        Right::Settings => (
            "Réglages, équipes, accès des personnes et traces.",
            "Settings, crews, people’s access and the audit.",
        ),
    };
    Text::from(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}
