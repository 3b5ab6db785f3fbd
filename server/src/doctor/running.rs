//! The machine's clock, and the server that runs.

use super::Finding;
use chrono::{DateTime, NaiveDate, Utc};
use domain::context::Clock;
use std::path::Path;

/// No clock is right that says an earlier day: this program did not exist.
const BORN: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 11, 1);
/// What the C library's allocator is told: see docs/configuration.md.
const ALLOCATOR: [&str; 3] = [
    "MALLOC_ARENA_MAX=",
    "MALLOC_MMAP_THRESHOLD_=",
    "MALLOC_TRIM_THRESHOLD_=",
];

/// What the machine says.
pub fn look() -> Vec<Finding> {
    let mut found = vec![clock(Clock::System.now())];
    found.extend(servers(Path::new("/proc")).map(|environment| memory(&environment)));
    found
}

fn clock(now: DateTime<Utc>) -> Finding {
    const CHECK: &str = "clock";
    let said = format!("it is {} UTC", now.format("%Y-%m-%d %H:%M"));
    match BORN.is_some_and(|born| now.date_naive() < born) {
        true => Finding::wrong(
            CHECK,
            said,
            "set the clock; let systemd-timesyncd or chrony keep it",
        ),
        false => Finding::fine(CHECK, said),
    }
}

/// The environments of the servers of this very program that this user may look at.
fn servers(processes: &Path) -> impl Iterator<Item = String> {
    let own = std::env::current_exe().ok();
    let all = std::fs::read_dir(processes).into_iter().flatten().flatten();
    all.filter_map(move |process| {
        let process = process.path();
        let runs = std::fs::read_link(process.join("exe")).ok();
        let said = std::fs::read(process.join("cmdline")).ok()?;
        let serves = said.split(|b| *b == 0).any(|word| word == b"serve");
        if !serves || runs.is_none() || runs != own {
            return None;
        }
        let environment = std::fs::read(process.join("environ")).ok()?;
        Some(String::from_utf8_lossy(&environment).into_owned())
    })
}

fn memory(environment: &str) -> Finding {
    const CHECK: &str = "memory";
    let is_set = |name: &&str| environment.split('\0').any(|line| line.starts_with(*name));
    match ALLOCATOR.iter().all(is_set) {
        true => Finding::fine(
            CHECK,
            "the server's allocator gives back what it does not need",
        ),
        false => Finding::note(
            CHECK,
            "the server holds more memory than it needs",
            "set what docs/configuration.md says under Memory; deploy/equipage.service does",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{noted, wrong};
    use super::*;

    #[test]
    fn a_clock_that_forgot_the_year_is_wrong() {
        assert_eq!(wrong(&[clock(DateTime::UNIX_EPOCH)]), ["clock"]);
        assert_eq!(
            wrong(&[clock("2026-11-22T12:00:00Z".parse().unwrap())]),
            Vec::<&str>::new()
        );
    }

    #[test]
    fn a_server_without_the_settings_of_its_memory_is_noted() {
        let set = "A=b\0MALLOC_ARENA_MAX=2\0MALLOC_MMAP_THRESHOLD_=1\0MALLOC_TRIM_THRESHOLD_=1\0";
        assert_eq!(noted(&[memory(set)]), Vec::<&str>::new());
        assert_eq!(noted(&[memory(&set.replace("ARENA", "ARENE"))]), ["memory"]);
    }

    #[test]
    fn only_servers_of_this_very_program_are_looked_at() {
        let place = tempfile::tempdir().unwrap();
        let process = |id: &str, exe: &Path, said: &str| {
            let folder = place.path().join(id);
            std::fs::create_dir(&folder).unwrap();
            std::os::unix::fs::symlink(exe, folder.join("exe")).unwrap();
            std::fs::write(folder.join("cmdline"), said).unwrap();
            std::fs::write(folder.join("environ"), id).unwrap();
        };
        let own = std::env::current_exe().unwrap();
        process("1", &own, "equipage\0serve\0");
        process("2", &own, "equipage\0migrate\0");
        process("3", Path::new("/bin/sh"), "sh\0serve\0");
        assert_eq!(servers(place.path()).collect::<Vec<_>>(), ["1"]);
    }
}
