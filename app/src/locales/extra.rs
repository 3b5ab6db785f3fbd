//! Texts of the fields that an organisation declares for itself.

use super::Text;
use domain::fields::{FieldKind, On};
use domain::kernel::Locale;

texts! {
    settings_link: "Champs ajoutés aux fiches", "Fields added to people, members and services";
    title: "Champs ajoutés", "Added fields";
    state: "Ce que vous notez en plus sur les personnes, les organisations, les membres, les services et les équipes.", "What you note down beside the rest on people, organisations, members, services and crews.";
    add: "Ajouter un champ", "Add a field";
    add_state: "Il apparaît aussitôt dans les fiches. Ce qu’il contient et sur quoi il porte ne changent plus ensuite.", "It is there at once. What it holds and what it is on do not change afterwards.";
    leave: "Revenir aux champs", "Back to the fields";
    none: "Aucun champ ajouté.", "No added fields.";
    caption(on: &str): format!("Champs : {on}"), format!("Fields: {on}");

    label: "Nom du champ", "Name of the field";
    on: "Sur", "On";
    of_type: "Type de service", "Type of service";
    of_type_all: "tous les types", "every type";
    of_type_help: "Seuls les services de ce type ont le champ.", "Only services of this type have the field.";
    kind: "Contenu", "Content";
    slug: "Nom court", "Short name";
    slug_help: "Pour les adresses et les commandes : minuscules, chiffres et tirets. Vide : d’après le nom.", "For addresses and commands: lower-case letters, digits and hyphens. Empty: made of the name.";
    help: "Aide", "Help";
    help_help: "Une phrase sous le champ, dans les formulaires.", "A sentence below the field, in forms.";
    choice: "Réponse", "Answer";
    choice_help: "Vide : la réponse disparaît, si personne ne l’a donnée.", "Empty: the answer goes, if nobody gave it.";
    more: "Réponses au choix", "Answers to choose from";
    more_again: "Autres réponses", "More answers";
    more_help: "Une par ligne.", "One in a line.";
    required: "Dans les formulaires", "In forms";
    required_no: "facultatif", "may be left empty";
    required_yes: "obligatoire", "must be filled in";
    listed: "Dans les listes", "In lists";
    listed_no: "pas de colonne", "no column";
    listed_yes: "une colonne", "a column";
    listed_help(max: usize): format!("Une liste montre les {max} premiers."), format!("A list shows the first {max}.");
    open: "Mon espace", "My page";
    open_no: "le membre ne le voit pas", "the member does not see it";
    open_yes: "le membre voit ce qui le concerne", "members see what is about them";
    seen_by: "Qui le voit", "Who sees it";
    seen_by_all: "toutes les équipes", "every crew";
    edited_by: "Qui le change", "Who changes it";
    edited_by_all: "qui modifie la fiche", "whoever changes the rest";
    right_to(right: &str): format!("seulement avec le droit de {right}"), format!("only with the right to {right}");
    only_right(right: &str): format!("droit de {right}"), format!("right to {right}");

    up(label: &str): format!("Monter {label}"), format!("Move {label} up");
    down(label: &str): format!("Descendre {label}"), format!("Move {label} down");
    order: "Ordre", "Order";
    archive: "Archiver", "Archive";
    restore: "Remettre", "Restore";
    delete: "Supprimer", "Delete";
    archived: "archivé", "archived";
    archived_help: "Ce champ n’apparaît plus nulle part. Ce qui y est noté reste.", "This field is shown nowhere. What is kept in it stays.";
    filled(count: i64):
        if count == 0 { "jamais rempli".to_owned() } else { format!("rempli {} fois", Locale::Fr.count(count)) },
        if count == 0 { "never filled in".to_owned() } else { format!("filled in {} times", Locale::En.count(count)) };

    more_fields: "Plus d’informations", "More information";
    of_organisation: "Sur l’organisation", "About the organisation";
    only_type(name: &str): format!("Seulement pour : {name}"), format!("Only for: {name}");
    kept: "Aussi noté", "Also noted";
    not_said: "non précisé", "not said";
    more_filters: "Plus de filtres", "More filters";
    until(label: &str): format!("{label}, au plus tard le"), format!("{label}, at the latest on");
    without: "Non rempli", "Not filled in";
    locked: "Vous ne pouvez pas le changer.", "You cannot change this.";
}

/// What a field holds, in words.
pub fn kind_name(l: Locale, kind: FieldKind) -> Text {
    let (fr, en) = match kind {
        FieldKind::Text => ("un texte", "a text"),
        FieldKind::Number => ("un nombre", "a number"),
        FieldKind::Date => ("une date", "a date"),
        FieldKind::Choice => ("une réponse au choix", "a choice"),
        FieldKind::YesNo => ("oui ou non", "yes or no"),
        FieldKind::Email => ("une adresse électronique", "an e-mail address"),
        FieldKind::Address => ("une adresse postale", "a postal address"),
    };
    said(l, fr, en)
}

/// What has fields, in words.
pub fn on_name(l: Locale, on: On) -> Text {
    let (fr, en) = match on {
        On::Person => ("Personnes", "People"),
        On::Organisation => ("Organisations", "Organisations"),
        On::Member => ("Membres", "Members"),
        On::Service => ("Services", "Services"),
        On::ServiceType => ("Types de services", "Types of services"),
        On::Crew => ("Équipes", "Crews"),
    };
    said(l, fr, en)
}

fn said(l: Locale, fr: &'static str, en: &'static str) -> Text {
    Text::Borrowed(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}
