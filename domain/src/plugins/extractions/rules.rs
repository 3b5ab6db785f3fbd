//! Which files may be written where, and when.

use super::Schedule;
use crate::kernel::{Code, Problem, Result};
use crate::plugins::Settings;
use chrono::{
    DateTime, Datelike, Days, Months, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc,
};

/// The longest path, in bytes.
pub const PATH_MAX: usize = 200;
/// The most folders and the file of a path.
pub const PARTS_MAX: usize = 5;
/// The mode, where nothing else was said.
pub const MODE: &str = "0644";
/// The longest template, in characters.
pub const TEMPLATE_MAX: usize = 50_000;
/// The most lines of a configuration.
pub const CONFIG_MAX: usize = 50;
/// The longest name in a configuration.
const KEY_MAX: usize = 40;
/// The longest value in a configuration.
const VALUE_MAX: usize = 500;
/// The most characters that values may not bring.
pub const WITHOUT_MAX: usize = 40;
/// How far a clock is put forward at most, where an hour does not exist.
const FORWARD_MAX: i64 = 3;

/// A path in the organisation's folder.
///
/// # Errors
/// [`Code::NotAFilePath`].
pub fn path(text: &str) -> Result<String> {
    let text = text.trim();
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with(['.', '-'])
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    };
    let mut parts = text.split('/');
    let is_path =
        text.len() <= PATH_MAX && parts.clone().count() <= PARTS_MAX && parts.all(is_part);
    match is_path {
        true => Ok(text.to_owned()),
        false => Err(Problem::new(Code::NotAFilePath)),
    }
}

/// Who may read and write a file: its owner may read it, and nobody may run it.
///
/// # Errors
/// [`Code::NotAFileMode`].
pub fn mode(text: &str) -> Result<String> {
    let text = text.trim();
    let refused = || Problem::new(Code::NotAFileMode);
    let is_octal = (3..=4).contains(&text.len()) && text.bytes().all(|b| matches!(b, b'0'..=b'7'));
    let mode = mode_bits(text).filter(|_| is_octal).ok_or_else(refused)?;
    if mode & !0o666 != 0 || mode & 0o400 == 0 {
        return Err(refused());
    }
    Ok(format!("{mode:04o}"))
}

/// The bits of a mode.
pub fn mode_bits(text: &str) -> Option<u32> {
    u32::from_str_radix(text, 8).ok()
}

/// Whose a file is: `user`, `user:group`, `:group`.
///
/// # Errors
/// [`Code::NotAFileOwner`].
pub fn owner(text: &str) -> Result<String> {
    let text = text.trim();
    let is_name = |name: &str| name.is_empty() || super::super::unix::is_name(name);
    let (user, group) = text.split_once(':').unwrap_or((text, ""));
    match is_name(user) && is_name(group) {
        true => Ok(text.to_owned()),
        false => Err(Problem::new(Code::NotAFileOwner)),
    }
}

/// A configuration: `name = value`, one in each line; `#` begins a remark.
///
/// # Errors
/// [`Code::ConfigLine`] with the line.
pub fn config(text: &str) -> Result<Settings> {
    let mut settings = Settings::new();
    for (n, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let refused = || Problem::new(Code::ConfigLine { line: n + 1 });
        let (key, value) = line.split_once('=').ok_or_else(refused)?;
        let (key, value) = (key.trim(), value.trim());
        let is_key = key.len() <= KEY_MAX
            && key.starts_with(|c: char| c.is_ascii_lowercase())
            && key
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let is_new = !settings.contains_key(key);
        if !is_key || !is_new || value.chars().count() > VALUE_MAX || settings.len() >= CONFIG_MAX {
            return Err(refused());
        }
        settings.insert(key.to_owned(), value.to_owned());
    }
    Ok(settings)
}

/// A configuration as it is typed.
pub fn config_text(settings: &Settings) -> String {
    let lines = settings
        .iter()
        .map(|(key, value)| format!("{key} = {value}\n"));
    lines.collect()
}

/// When a file is made by the clock, after a moment. What was missed is made once and not again for each time.
pub fn next<Z: TimeZone>(
    schedule: Schedule,
    hour: i64,
    after: DateTime<Utc>,
    zone: &Z,
) -> Option<DateTime<Utc>> {
    if schedule == Schedule::Never {
        return None;
    }
    if schedule == Schedule::Hourly {
        let seconds = after.timestamp();
        return DateTime::from_timestamp(seconds - seconds.rem_euclid(3_600) + 3_600, 0);
    }
    let hour = u32::try_from(hour).ok().filter(|hour| *hour < 24)?;
    let time = NaiveTime::from_hms_opt(hour, 0, 0)?;
    let local = after.with_timezone(zone).date_naive();
    let mut day = match schedule {
        Schedule::Weekly => {
            let since_monday = u64::from(local.weekday().num_days_from_monday());
            local.checked_sub_days(Days::new(since_monday))?
        }
        Schedule::Monthly => local.with_day(1)?,
        _ => local,
    };
    // Of this week or month, or else of the next one.
    for _ in 0..2 {
        let moment = moment(day.and_time(time), zone)?;
        if moment > after {
            return Some(moment);
        }
        day = match schedule {
            Schedule::Weekly => day.checked_add_days(Days::new(7))?,
            Schedule::Monthly => day.checked_add_months(Months::new(1))?,
            _ => day.checked_add_days(Days::new(1))?,
        };
    }
    moment(day.and_time(time), zone)
}

/// When a clock shows a time: the first of two, and the next hour where the clock skips this one.
fn moment<Z: TimeZone>(local: NaiveDateTime, zone: &Z) -> Option<DateTime<Utc>> {
    (0..=FORWARD_MAX).find_map(|hours| {
        let local = local.checked_add_signed(TimeDelta::hours(hours))?;
        let found = zone.from_local_datetime(&local).earliest()?;
        Some(found.with_timezone(&Utc))
    })
}

/// The serial number of a file that has changed: the day and two digits (RFC 1912, 2.2), and always more than before.
pub fn next_serial(before: i64, today: crate::kernel::Day) -> i64 {
    let day = i64::from(today.year()) * 1_000_000
        + i64::from(today.month()) * 10_000
        + i64::from(today.day()) * 100;
    (before + 1).max(day + 1)
}
