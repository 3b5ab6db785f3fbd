//! Texts of searching while one types; the browser has them too.

use domain::kernel::Locale;

texts! {
    members_found: "Membres trouvés", "Members found";
    suggestions(n: i64):
        if n == 0 { "Aucun membre ne correspond.".to_owned() } else { format!("{n} {}", Locale::Fr.plural(n, "proposition", "propositions")) },
        if n == 0 { "No member matches.".to_owned() } else { format!("{n} {}", Locale::En.plural(n, "suggestion", "suggestions")) };
}
