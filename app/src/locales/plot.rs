//! Texts of the plots.

use super::Text;
use domain::kernel::Locale;

texts! {
    figures: "Les chiffres", "The figures";
    bar(name: &str, value: &str): format!("{name} : {value}"), format!("{name}: {value}");
}

const SHORT_FR: [&str; 12] = [
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
    "déc.",
];
const SHORT_EN: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A month from 1 to 12 in a few letters; empty outside of these.
pub fn month_short(l: Locale, month: u32) -> Text {
    let names = match l {
        Locale::Fr => &SHORT_FR,
        Locale::En => &SHORT_EN,
    };
    let name = names.get((month as usize).wrapping_sub(1));
    Text::Borrowed(name.copied().unwrap_or_default())
}

/// A month's first letter.
pub fn month_initial(l: Locale, month: u32) -> String {
    let first = month_short(l, month).chars().next();
    first
        .map(|c| c.to_uppercase().collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_month_begins_as_the_month_does() {
        for l in Locale::ALL {
            for month in 1..=12 {
                let short = month_short(l, month);
                let stem = short.trim_end_matches('.');
                assert!(
                    !stem.is_empty() && l.month(month).starts_with(stem),
                    "{short}"
                );
                assert_eq!(
                    month_initial(l, month).to_lowercase(),
                    l.month(month)[..1].to_lowercase()
                );
            }
            assert_eq!(
                (month_short(l, 0), month_short(l, 13)),
                ("".into(), "".into())
            );
        }
    }
}
