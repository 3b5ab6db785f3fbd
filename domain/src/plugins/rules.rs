//! When a duty is tried again, when a plugin is left alone, and how much is kept.

use super::Class;
use super::DutyState;
use chrono::TimeDelta;

/// The longest pause between two attempts, in seconds: a day.
pub const PAUSE_MAX: i64 = 24 * 60 * 60;
/// After so many attempts (about two weeks) only a person tries again.
pub const ATTEMPTS_MAX: i64 = 30;
/// So many failures in a row, and a plugin rests.
pub const FAILURES_MAX: i64 = 5;
/// The shortest rest, in seconds; it doubles with each failure …
pub const REST_FIRST: i64 = 60;
/// … up to this.
pub const REST_MAX: i64 = 60 * 60;
/// The longest line of an error that is kept, in characters.
pub const ERROR_MAX: usize = 500;
/// The most of a run's output that is kept, in bytes: its end.
pub const OUTPUT_MAX: usize = 8 * 1024;
/// The most that a plugin may keep about an object, in bytes of JSON.
pub const KEPT_MAX: usize = 16 * 1024;
/// The most differences of one object that are told.
pub const DRIFTS_MAX: usize = 20;
/// The most foreign things of one look that get a row each.
pub const EXTRAS_MAX: usize = 200;

/// The pause after an attempt (from 1): attempt⁴ seconds, capped, and up to a quarter more by chance, so that what failed
/// together does not come again together.
pub fn pause(attempt: i64, random: u8) -> TimeDelta {
    let whole = attempt.clamp(1, 1_000).pow(4).min(PAUSE_MAX);
    TimeDelta::seconds(whole + whole / 4 * i64::from(random) / 255)
}

/// How long a plugin rests after failures in a row; not at all after few.
pub fn rest(failures: i64) -> Option<TimeDelta> {
    let more = u32::try_from(failures.checked_sub(FAILURES_MAX)?.clamp(-1, 20)).ok()?;
    let whole = REST_FIRST.saturating_mul(2_i64.pow(more)).min(REST_MAX);
    Some(TimeDelta::seconds(whole))
}

/// Where a duty stands after an attempt that failed.
pub fn after(class: Class, attempt: i64) -> DutyState {
    match class {
        Class::Transient if attempt < ATTEMPTS_MAX => DutyState::Waiting,
        Class::Transient | Class::Permanent => DutyState::Failed,
        Class::NeedsPerson => DutyState::NeedsPerson,
        Class::Drift => DutyState::Drift,
    }
}

/// Whether a failure says something of the plugin rather than of one object.
pub fn is_of_plugin(class: Class) -> bool {
    matches!(class, Class::Transient | Class::NeedsPerson)
}

/// A line as it is kept: one line, not too long, no control characters.
pub fn line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars()
        .filter(|c| !c.is_control())
        .take(ERROR_MAX)
        .collect()
}

/// An output as it is kept: its end, whole characters, lines but no other control characters.
pub fn output(text: &str) -> String {
    let mut from = text.len().saturating_sub(OUTPUT_MAX);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let end = text.get(from..).unwrap_or_default();
    end.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_the_fourth_power_of_the_attempt_up_to_a_day() {
        let seconds = |attempt, random| pause(attempt, random).num_seconds();
        let first: Vec<_> = (1..=5).map(|n| seconds(n, 0)).collect();
        assert_eq!(first, [1, 16, 81, 256, 625]);
        assert_eq!(seconds(17, 0), 83_521);
        assert_eq!(seconds(18, 0), PAUSE_MAX);
        assert_eq!(seconds(4, 255), 256 + 64);
        for odd in [i64::MIN, -1, 0, i64::MAX] {
            assert!(
                (1..=PAUSE_MAX * 5 / 4).contains(&seconds(odd, 255)),
                "{odd}"
            );
        }
        let days = (1..ATTEMPTS_MAX).map(|n| seconds(n, 0)).sum::<i64>() / PAUSE_MAX;
        assert!((10..20).contains(&days), "{days}");
    }

    #[test]
    fn a_plugin_rests_after_five_failures_and_longer_after_more() {
        let seconds = |failures| rest(failures).map(|rest| rest.num_seconds());
        assert_eq!(seconds(0), None);
        assert_eq!(seconds(4), None);
        assert_eq!(seconds(5), Some(60));
        assert_eq!(seconds(6), Some(120));
        assert_eq!(seconds(11), Some(REST_MAX));
        assert_eq!(seconds(i64::MAX), Some(REST_MAX));
        assert_eq!(seconds(i64::MIN), None);
    }

    #[test]
    fn what_may_be_gone_later_is_tried_by_itself_and_the_rest_waits_for_a_person() {
        assert_eq!(after(Class::Transient, 1), DutyState::Waiting);
        assert_eq!(after(Class::Transient, ATTEMPTS_MAX), DutyState::Failed);
        assert_eq!(after(Class::Permanent, 1), DutyState::Failed);
        assert_eq!(after(Class::NeedsPerson, 1), DutyState::NeedsPerson);
        assert_eq!(after(Class::Drift, 1), DutyState::Drift);
    }

    #[test]
    fn what_a_plugin_says_is_bounded_and_stays_text() {
        assert_eq!(line(" no\n such \u{1b}[31mhost\0 "), "no such [31mhost");
        assert_eq!(line(&"é".repeat(10_000)).chars().count(), ERROR_MAX);
        let long = format!("{}end\r\n", "é".repeat(OUTPUT_MAX));
        let kept = output(&long);
        assert!(kept.len() <= OUTPUT_MAX && kept.ends_with("end\n"));
    }
}
