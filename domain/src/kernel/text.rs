//! Texts that were checked: what holds one of these types was parsed once.

use super::problem::{Code, Problem, Result};
use serde::Serialize;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The longest name, address line or label.
pub const NAME_MAX: usize = 200;
/// The longest note.
pub const NOTE_MAX: usize = 4000;

/// A line of text: trimmed, normalised (NFC), without control characters.
///
/// # Errors
/// [`Code::TooLong`] beyond `max` characters, [`Code::ControlCharacter`].
pub fn line(text: &str, max: usize) -> Result<String> {
    let clean: String = text.trim().nfc().collect();
    if clean.chars().any(is_hidden) {
        return Err(Problem::new(Code::ControlCharacter));
    }
    limit(clean, max)
}

/// A name: a [`line`] of at most [`NAME_MAX`] characters.
///
/// # Errors
/// As [`line`].
pub fn name(text: &str) -> Result<String> {
    line(text, NAME_MAX)
}

/// Several lines of text: like [`line`], with line ends allowed.
///
/// # Errors
/// As [`line`].
pub fn lines(text: &str, max: usize) -> Result<String> {
    let clean: String = text
        .trim()
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .nfc()
        .collect();
    if clean
        .chars()
        .any(|c| is_hidden(c) && !matches!(c, '\n' | '\t'))
    {
        return Err(Problem::new(Code::ControlCharacter));
    }
    limit(clean, max)
}

fn limit(text: String, max: usize) -> Result<String> {
    if text.chars().count() > max {
        return Err(Problem::new(Code::TooLong { max }));
    }
    Ok(text)
}

/// Control characters, and the marks that turn the direction of a text around
/// (Unicode, Bidirectional Algorithm: explicit embeddings, overrides, isolates).
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// What a text is searched and sorted by: lower case, without accents, single spaces.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let plain = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase);
    for c in plain {
        match c {
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            'ß' => out.push_str("ss"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' => out.push('d'),
            '’' => out.push('\''),
            c if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    out.trim().to_owned()
}

/// A pattern for `LIKE … ESCAPE '\'` that finds a folded text anywhere.
pub fn like_pattern(query: &str) -> String {
    let mut out = String::from("%");
    // A NUL cannot be sent to PostgreSQL, and nothing kept holds a control character.
    for c in fold(query)
        .chars()
        .filter(|c| !c.is_control())
        .take(NAME_MAX)
    {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('%');
    out
}

/// The remainder of a text by 97 (ISO/IEC 7064, MOD 97-10): letters count as 10 to 35.
/// `None` for anything but ASCII letters and digits.
pub fn mod_97(text: &str) -> Option<u32> {
    text.chars().try_fold(0_u32, |sum, c| {
        let value = c.to_digit(36)?;
        Some(if value < 10 {
            (sum * 10 + value) % 97
        } else {
            (sum * 100 + value) % 97
        })
    })
}

macro_rules! checked_text {
    ($name:ident) => {
        impl $name {
            /// The text as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }
    };
}

/// An e-mail address, checked as browsers check `<input type=email>` (WHATWG HTML),
/// with a domain of at least two labels. Letters beyond ASCII are accepted (RFC 6531).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Email(String);
checked_text!(Email);

impl Email {
    /// Reads an address.
    ///
    /// # Errors
    /// [`Code::NotAnEmail`].
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || Problem::new(Code::NotAnEmail);
        let text = line(text, 254).map_err(|_| wrong())?;
        let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local
                .chars()
                .all(|c| c.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c));
        let label_ok = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let domain_ok = domain.contains('.') && domain.split('.').all(label_ok);
        if local_ok && domain_ok {
            Ok(Self(text))
        } else {
            Err(wrong())
        }
    }
}

/// A login name: 2 to 64 of `a-z 0-9 . _ -`, starting with a letter; kept in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LoginName(String);
checked_text!(LoginName);

impl LoginName {
    /// Reads a login name.
    ///
    /// # Errors
    /// [`Code::NotALoginName`].
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim().to_lowercase();
        let fits = (2..=64).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c));
        if fits {
            Ok(Self(text))
        } else {
            Err(Problem::new(Code::NotALoginName))
        }
    }
}

/// A tenant's name in addresses: a DNS label (RFC 1123) in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Slug(String);
checked_text!(Slug);

impl Slug {
    /// Reads a name for addresses.
    ///
    /// # Errors
    /// [`Code::NotASlug`].
    pub fn parse(text: &str) -> Result<Self> {
        let fits = (1..=63).contains(&text.len())
            && !text.starts_with('-')
            && !text.ends_with('-')
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Problem::new(Code::NotASlug))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folding_forgets_accents_and_case() {
        assert_eq!(fold("  Léa   BENAMAR "), "lea benamar");
        assert_eq!(
            fold("Œuvre Łódź Straße Ångström"),
            "oeuvre lodz strasse angstrom"
        );
    }

    #[test]
    fn a_pattern_finds_its_special_characters_literally() {
        assert_eq!(like_pattern("50%_a\\"), "%50\\%\\_a\\\\%");
        assert_eq!(like_pattern("a\0b\u{7}"), "%ab%");
    }

    #[test]
    fn addresses_are_checked() {
        for good in ["a@b.fr", "léa.b+x@exämple.org", "o'neil@sub.domain.co.uk"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@b",
            "@b.fr",
            "a@@b.fr",
            "a b@c.fr",
            "a@-b.fr",
            "a..b@c.fr",
            "a@b..fr",
            "a\n@b.fr",
            "<a@b.fr>",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn hidden_characters_are_refused() {
        assert!(line("a\0b", 10).is_err());
        assert!(line("a\u{202e}b", 10).is_err());
        assert!(line("émoji 🎉 ok", 20).is_ok());
        assert_eq!(lines("a\r\nb", 10).unwrap(), "a\nb");
    }

    proptest! {
        #[test]
        fn no_text_makes_them_panic(text in "\\PC{0,80}") {
            let _ = (Email::parse(&text), LoginName::parse(&text), Slug::parse(&text), fold(&text), like_pattern(&text));
        }

        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
