//! Texts of searching while one types; the browser has them too.

use domain::kernel::Locale;

texts! {
    unreachable: "Le serveur n’a pas répondu : pas de propositions. Un nom entier ou un numéro suffit.", "The server did not answer: no suggestions. A whole name or a number is enough.";
    members_found: "Membres trouvés", "Members found";
    suggestions(n: i64):
        if n == 0 { "Aucun membre ne correspond.".to_owned() } else { format!("{n} {}", Locale::Fr.plural(n, "proposition", "propositions")) },
        if n == 0 { "No member matches.".to_owned() } else { format!("{n} {}", Locale::En.plural(n, "suggestion", "suggestions")) };
}
