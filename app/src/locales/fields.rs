//! The names of the fields that the audit keeps, and words for their values.

use super::{Text, importing, members, payments, people, problems};
use domain::dues::FirstPeriod;
use domain::import::Source;
use domain::kernel::{Locale, Right};
use domain::members::StandingFilter;
use domain::payments::{Method, State};
use domain::people::Kind;

texts! {
    yes: "oui", "yes";
    no: "non", "no";
    pair(name: &str, value: &str): format!("{name} : {value}"), format!("{name}: {value}");
}

/// A field's name; one that has none here is shown as the program knows it.
pub fn name(l: Locale, field: &str) -> Text {
    match known(l, field) {
        Some(name) => Text::Borrowed(name),
        None => Text::Owned(field.replace('_', " ")),
    }
}

/// A field's name, where it has one here.
pub fn known(l: Locale, field: &str) -> Option<&'static str> {
    let (fr, en) = of_people(field)
        .or_else(|| of_payments(field))
        .or_else(|| of_the_organisation(field))
        .or_else(|| of_imports(field))?;
    Some(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}

type Names = (&'static str, &'static str);

/// Of people, members and logins.
fn of_people(field: &str) -> Option<Names> {
    Some(match field {
        "kind" => ("Genre", "Kind"),
        "given_name" => ("Prénom", "Given name"),
        "name" => ("Nom", "Name"),
        "email" => ("Adresse électronique", "E-mail address"),
        "phone" => ("Téléphone", "Telephone"),
        "street" => ("Rue", "Street"),
        "postcode" => ("Code postal", "Postcode"),
        "city" => ("Ville", "City"),
        "country" => ("Pays", "Country"),
        "note" => ("Remarque", "Note"),
        "locale" => ("Langue", "Language"),
        "contact" => ("Contact", "Contact"),
        "role" => ("Rôle", "Role"),
        "number" => ("Numéro", "Number"),
        "joined_on" => ("Membre depuis le", "Member since"),
        "left_on" => ("Membre jusqu’au", "Member until"),
        "references" => ("Anciens numéros", "Former numbers"),
        "reference" => ("Ancien numéro", "Former number"),
        "login" => ("Nom de connexion", "Login name"),
        "rights" => ("Droits", "Rights"),
        "user_agent" => ("Navigateur", "Browser"),
        "address" => ("Adresse", "Address"),
        "created_at" => ("Ouverte", "Opened"),
        "seen_at" => ("Vue", "Last seen"),
        "expires_at" => ("Expire", "Expires"),
        "sessions" => ("Sessions", "Sessions"),
        "updated_at" => ("Modifiée", "Changed"),
        "changed_at" => ("Mot de passe changé", "Password changed"),
        "signed_in_at" => ("Dernière connexion", "Last sign-in"),
        "disabled_at" => ("Désactivé", "Disabled"),
        "login_name" => ("Nom de connexion", "Login name"),
        "organisation" => ("Organisation", "Organisation"),
        "source" => ("Programme", "Program"),
        "by_whom" => ("Par qui", "By whom"),
        "since" => ("Depuis", "Since"),
        "field" => ("Champ", "Field"),
        "value" => ("Contenu", "Content"),
        "to_name" => ("À", "To"),
        "to_address" => ("Adresse", "Address"),
        "subject" => ("Objet", "Subject"),
        "body" => ("Texte", "Text"),
        "ended_at" => ("Parti", "Gone"),
        "crew" => ("Équipe", "Crew"),
        "erased_rows" => ("Lignes effacées", "Rows erased"),
        "erasure_reason" => ("Motif", "Reason"),
        "by_themselves" => ("Par la personne elle-même", "By the person themselves"),
        "action" => ("Action", "Action"),
        "at" => ("Quand", "When"),
        "before" => ("Avant", "Before"),
        "after" => ("Après", "After"),
        _ => return None,
    })
}

/// Of payments and dues.
fn of_payments(field: &str) -> Option<Names> {
    Some(match field {
        "member_name" => ("Membre", "Member"),
        "member_number" => ("Numéro de membre", "Member number"),
        "amount" | "amount_cents" => ("Montant", "Amount"),
        "period_from" => ("Période du", "Period from"),
        "period_until" => ("Période au", "Period until"),
        "year" => ("Année", "Year"),
        "issued_on" => ("Donné le", "Given"),
        "is_preferred" => ("Préféré", "Preferred"),
        "signed_on" => ("Signé le", "Signed"),
        "revoked_on" => ("Révoqué le", "Revoked"),
        "method" => ("Moyen", "Method"),
        "received_on" => ("Reçu le", "Received"),
        "period" => ("Période payée", "Period paid for"),
        "from" => ("du", "from"),
        "until" => ("au", "until"),
        "on" => ("au jour du", "as of"),
        "label" => ("Libellé", "Label"),
        "plugin" => ("Greffon", "Plugin"),
        "plugins" => ("Greffons", "Plugins"),
        "wants" => ("Reçoit", "Told of"),
        "settings" => ("Réglages", "Settings"),
        "secrets" => ("Secrets", "Secrets"),
        "secrets_set" => ("Secrets enregistrés", "Secrets kept"),
        "is_enabled" => ("En marche", "On"),
        "failures" => ("Échecs de suite", "Failures in a row"),
        "rests_until" => ("Au repos jusque", "Rests until"),
        "objects" => ("Objets", "Objects"),
        "kept" => ("Ce qu’il en garde", "What it keeps of it"),
        "saved_at" => ("Confié", "Given to it"),
        "error" => ("Ce qui a été dit", "What was said"),
        "output" => ("Sortie", "Output"),
        "state" => ("État", "State"),
        "entered_by_name" => ("Saisi par", "Entered by"),
        "entered_at" => ("Saisi", "Entered"),
        "validated_by_name" => ("Validé par", "Validated by"),
        "validated_at" => ("Validé", "Validated"),
        "reversed_by" => ("Annulé par", "Reversed by"),
        "receipt" => ("Reçu n°", "Receipt"),
        "dues_kind" => ("Cotisation", "Dues"),
        "from_on" => ("À partir du", "From"),
        "reason" => ("Raison", "Reason"),
        "cycle" => ("Pour", "For"),
        "months" => ("Mois", "Months"),
        "first_month" => ("Premier mois", "First month"),
        "first_period" => ("Première période", "First period"),
        "is_default" => ("Proposée d’abord", "Proposed first"),
        "is_archived" => ("Retirée", "Withdrawn"),
        "prices" => ("Prix", "Prices"),
        "service" => ("Service", "Service"),
        "type_name" => ("Type", "Type"),
        "crew_name" => ("Équipe", "Crew"),
        "colour" => ("Couleur", "Colour"),
        "until_on" => ("Jusqu’au", "Until"),
        "closed_on" => ("Fermé à partir du", "Closed from"),
        "carries_addresses" => ("A des adresses", "Has addresses"),
        "network" => ("Adresses", "Addresses"),
        "hands_out" => ("On y donne", "Hands out"),
        "types" => ("Types", "Types"),
        "reserved" => ("Réservé", "Reserved"),
        "from_at" => ("Depuis", "Since"),
        "until_at" => ("Jusqu’à", "Until"),
        "moment" => ("Moment", "Moment"),
        _ => return None,
    })
}

/// Of the settings.
fn of_the_organisation(field: &str) -> Option<Names> {
    Some(match field {
        "title" => ("Nom de l’organisation", "Name of the organisation"),
        "zone" => ("Fuseau horaire", "Time zone"),
        "validation" => ("Qui peut valider", "Who may validate"),
        "iban" => ("IBAN", "IBAN"),
        "creditor_id" => ("Identifiant de créancier SEPA", "SEPA creditor identifier"),
        "place" => ("Ville des reçus", "Town of the receipts"),
        "lapse" => ("Temps passé sans cotiser", "Time gone by unpaid"),
        "on" => ("Sur", "On"),
        "slug" => ("Nom court", "Short name"),
        "help" => ("Aide", "Help"),
        "choices" => ("Réponses", "Answers"),
        "is_required" => ("Obligatoire", "Must be filled in"),
        "is_listed" => ("Dans les listes", "In lists"),
        "is_open" => ("Visible du membre", "Shown to the member"),
        "seen_by" => ("Vu avec le droit de", "Seen with the right to"),
        "edited_by" => ("Changé avec le droit de", "Changed with the right to"),
        "position" => ("Place", "Place"),
        "dues_cents" => ("Cotisation", "Dues"),
        "dues_months" => ("Pour combien de mois", "For how many months"),
        _ => return None,
    })
}

/// Of imports.
fn of_imports(field: &str) -> Option<Names> {
    Some(match field {
        "source" => ("Programme", "Program"),
        "columns" => ("Colonnes", "Columns"),
        "default_amount" => ("Montant sans indication", "Amount where none is given"),
        "rows" => ("Lignes", "Rows"),
        "list" => ("Liste", "List"),
        "format" => ("Format", "Format"),
        "filter" => ("Filtre", "Filter"),
        "q" => ("Recherche", "Search"),
        "standing" => ("Cotisation", "Dues"),
        "membership" => ("Adhésion", "Membership"),
        "year" => ("Année", "Year"),
        "nature" => ("Nature", "Nature"),
        "entered_by" => ("Saisi par", "Entered by"),
        "validated_from" => ("Validé du", "Validated from"),
        "validated_until" => ("Validé au", "Validated until"),
        "members_added" => ("Membres ajoutés", "Members added"),
        "members_of_known" => ("dont déjà connus", "of whom known already"),
        "members_known" => ("Déjà membres", "Members already"),
        "account" => ("Compte", "Account"),
        "accounts" => ("Comptes", "Accounts"),
        "bic" => ("BIC", "BIC"),
        "holder" => ("Titulaire", "Holder"),
        "dues_set" => ("Cotisation dite pour", "Dues said for"),
        "kinds" => ("Cotisations", "Kinds of dues"),
        "kinds_added" => ("Cotisations ajoutées", "Kinds of dues added"),
        "terms" => ("Cotisations de membres", "Members’ dues"),
        "values_added" => (
            "Valeurs des champs propres ajoutées",
            "Values of own fields added",
        ),
        "payments_added" => ("Paiements ajoutés", "Payments added"),
        "payments_amount" => ("Leur somme", "Their sum"),
        "payments_known" => ("Paiements déjà là", "Payments there already"),
        "payments_refused" => ("Paiements laissés de côté", "Payments left out"),
        "not_paid" => ("Non payé", "Not paid"),
        "paid_without_amount" => ("Payé sans montant", "Paid without an amount"),
        "paid_until_only" => ("Payé, date seule", "Paid, only a date"),
        "problem_rows" => ("Lignes à problème", "Rows with problems"),
        _ => return None,
    })
}

/// A word that the program keeps for a choice, as people say it; `None` for other texts.
pub fn choice(l: Locale, field: &str, word: &str) -> Option<Text> {
    let own = |fr: &'static str, en: &'static str| {
        Some(Text::Borrowed(match l {
            Locale::Fr => fr,
            Locale::En => en,
        }))
    };
    match (field, word) {
        ("kind", _) => Kind::from_name(word).map(|kind| people::kind(l, kind)),
        ("standing", _) => StandingFilter::from_name(word).map(|s| members::standings(l, s)),
        ("method", _) => Method::from_name(word).map(|method| payments::method(l, method)),
        ("state" | "reversed_by", _) => State::from_name(word).map(|s| payments::state(l, s)),
        ("rights" | "seen_by" | "edited_by", _) => {
            Right::from_name(word).map(|right| problems::right(l, right))
        }
        ("locale", _) => Locale::from_tag(word).map(|l| Text::Borrowed(l.own_name())),
        ("source", _) => Source::from_name(word).map(|source| importing::program(l, source)),
        ("columns", _) => <domain::import::Field as domain::import::Holds>::from_name(word)
            .map(|f| importing::field(l, f)),
        ("validation", "someone_else") => own(
            "quelqu’un d’autre que qui a saisi",
            "somebody other than who entered",
        ),
        ("validation", "anyone") => own("toute l’équipe banque", "anyone in the bank crew"),
        ("lapse", "start_again") => own("n’est pas réclamé", "is not claimed"),
        ("lapse", "claim_all") => own("est réclamé", "is claimed"),
        ("cycle", "months") => own("des mois", "months"),
        ("cycle", "year") => own("une année fixe", "a fixed year"),
        ("cycle", "free") => own("gratuite", "free"),
        ("first_period", w) if w == FirstPeriod::Full.name() => own("entière", "whole"),
        ("first_period", w) if w == FirstPeriod::ByMonth.name() => {
            own("par mois commencés", "by the months begun")
        }
        _ => None,
    }
}
