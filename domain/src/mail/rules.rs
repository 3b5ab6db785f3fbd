//! Steps of reminders, and when a mail is tried again.

use super::{STEP_DAYS_MAX, STEPS_MAX};
use crate::kernel::{Code, Problem, Result};
use chrono::TimeDelta;

/// How many times a mail is tried: the last time about a day and a half after the first.
pub const ATTEMPTS_MAX: i64 = 10;
/// The first pause, in seconds; each one is three times as long as the one before.
const PAUSE_FIRST: i64 = 60;
/// The longest pause, in seconds.
const PAUSE_MAX: i64 = 8 * 3600;

/// Reads steps: whole numbers with their signs, and anything between them. Sorted; each once.
///
/// # Errors
/// [`Code::NotSteps`].
pub fn parse_steps(text: &str) -> Result<Vec<i64>> {
    let wrong = || {
        Problem::new(Code::NotSteps {
            max: STEPS_MAX,
            days: STEP_DAYS_MAX,
        })
    };
    let clean = text.replace(['−', '–'], "-");
    let parts = clean.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    let mut steps = Vec::new();
    for part in parts.filter(|part| !part.is_empty()) {
        let step: i64 = part.parse().map_err(|_| wrong())?;
        if step.abs() > STEP_DAYS_MAX || steps.len() > STEPS_MAX {
            return Err(wrong());
        }
        steps.push(step);
    }
    steps.sort_unstable();
    steps.dedup();
    match steps.len() {
        1..=STEPS_MAX => Ok(steps),
        _ => Err(wrong()),
    }
}

/// Steps as people read them, with a real minus.
pub fn write_steps(steps: &[i64]) -> String {
    let one = |step: &i64| match *step {
        ..=-1 => format!("−{}", step.unsigned_abs()),
        0 => "0".to_owned(),
        _ => format!("+{step}"),
    };
    steps.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// How long after a failed attempt (the first is 1) the next one is. `random` moves it by up to
/// a quarter, so that what failed together does not come back together.
pub fn pause(attempt: i64, random: u8) -> TimeDelta {
    let power = u32::try_from(attempt.clamp(1, 12) - 1).unwrap_or_default();
    let whole = PAUSE_FIRST
        .saturating_mul(3_i64.saturating_pow(power))
        .min(PAUSE_MAX);
    let more = whole / 4 * i64::from(random) / 255;
    TimeDelta::seconds(whole + more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_as_people_write_them() {
        for text in ["-30, -7, +7, 30", "30 7 −7 −30", "–30;-7;7;30,30"] {
            assert_eq!(parse_steps(text).unwrap(), [-30, -7, 7, 30], "{text}");
        }
        let written = write_steps(&[-30, 0, 7]);
        assert_eq!(written, "−30, 0, +7");
        assert_eq!(parse_steps(&written).unwrap(), [-30, 0, 7]);
        let many = (0..=STEPS_MAX).map(|n| n.to_string()).collect::<Vec<_>>();
        for bad in [
            "",
            ",",
            "x",
            "7.5",
            "366",
            "--7",
            "9999999999999999999",
            &many.join(" "),
        ] {
            assert!(parse_steps(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn pauses_grow_and_end() {
        let seconds = |attempt, random| pause(attempt, random).num_seconds();
        assert_eq!(seconds(1, 0), 60);
        assert_eq!(seconds(1, 255), 75);
        assert_eq!(seconds(2, 0), 180);
        assert!((1..ATTEMPTS_MAX).all(|n| seconds(n, 0) <= seconds(n + 1, 0)));
        assert_eq!(seconds(ATTEMPTS_MAX, 0), PAUSE_MAX);
        assert_eq!(seconds(i64::MAX, 255), PAUSE_MAX + PAUSE_MAX / 4);
        let all: i64 = (1..ATTEMPTS_MAX).map(|n| seconds(n, 0)).sum();
        assert!((24..48).contains(&(all / 3600)), "{all}");
    }
}
