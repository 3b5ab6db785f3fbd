//! The texts, in every language: one file per feature. A text is a function of the
//! language; one that lacks a language does not compile.

use std::borrow::Cow;

/// A text in one language.
pub type Text = Cow<'static, str>;

/// Texts of a feature: `name(arguments): "français", "English";`
///
/// Arguments may be used on both sides, in `format!` and with `Locale::Fr.money(…)`.
macro_rules! texts {
    ($($name:ident $(($($arg:ident : $ty:ty),+))? : $fr:expr, $en:expr;)*) => {$(
        #[expect(missing_docs, reason = "a text is its own description")]
        pub fn $name(l: domain::kernel::Locale $(, $($arg: $ty),+)?) -> crate::locales::Text {
            match l {
                domain::kernel::Locale::Fr => crate::locales::Text::from($fr),
                domain::kernel::Locale::En => crate::locales::Text::from($en),
            }
        }
    )*};
}

#[cfg(feature = "ssr")]
pub mod account;
#[cfg(feature = "ssr")]
pub mod addresses;
#[cfg(feature = "ssr")]
pub mod bank;
#[cfg(feature = "ssr")]
pub mod crews;
#[cfg(feature = "ssr")]
pub mod dues;
#[cfg(feature = "ssr")]
pub mod exports;
#[cfg(feature = "ssr")]
pub mod extra;
#[cfg(feature = "ssr")]
pub mod extractions;
#[cfg(feature = "ssr")]
pub mod fields;
#[cfg(feature = "ssr")]
pub mod frame;
#[cfg(feature = "ssr")]
pub mod home;
#[cfg(feature = "ssr")]
pub mod importing;
#[cfg(feature = "ssr")]
pub mod importing_services;
#[cfg(feature = "ssr")]
pub mod integrity;
#[cfg(feature = "ssr")]
pub mod live;
#[cfg(feature = "ssr")]
pub mod mandates;
#[cfg(feature = "ssr")]
pub mod members;
#[cfg(feature = "ssr")]
pub mod notices;
#[cfg(feature = "ssr")]
pub mod operator;
#[cfg(feature = "ssr")]
pub mod organisation;
pub mod payments;
#[cfg(feature = "ssr")]
pub mod people;
#[cfg(feature = "ssr")]
pub mod plot;
#[cfg(feature = "ssr")]
pub mod plugins;
#[cfg(feature = "ssr")]
pub mod privacy;
pub mod problems;
#[cfg(feature = "ssr")]
pub mod receipts;
#[cfg(feature = "ssr")]
pub mod reminders;
pub mod search;
#[cfg(feature = "ssr")]
pub mod services;
#[cfg(feature = "ssr")]
pub mod statistics;

/// One of two texts, by the language.
#[cfg(feature = "ssr")]
fn either(l: domain::kernel::Locale, fr: &'static str, en: &'static str) -> Text {
    Text::from(match l {
        domain::kernel::Locale::Fr => fr,
        domain::kernel::Locale::En => en,
    })
}
