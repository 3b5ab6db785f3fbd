//! Texts of the import: what is understood, what columns hold, what would happen,
//! what happened.

use super::{Text, problems};
use domain::import::{Field, Method, Report, RowProblem, Source, Why};
use domain::kernel::{Cents, Code, Locale};

texts! {
    title: "Importer des membres", "Import members";
    state: "Depuis un fichier de Paheko, Dolibarr, byro ou d’un tableur. Rien n’est écrit avant la dernière étape.",
        "From a file of Paheko, Dolibarr, byro or a spreadsheet. Nothing is written before the last step.";
    steps: "Étapes", "Steps";
    step_file: "Fichier", "File";
    step_columns: "Colonnes", "Columns";
    step_preview: "Aperçu", "Preview";
    step_done: "Fait", "Done";
    step_is_done: " : fait", ": done";

    file: "Fichier CSV", "CSV file";
    file_help(mib: i64, rows: i64):
        format!("Jusqu’à {mib} Mio et {} lignes. Séparateur, encodage et virgule décimale sont reconnus.", Locale::Fr.count(rows)),
        format!("Up to {mib} MiB and {} rows. Separator, encoding and decimal comma are recognised.", Locale::En.count(rows));
    read_file: "Lire le fichier", "Read the file";
    to_members: "Revenir aux membres", "Back to the members";
    understood: "Ce qui est compris", "What is understood";
    understood_paheko: "Membres, puis « Export », en CSV. Pour les cotisations : l’activité, puis « Export », en CSV.",
        "Members, then “Export”, as CSV. For dues: the activity, then “Export”, as CSV.";
    understood_dolibarr: "Outils, « Nouvel export », Adhérents ou Cotisations, en CSV.",
        "Tools, “New export”, Members or Subscriptions, as CSV.";
    understood_byro: "Members, puis « Export », en CSV.", "Members, then “Export”, as CSV.";
    understood_csv: "Une ligne par membre, les noms des colonnes en première ligne. Dans un tableur : « Enregistrer sous », CSV.",
        "One row per member, the columns’ names in the first one. In a spreadsheet: “Save as”, CSV.";
    any_other: "Tout autre CSV", "Any other CSV";
    twice: "Importer deux fois le même fichier n’ajoute rien la seconde fois.", "Importing the same file twice adds nothing the second time.";

    recent: "Imports récents", "Recent imports";
    recent_none: "Aucun fichier n’est encore importé.", "No file was imported yet.";
    recent_file: "Fichier", "File";
    recent_by: "Déposé par", "Uploaded by";
    recent_when: "Quand", "When";
    recent_state: "État", "State";
    state_waiting: "à finir", "to be finished";
    state_applied: "fait", "done";
    state_undone: "annulé", "undone";
    kept(days: i64):
        format!("Un fichier déposé et jamais importé est oublié après {days} jours."),
        format!("A file that is uploaded and never imported is forgotten after {days} days.");

    columns_state(file: &str, columns: usize, known: usize):
        format!(
            "{file} : {columns} {}, {known} {}.",
            plural(Locale::Fr, columns, "colonne", "colonnes"),
            plural(Locale::Fr, known, "comprise", "comprises")
        ),
        format!(
            "{file}: {columns} {}, {known} understood.",
            plural(Locale::En, columns, "column", "columns")
        );
    columns_title: "Que dit chaque colonne ?", "What does each column say?";
    columns_caption: "Colonnes du fichier et leur sens", "The file’s columns and what they mean";
    column: "Colonne du fichier", "Column of the file";
    example: "Exemples", "Examples";
    example_short: "par exemple", "for example";
    becomes: "Devient", "Becomes";
    becomes_of(column: &str): format!("« {column} » devient"), format!("“{column}” becomes");
    unnamed(n: usize): format!("Colonne {n}, sans nom"), format!("Column {n}, without a name");
    always_empty: "toujours vide", "always empty";
    remembered(day: &str):
        format!("Le sens des colonnes est repris du dernier fichier semblable, le {day}."),
        format!("What the columns mean is taken from the last file like this one, on {day}.");
    forget: "Oublier et reconnaître à nouveau", "Forget it and recognise again";
    as_on(day: &str): format!("Comprises comme le {day}."), format!("Understood as on {day}.");
    origin: "D’où vient le fichier ?", "Where does the file come from?";
    source: "Programme", "Program";
    label: "Nom de l’autre programme ou du fichier", "Name of the other program or of the file";
    label_help: "Pour « tout autre CSV » : les anciens numéros sont gardés sous ce nom. Le même nom la prochaine fois retrouve les mêmes membres.",
        "For “any other CSV”: former numbers are kept under this name. The same name next time finds the same members.";
    dues: "Quand le fichier dit « payé » sans montant ni moyen", "Where the file says “paid” without amount or method";
    amount: "Montant", "Amount";
    amount_help(months: u32):
        format!("Vide : ces paiements restent dehors. Sans dates dans le fichier, un paiement couvre {months} mois."),
        format!("Empty: these payments stay out. Without days in the file, a payment covers {months} months.");
    method_title: "Moyen", "Method";
    kinds_title: "Quelles cotisations ?", "Which dues?";
    kinds_help: "Le fichier nomme des cotisations. Les nouveaux membres, et ceux dont la cotisation n’est pas encore dite, paieront ce que vous choisissez ici.",
        "The file names dues. New members, and those of whom no dues were said yet, will pay what you choose here.";
    kinds_caption: "Cotisations nommées dans le fichier et ce qu’elles deviennent", "Dues that the file names, and what they become";
    kinds_value: "Dans le fichier", "In the file";
    kinds_becomes: "Devient", "Becomes";
    kinds_becomes_of(value: &str): format!("La cotisation « {value} » devient"), format!("The dues “{value}” become");
    kinds_nothing: "— rien", "— nothing";
    kinds_new: "une nouvelle cotisation", "a new kind of dues";
    kinds_no_new: "Choisissez parmi les cotisations qui existent.", "Choose among the kinds of dues that there are.";
    kinds_more(n: usize):
        format!("Et {} {} plus rares, dont rien n’est fait.", count(Locale::Fr, n), plural(Locale::Fr, n, "autre", "autres")),
        format!("And {} rarer {}, of which nothing is made.", count(Locale::En, n), plural(Locale::En, n, "one", "ones"));
    kinds_left(n: usize):
        format!("Le fichier nomme {} {} dont rien n’est fait.", count(Locale::Fr, n), plural(Locale::Fr, n, "cotisation", "cotisations")),
        format!("The file names {} {} of dues of which nothing is made.", count(Locale::En, n), plural(Locale::En, n, "kind", "kinds"));
    kinds_choose: "Choisir ce qu’elles deviennent", "Choose what they become";
    kind_name: "Nom", "Name";
    kind_amount: "Montant (€)", "Amount (€)";
    kind_months: "Mois", "Months";
    kind_without_name(amount: Cents, months: u32):
        if months == 1 { format!("{} par mois", Locale::Fr.money(amount)) } else { format!("{} pour {months} mois", Locale::Fr.money(amount)) },
        if months == 1 { format!("{} a month", Locale::En.money(amount)) } else { format!("{} for {months} months", Locale::En.money(amount)) };
    rows(n: usize):
        format!("{} {}", count(Locale::Fr, n), plural(Locale::Fr, n, "ligne", "lignes")),
        format!("{} {}", count(Locale::En, n), plural(Locale::En, n, "row", "rows"));
    see_preview: "Voir l’aperçu", "See the preview";
    other_file: "Choisir un autre fichier", "Choose another file";

    preview_state(r: &Report):
        format!(
            "{} {} : {}, {} déjà là, {} à corriger.",
            count(Locale::Fr, r.rows), plural(Locale::Fr, r.rows, "ligne lue", "lignes lues"),
            new_members(Locale::Fr, r.members_added), count(Locale::Fr, r.members_known), count(Locale::Fr, r.problem_rows)
        ),
        format!(
            "{} {}: {}, {} already there, {} to mend.",
            count(Locale::En, r.rows), plural(Locale::En, r.rows, "row read", "rows read"),
            new_members(Locale::En, r.members_added), count(Locale::En, r.members_known), count(Locale::En, r.problem_rows)
        );
    nothing_new: "Ce fichier n’apporte rien de nouveau : tout ce qu’il dit est déjà là.",
        "This file brings nothing new: everything it says is there already.";
    nothing_else: "En dehors des lignes à corriger, ce fichier n’apporte rien de nouveau.",
        "Apart from the rows to mend, this file brings nothing new.";
    nothing_usable: "Aucune ligne de ce fichier ne peut être importée en l’état. Corrigez le fichier ou le sens des colonnes.",
        "No row of this file can be imported as it is. Mend the file or what the columns mean.";
    payments_out(n: usize):
        format!("{} {} dehors ; les membres sont importés.", payments(Locale::Fr, n), plural(Locale::Fr, n, "reste", "restent")),
        format!("{} {} out; the members come in.", payments(Locale::En, n), plural(Locale::En, n, "stays", "stay"));
    fact_file: "Fichier", "File";
    fact_columns: "Colonnes", "Columns";
    fact_left_columns(names: &str):
        format!("Pas importées : {names}."), format!("Not imported: {names}.");
    all_columns: "Toutes sont comprises.", "All are understood.";
    change_columns: "Changer le sens des colonnes", "Change what the columns mean";
    fact_new: "Nouveaux membres", "New members";
    fact_of_known(n: usize):
        format!("dont {} {} sans être membre", count(Locale::Fr, n), plural(Locale::Fr, n, "connu", "connus")),
        format!("{} of them known, but no {} yet", count(Locale::En, n), plural(Locale::En, n, "member", "members"));
    fact_known: "Déjà là", "Already there";
    fact_known_help: "inchangés", "unchanged";
    fact_payments: "Paiements", "Payments";
    fact_payments_sum(n: usize, sum: Cents):
        format!("{} · {}, à valider par l’équipe banque", count(Locale::Fr, n), Locale::Fr.money(sum)),
        format!("{} · {}, for the bank crew to validate", count(Locale::En, n), Locale::En.money(sum));
    own_fields: "Champs de votre organisation", "Fields of your organisation";
    own_values(n: usize):
        format!("{} {}", count(Locale::Fr, n), plural(Locale::Fr, n, "valeur", "valeurs")),
        format!("{} {}", count(Locale::En, n), plural(Locale::En, n, "value", "values"));
    fact_dues: "Cotisation", "Dues";
    fact_dues_set(r: &Report):
        format!("dite pour {}{}", members(Locale::Fr, r.dues_set), match r.kinds_added { 0 => String::new(), n => format!(", {} {}", count(Locale::Fr, n), plural(Locale::Fr, n, "nouvelle", "nouvelles")) }),
        format!("said for {}{}", members(Locale::En, r.dues_set), match r.kinds_added { 0 => String::new(), n => format!(", {} new", count(Locale::En, n)) });
    fact_payments_known: "Paiements déjà là", "Payments already there";
    fact_not_paid: "Pas payé", "Not paid";
    fact_without_amount: "Payé, sans montant", "Paid, no amount";
    fact_until_only: "Payé jusqu’à une date, sans montant", "Paid until a day, no amount";
    no_payment(n: usize):
        format!("{} {}, aucun paiement", count(Locale::Fr, n), plural(Locale::Fr, n, "ligne", "lignes")),
        format!("{} {}, no payment", count(Locale::En, n), plural(Locale::En, n, "row", "rows"));
    fact_left_out: "Laissées dehors", "Left out";
    left_out(n: usize):
        format!("{} {} à corriger", count(Locale::Fr, n), plural(Locale::Fr, n, "ligne", "lignes")),
        format!("{} {} to mend", count(Locale::En, n), plural(Locale::En, n, "row", "rows"));

    problems_title(n: usize):
        format!("{} {} à corriger", count(Locale::Fr, n), plural(Locale::Fr, n, "ligne", "lignes")),
        format!("{} {} to mend", count(Locale::En, n), plural(Locale::En, n, "row", "rows"));
    problems_first(n: usize): format!("les {n} premières"), format!("the first {n}");
    problems_caption: "Ce qui ne va pas, ligne par ligne", "What is wrong, row by row";
    leave_out(n: usize):
        if n < 2 { "Importer sans cette ligne".to_owned() } else { format!("Importer sans ces {} lignes", count(Locale::Fr, n)) },
        if n == 1 { "Import without this row".to_owned() } else { format!("Import without these {} rows", count(Locale::En, n)) };
    leave_out_help: "Sinon, corrigez le fichier et déposez-le à nouveau : tant qu’une ligne ne va pas, rien n’est importé.",
        "Otherwise mend the file and upload it again: as long as one row is wrong, nothing is imported.";
    line: "Ligne", "Line";
    line_short: "ligne", "line";
    wrong: "Ce qui ne va pas", "What is wrong";
    in_column: "Colonne", "Column";
    in_column_short: "colonne", "column";
    sample_title: "Ce qui sera fait", "What will be done";
    sample_first(n: usize): format!("les {n} premières lignes"), format!("the first {n} rows");
    sample_caption: "Les premières lignes sans problème, et ce qu’elles deviennent", "The first rows without a problem, and what becomes of them";
    who: "Nom", "Name";
    reference: "Ancien numéro", "Former number";
    reference_short: "ancien numéro", "former number";
    member: "Membre", "Member";
    member_new: "nouveau", "new";
    member_of_known: "nouveau, déjà connu", "new, known already";
    member_same: "même membre que plus haut", "same member as above";
    member_known: "déjà là", "already there";
    payment: "Paiement", "Payment";
    payment_short: "paiement", "payment";
    payment_known: "déjà là", "already there";
    payment_refused: "reste dehors", "stays out";
    said_not_paid: "pas payé", "not paid";
    said_without_amount: "payé, sans montant", "paid, no amount";
    said_until(day: &str): format!("payé jusqu’au {day}"), format!("paid until {day}");
    finish: "Terminer sans rien ajouter", "Finish without adding anything";
    back_to_columns: "Revenir aux colonnes", "Back to the columns";
    takes_time: "Tout est écrit en une fois, ou rien. Vous pourrez annuler l’import tant que personne ne s’en sera servi.",
        "All is written at once, or nothing. The import can be undone as long as nobody has built on it.";

    running_title: "Import en cours", "The import runs";
    running(done: usize, total: usize):
        if total == 0 { "Le fichier est relu.".to_owned() } else { format!("{} sur {} membres et paiements écrits.", count(Locale::Fr, done), count(Locale::Fr, total)) },
        if total == 0 { "The file is read again.".to_owned() } else { format!("{} of {} members and payments written.", count(Locale::En, done), count(Locale::En, total)) };
    undoing_title: "Annulation en cours", "The import is being undone";
    undoing: "Ce que l’import avait ajouté est retiré.", "What the import had added is taken back.";
    running_help: "Vous pouvez quitter la page : le travail continue. S’il est interrompu, rien n’aura changé.",
        "You may leave the page: the work goes on. If it is cut off, nothing will have changed.";
    look_again: "Regarder à nouveau", "Look again";

    done_nothing: "Import terminé", "Import finished";
    done_state_payments(n: usize):
        format!("Avec {}, qui {} la validation de l’équipe banque.", payments(Locale::Fr, n), plural(Locale::Fr, n, "attend", "attendent")),
        format!("With {}, which {} for the bank crew to validate.", payments(Locale::En, n), plural(Locale::En, n, "waits", "wait"));
    done_state_only: "Aucun paiement n’est venu avec.", "No payment came along.";
    done_notice: "Tout est écrit. Importer le même fichier une seconde fois n’ajoutera rien.",
        "Everything is written. Importing the same file again will add nothing.";
    fact_rows: "Lignes lues", "Rows read";
    fact_by: "Importé", "Imported";
    see_members: "Voir les membres", "See the members";
    see_queue: "Voir les paiements à valider", "See the payments to validate";
    another: "Importer un autre fichier", "Import another file";

    undo_title: "Annuler cet import", "Undo this import";
    undo_ask: "Revenir à l’état d’avant", "Go back to how it was before";
    undo_what(r: &Report):
        format!("Retire {}. Ce qui était déjà là reste inchangé. Le même fichier pourra être importé à nouveau.", what_comes(Locale::Fr, r)),
        format!("Takes {} away. What was there before stays as it is. The same file can be imported again.", what_comes(Locale::En, r));
    undo_numbers: "Les numéros de membre donnés par cet import ne seront plus attribués.",
        "The member numbers that this import gave will not be given again.";
    undo_button(r: &Report): format!("Retirer {}", what_comes(Locale::Fr, r)), format!("Take {} away", what_comes(Locale::En, r));
    undo_too_old: "Cet import date d’avant la possibilité d’annuler : on ne sait plus tout ce qu’il a ajouté.",
        "This import is from before imports could be undone: not all that it added is known.";
    against_title: "Cet import ne peut plus être annulé : on s’en est déjà servi.",
        "This import cannot be undone any more: it was built upon.";
    against_more(n: usize):
        format!("et {} {} encore.", count(Locale::Fr, n), plural(Locale::Fr, n, "fois", "fois")),
        format!("and {} more.", count(Locale::En, n));
    undone_title: "Import annulé", "Import undone";
    undone_state(r: &Report):
        format!("{} {}.", what_comes(Locale::Fr, r), plural(Locale::Fr, r.members_added + r.payments_added, "retiré", "retirés")),
        format!("{} taken away.", what_comes(Locale::En, r));
    undone_help: "Tout est comme avant. Le journal garde ce qui avait été ajouté. Le même fichier peut être importé à nouveau.",
        "All is as before. The audit keeps what had been added. The same file can be imported again.";
    fact_undone: "Annulé", "Undone";
}

fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A count, grouped as the language does.
pub fn count(l: Locale, n: usize) -> String {
    l.count(number(n))
}

fn plural<'a>(l: Locale, n: usize, one: &'a str, many: &'a str) -> &'a str {
    l.plural(number(n), one, many)
}

/// "431 paiements".
fn payments(l: Locale, n: usize) -> String {
    let word = match l {
        Locale::Fr => plural(l, n, "paiement", "paiements"),
        Locale::En => plural(l, n, "payment", "payments"),
    };
    format!("{} {word}", count(l, n))
}

/// "498 membres".
fn members(l: Locale, n: usize) -> String {
    let word = match l {
        Locale::Fr => plural(l, n, "membre", "membres"),
        Locale::En => plural(l, n, "member", "members"),
    };
    format!("{} {word}", count(l, n))
}

/// "498 nouveaux".
fn new_members(l: Locale, n: usize) -> String {
    match l {
        Locale::Fr => format!("{} {}", count(l, n), plural(l, n, "nouveau", "nouveaux")),
        Locale::En => format!("{} new", count(l, n)),
    }
}

/// What the button does, in numbers: "498 membres et 431 paiements".
fn what_comes(l: Locale, r: &Report) -> String {
    let and = match l {
        Locale::Fr => "et",
        Locale::En => "and",
    };
    match (r.members_added, r.payments_added) {
        (0, 0) if r.dues_set > 0 => match l {
            Locale::Fr => format!("la cotisation de {}", members(l, r.dues_set)),
            Locale::En => format!("the dues of {}", members(l, r.dues_set)),
        },
        (m, 0) => members(l, m),
        (0, p) => payments(l, p),
        (m, p) => format!("{} {and} {}", members(l, m), payments(l, p)),
    }
}

/// The button that imports.
pub fn import(l: Locale, r: &Report) -> Text {
    let what = what_comes(l, r);
    Text::from(match l {
        Locale::Fr => format!("Importer {what}"),
        Locale::En => format!("Import {what}"),
    })
}

/// What is ready, before the button.
pub fn ready(l: Locale, r: &Report) -> Text {
    Text::from(match (l, r.problem_rows) {
        (_, 0) => new_members(l, r.members_added),
        (Locale::Fr, n) => format!(
            "{} · {} à corriger",
            new_members(l, r.members_added),
            count(l, n)
        ),
        (Locale::En, n) => format!(
            "{} · {} to mend",
            new_members(l, r.members_added),
            count(l, n)
        ),
    })
}

/// The title of what is done.
pub fn done_title(l: Locale, r: &Report) -> Text {
    match (r.members_added, r.payments_added) {
        (0, 0) if r.dues_set > 0 => Text::from(match l {
            Locale::Fr => format!("Cotisation dite pour {}", members(l, r.dues_set)),
            Locale::En => format!("Dues said for {}", members(l, r.dues_set)),
        }),
        (0, 0) => done_nothing(l),
        (0, p) => Text::from(match l {
            Locale::Fr => format!("{} {}", payments(l, p), plural(l, p, "importé", "importés")),
            Locale::En => format!("{} imported", payments(l, p)),
        }),
        (m, _) => Text::from(match l {
            Locale::Fr => format!("{} {}", members(l, m), plural(l, m, "importé", "importés")),
            Locale::En => format!("{} imported", members(l, m)),
        }),
    }
}

/// What a finished import brought, for the list of imports.
pub fn brought(l: Locale, r: &Report) -> Text {
    Text::from(what_comes(l, r))
}

/// What is wrong in a row; numbers say how wrong.
pub fn row_problem(l: Locale, problem: &RowProblem) -> Text {
    match (l, &problem.code) {
        (Locale::Fr, Code::RowLength { expected, found }) => Text::from(format!(
            "Cette ligne a {found} {} au lieu de {expected}.",
            plural(l, *found, "case", "cases")
        )),
        (Locale::En, Code::RowLength { expected, found }) => Text::from(format!(
            "This row has {found} {} instead of {expected}.",
            plural(l, *found, "cell", "cells")
        )),
        (_, code) => problems::text(l, code),
    }
}

/// A text of the file, between the language's quotes.
pub fn quoted(l: Locale, value: &str) -> String {
    match l {
        Locale::Fr => format!("« {value} »"),
        Locale::En => format!("“{value}”"),
    }
}

/// The program that wrote a file.
pub fn program(l: Locale, source: Source) -> Text {
    match source {
        Source::Paheko => Text::from("Paheko"),
        Source::Dolibarr => Text::from("Dolibarr"),
        Source::Byro => Text::from("byro"),
        Source::Generic => any_other(l),
    }
}

/// How money came.
pub fn method(l: Locale, method: Method) -> Text {
    let (fr, en) = match method {
        Method::Transfer => ("virement", "transfer"),
        Method::Cash => ("espèces", "cash"),
        Method::Cheque => ("chèque", "cheque"),
        Method::Card => ("carte", "card"),
        Method::DirectDebit => ("prélèvement", "direct debit"),
        Method::Waived => ("dispense", "waived"),
    };
    Text::from(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}

/// Why an import cannot be undone, after the name of the one whom it is about.
pub fn against(l: Locale, why: Why) -> Text {
    let (fr, en) = match why {
        Why::PaymentValidated => ("un paiement est validé", "a payment is validated"),
        Why::PaymentChanged => ("un paiement a été modifié", "a payment was changed"),
        Why::OtherPayment => (
            "un paiement est venu d’ailleurs",
            "a payment came from elsewhere",
        ),
        Why::OtherReference => ("un autre import l’a retrouvé", "another import met them"),
        Why::PersonChanged => ("la fiche a été modifiée", "the record was changed"),
        Why::MemberChanged => ("l’adhésion a été modifiée", "the membership was changed"),
        Why::DuesChanged => (
            "la cotisation a été réglée à part",
            "the dues were set apart",
        ),
        Why::Service => ("un service lui a été donné", "was given a service"),
        Why::PaysFor => ("paie pour un membre", "pays for a member"),
        Why::BankAccount => (
            "un compte bancaire y est lié",
            "a bank account is tied to it",
        ),
        Why::Login => ("il y a un compte pour se connecter", "there is a login"),
        Why::Crew => ("fait partie d’une équipe", "is in a crew"),
        Why::Contact => (
            "un contact d’organisation y est lié",
            "a contact of an organisation is tied to it",
        ),
    };
    Text::from(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}

/// What a column holds.
pub fn field(l: Locale, field: Field) -> Text {
    let (fr, en) = match field {
        Field::Own(_) => (
            "un champ de votre organisation",
            "a field of your organisation",
        ),
        Field::Ignore => ("— ne pas importer", "— do not import"),
        Field::ExternalNumber => ("ancien numéro de membre", "former member number"),
        Field::ExternalId => (
            "identifiant interne de l’autre programme",
            "other program’s inner id",
        ),
        Field::Name => ("nom complet", "whole name"),
        Field::GivenName => ("prénom", "given name"),
        Field::FamilyName => ("nom de famille", "family name"),
        Field::SortName => ("nom pour le classement", "name for sorting"),
        Field::Company => ("nom de l’organisation", "organisation’s name"),
        Field::Kind => ("personne ou organisation", "person or organisation"),
        Field::Email => ("adresse électronique", "e-mail address"),
        Field::Phone => ("téléphone", "telephone"),
        Field::Street => ("adresse (rue)", "address (street)"),
        Field::Postcode => ("code postal", "postcode"),
        Field::City => ("ville", "town"),
        Field::Country => ("pays", "country"),
        Field::JoinedOn => ("membre depuis", "member since"),
        Field::LeftOn => ("parti le", "left on"),
        Field::Active => (
            "membre aujourd’hui (oui ou non)",
            "member today (yes or no)",
        ),
        Field::Note => ("remarque", "remark"),
        Field::PaidUntil => ("payé jusqu’au", "paid until"),
        Field::PaymentId => ("identifiant du paiement", "payment’s id"),
        Field::Paid => ("payé (oui ou non)", "paid (yes or no)"),
        Field::Amount => ("montant payé", "amount paid"),
        Field::PaidOn => ("payé le", "paid on"),
        Field::Method => ("moyen de paiement", "method of payment"),
        Field::PeriodFrom => ("période payée : début", "period paid for: start"),
        Field::PeriodUntil => ("période payée : fin", "period paid for: end"),
        Field::PeriodYear => ("année payée", "year paid for"),
        Field::FeeLabel => ("libellé de la cotisation", "what the dues are called"),
        Field::DuesAmount => ("montant de la cotisation", "what the dues cost"),
        Field::DuesInterval => ("cotisation : nombre de mois", "dues: number of months"),
    };
    Text::from(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_button_says_what_comes() {
        let r = |m, p| Report {
            members_added: m,
            payments_added: p,
            ..Report::default()
        };
        assert_eq!(import(Locale::Fr, &r(1, 0)), "Importer 1 membre");
        assert_eq!(
            import(Locale::En, &r(2, 1)),
            "Import 2 members and 1 payment"
        );
        assert_eq!(import(Locale::Fr, &r(0, 2)), "Importer 2 paiements");
    }
}
