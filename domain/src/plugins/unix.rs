//! What people and crews are called on Unix systems, and by which numbers they are known there.

use crate::kernel::text;

/// Where counting begins, where nothing else was said: above what systems give to accounts of their own.
pub const FIRST_NUMBER: i64 = 10_000;
/// The last one (below what systemd gives to services of its own).
pub const LAST_NUMBER: i64 = 60_000;
/// The longest name of an account or a group.
pub const NAME_MAX: usize = 32;

/// A name that every program takes (`useradd` asks for the same).
pub fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    let first = bytes.next();
    (1..=NAME_MAX).contains(&name.len())
        && first.is_some_and(|b| b.is_ascii_lowercase() || b == b'_')
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'))
}

/// A crew's name as that of a group; empty where nothing of it can be one.
pub fn group_name(name: &str) -> String {
    let name = hyphened(name, NAME_MAX);
    match name.starts_with(|c: char| c.is_ascii_digit()) {
        true => format!("_{name}").chars().take(NAME_MAX).collect(),
        false => name,
    }
}

/// A text in the letters, digits and hyphens that names of machines have (RFC 1123).
pub fn host_name(text: &str) -> String {
    let name = hyphened(&text.replace('_', "-"), 63);
    name.trim_matches('-').to_owned()
}

fn hyphened(name: &str, max: usize) -> String {
    let folded = text::fold(name);
    let plain = folded.chars().map(|c| match c {
        'a'..='z' | '0'..='9' | '_' => c,
        _ => '-',
    });
    let name: String = plain.collect();
    let name: Vec<&str> = name.split('-').filter(|part| !part.is_empty()).collect();
    name.join("-").chars().take(max).collect()
}
