//! How long a session lives, and when sign-ins are refused for a while. Pure.

use crate::kernel::text;
use chrono::{DateTime, TimeDelta, Utc};
use std::net::{IpAddr, Ipv6Addr};

/// A session that nobody uses ends after this.
pub const IDLE: TimeDelta = TimeDelta::hours(8);
/// A session ends after this even if it is used.
pub const ABSOLUTE: TimeDelta = TimeDelta::days(14);
/// A session's last use is written at most this often.
pub const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(5);
/// The most sessions of one person; a new one ends the oldest.
pub const SESSIONS_MAX: i64 = 50;

/// How long a link is good by which somebody chooses their password.
pub const LINK_AGE: TimeDelta = TimeDelta::days(7);
/// The most login names that are tried for somebody.
const PROPOSALS_MAX: usize = 20;
/// The most characters of a name in a login name that is proposed.
const PROPOSED_MAX: usize = 28;

/// Failures after which an account is locked.
pub const ACCOUNT_FAILURES: i64 = 5;
/// Failures after which an address is locked: many people may share one.
pub const ADDRESS_FAILURES: i64 = 20;
/// Failures are forgotten after this long without another one.
pub const FORGET_AFTER: TimeDelta = TimeDelta::minutes(15);
/// Failures that are still known are shown to the administration for this long.
pub const FAILURES_SHOWN_FOR: TimeDelta = TimeDelta::hours(24);
/// The longest lock, in minutes.
pub const LOCK_MINUTES_MAX: i64 = 60;
/// The most forgotten rows that one sign-in clears away.
pub const PRUNE_MAX: i64 = 1000;

/// Login names for somebody, the best first: "lea", "lea.benamar", "lea.benamar2" …
pub fn proposals(given_name: &str, name: &str) -> Vec<String> {
    let (given, family) = (login_part(given_name), login_part(name));
    let parts: Vec<&str> = [given.as_str(), family.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    let whole = parts.join(".");
    let short = parts.first().map(|part| (*part).to_owned());
    let numbered = (2..PROPOSALS_MAX).map(|n| format!("{whole}{n}"));
    short
        .into_iter()
        .chain(std::iter::once(whole.clone()))
        .chain(numbered)
        .collect()
}

/// A name as it may stand in a login name: letters without accents, words joined by hyphens.
fn login_part(name: &str) -> String {
    let folded = text::fold(name);
    let words = folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let joined = words.collect::<Vec<_>>().join("-");
    joined.chars().take(PROPOSED_MAX).collect()
}

/// For how many minutes the last failure locks, where `free` failures do not:
/// one minute, then twice as long each time.
pub fn lock_minutes(failures: i64, free: i64) -> Option<i64> {
    let beyond = u32::try_from(failures - free).ok()?;
    let minutes = 1_i64.checked_shl(beyond.min(16)).unwrap_or(i64::MAX);
    Some(minutes.min(LOCK_MINUTES_MAX))
}

/// The minutes that a person must wait, rounded up; `None` where nothing is locked.
pub fn minutes_left(locked_until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<i64> {
    let left = locked_until?.signed_duration_since(now).num_milliseconds();
    (left > 0).then(|| (left + 59_999) / 60_000)
}

/// Whether a session is still good.
pub fn is_alive(seen_at: DateTime<Utc>, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now < expires_at && now.signed_duration_since(seen_at) < IDLE
}

/// Whether a session's last use should be written again.
pub fn is_touch_due(seen_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now.signed_duration_since(seen_at) >= TOUCH_EVERY
}

/// What an address counts as: one household has a whole /64 of IPv6.
pub fn address_group(address: &str) -> String {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(v4)) => v4.to_string(),
        Ok(IpAddr::V6(v6)) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.to_string(),
            None => {
                let prefix = u128::from(v6) & !u128::from(u64::MAX);
                format!("{}/64", Ipv6Addr::from(prefix))
            }
        },
        Err(_) => printable(address, 64),
    }
}

/// A text from outside that is only shown: cut, without control characters.
pub fn printable(text: &str, max: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(max).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn locks_grow_up_to_an_hour() {
        let minutes: Vec<_> = (3..13).map(|n| lock_minutes(n, 5)).collect();
        let wanted = [
            None,
            None,
            Some(1),
            Some(2),
            Some(4),
            Some(8),
            Some(16),
            Some(32),
            Some(60),
            Some(60),
        ];
        assert_eq!(minutes, wanted);
    }

    #[test]
    fn a_login_name_is_proposed_from_the_persons_own_name() {
        let first = |given: &str, name: &str| proposals(given, name).into_iter().take(3);
        let all: Vec<_> = first("Léa", "Benamar").collect();
        assert_eq!(all, ["lea", "lea.benamar", "lea.benamar2"]);
        let all: Vec<_> = first("Jean-Pierre", "de l’Épée").collect();
        assert_eq!(
            all,
            [
                "jean-pierre",
                "jean-pierre.de-l-epee",
                "jean-pierre.de-l-epee2"
            ]
        );
        assert_eq!(first("", "Zola").next().as_deref(), Some("zola"));
    }

    #[test]
    fn a_wait_is_rounded_up() {
        let now: DateTime<Utc> = "2026-06-01T12:00:00Z".parse().unwrap();
        assert_eq!(minutes_left(None, now), None);
        assert_eq!(minutes_left(Some(now), now), None);
        assert_eq!(
            minutes_left(Some(now + TimeDelta::seconds(1)), now),
            Some(1)
        );
        assert_eq!(
            minutes_left(Some(now + TimeDelta::seconds(61)), now),
            Some(2)
        );
    }

    #[test]
    fn one_household_counts_as_one_address() {
        assert_eq!(address_group("192.0.2.7"), "192.0.2.7");
        assert_eq!(address_group("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(address_group("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(
            address_group("2001:db8:1:2:ffff::"),
            address_group("2001:db8:1:2::1")
        );
    }

    proptest! {
        #[test]
        fn no_number_and_no_text_makes_them_panic(failures in 0_i64..i64::MAX, text in "\\PC{0,80}") {
            let minutes = lock_minutes(failures, ACCOUNT_FAILURES);
            prop_assert!(minutes.is_none_or(|m| (1..=LOCK_MINUTES_MAX).contains(&m)));
            prop_assert!(address_group(&text).chars().count() <= 64);
            prop_assert!(proposals(&text, &text).iter().all(|p| p.len() <= 64));
        }
    }
}
