//! A password as it was typed: its length and its one form. How it is kept is in
//! `hasher.rs`.

use crate::kernel::{Code, Problem, Result};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// The fewest characters of a new password.
pub const PASSWORD_MIN: usize = 15;
/// The most characters of a password.
pub const PASSWORD_MAX: usize = 200;

/// A password. Any character may stand in it; nothing prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Reads a new password. The same letters typed on two keyboards are one
    /// password (NFKC). Spaces count, also at the ends.
    ///
    /// # Errors
    /// [`Code::PasswordTooShort`], [`Code::PasswordTooLong`].
    pub fn parse(text: &str) -> Result<Self> {
        let password = Self::typed(text);
        let length = password.0.chars().count();
        if length > PASSWORD_MAX {
            return Err(Problem::new(Code::PasswordTooLong { max: PASSWORD_MAX }));
        }
        // One typed character may become many: the shorter form counts.
        if length.min(text.chars().count()) < PASSWORD_MIN {
            return Err(Problem::new(Code::PasswordTooShort { min: PASSWORD_MIN }));
        }
        Ok(password)
    }

    /// What was typed to sign in: any length, for a wrong password is answered
    /// like every other. What is too long to be one is cut, and stays too long.
    pub(crate) fn typed(text: &str) -> Self {
        Self(text.nfkc().take(PASSWORD_MAX + 1).collect())
    }

    #[cfg(feature = "server")]
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Password({})", super::HIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_at_least_fifteen_characters() {
        let short = Code::PasswordTooShort { min: PASSWORD_MIN };
        for text in [
            "",
            "quatorze carac",
            "éééééééééééééé",
            &"e\u{301}".repeat(14),
            "\u{fdfa}",
        ] {
            assert_eq!(Password::parse(text).unwrap_err().code, short, "{text}");
        }
        for text in ["quinze caracteres", "ééééééééééééééé", "   un  espace   "] {
            assert!(Password::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_password_has_at_most_two_hundred_characters() {
        assert!(Password::parse(&"é".repeat(200)).is_ok());
        let long = Code::PasswordTooLong { max: PASSWORD_MAX };
        for text in ["é".repeat(201), "x".repeat(1_000_000)] {
            assert_eq!(Password::parse(&text).unwrap_err().code, long);
        }
    }

    #[test]
    fn the_same_letters_are_the_same_password() {
        let composed = Password::parse("une phrase sécrète").unwrap();
        let decomposed = Password::parse("une phrase se\u{301}cre\u{300}te").unwrap();
        assert!(composed == decomposed);
    }

    #[test]
    fn what_is_too_long_is_never_a_password() {
        let longest = Password::parse(&"x".repeat(200)).unwrap();
        assert!(Password::typed(&"x".repeat(300)) != longest);
    }

    #[test]
    fn a_password_is_not_printed() {
        let password = Password::parse("cheval correct pile").unwrap();
        assert!(!format!("{password:?}").contains("cheval"));
    }
}
