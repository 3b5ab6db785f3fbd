//! The data folder and the file of keys: there, writable, private, with room.

use super::Finding;
use crate::config::Config;
use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Less room than this is too little: a day's writing may fill it.
const ROOM_MIN: u64 = 200 << 20;
/// Less room than this should be known.
const ROOM_FEW: u64 = 2 << 30;
/// What others than owner and group may do.
const OTHERS: u32 = 0o007;
/// The most files that are looked at for their owner.
const FILES_MAX: usize = 10_000;

/// What the folder and the keys say without being opened.
pub fn look(config: &Config) -> Vec<Finding> {
    let mut found = match config.database_url {
        // PostgreSQL keeps its own files.
        Some(_) => Vec::new(),
        None => folder(&config.data),
    };
    found.push(keys(config));
    found
}

fn folder(folder: &Path) -> Vec<Finding> {
    const CHECK: &str = "data";
    let shown = folder.display();
    let meta = match std::fs::metadata(folder) {
        Ok(meta) => meta,
        Err(e) => {
            let mend = "name the folder with `data`, or make it: `equipage migrate` does";
            return vec![Finding::wrong(CHECK, format!("{shown}: {e}"), mend)];
        }
    };
    let here = Finding::fine(CHECK, format!("{shown} is there"));
    let mut found = vec![here, private(CHECK, folder, &meta), writable(folder)];
    found.extend(owner(folder, meta.uid()));
    match rustix::fs::statvfs(folder) {
        Ok(disk) => found.push(room(disk.f_bavail.saturating_mul(disk.f_frsize))),
        Err(e) => found.push(Finding::note("room", e.to_string(), "look with `df`")),
    }
    found
}

fn private(check: &'static str, path: &Path, meta: &Metadata) -> Finding {
    let (shown, mode) = (path.display(), meta.permissions().mode());
    match mode & OTHERS {
        0 => Finding::fine(check, format!("{shown} is private")),
        _ => Finding::wrong(
            check,
            format!("every user of this machine may look into {shown}"),
            format!("chmod o= {shown}"),
        ),
    }
}

fn writable(folder: &Path) -> Finding {
    const CHECK: &str = "writable";
    match tempfile::Builder::new()
        .prefix(".doctor")
        .tempfile_in(folder)
    {
        Ok(_) => Finding::fine(CHECK, "files can be made there by this user"),
        Err(e) => Finding::wrong(
            CHECK,
            format!("this user makes no file in {}: {e}", folder.display()),
            "run this as the service's user; if it is, chown the folder to that user",
        ),
    }
}

/// A file that another user made, `root` at most, cannot be written by the service.
fn owner(folder: &Path, uid: u32) -> Option<Finding> {
    let files = |folder: PathBuf| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path())
    };
    let all = files(folder.to_owned()).chain(files(folder.join("tenants")));
    let other = all.take(FILES_MAX).find(|path| {
        let owner = std::fs::metadata(path).map(|meta| meta.uid());
        owner.is_ok_and(|owner| owner != uid)
    })?;
    Some(Finding::wrong(
        "owner",
        format!("{} is another user's than the folder", other.display()),
        format!(
            "chown -R --reference={0} {0}, and run commands as the service's user",
            folder.display()
        ),
    ))
}

fn room(free: u64) -> Finding {
    const CHECK: &str = "room";
    let said = format!("{} MB are free", free >> 20);
    let mend = "make room on the disk of the data folder";
    match free {
        ..ROOM_MIN => Finding::wrong(CHECK, said, mend),
        ROOM_MIN..ROOM_FEW => Finding::note(CHECK, said, mend),
        _ => Finding::fine(CHECK, said),
    }
}

fn keys(config: &Config) -> Finding {
    const CHECK: &str = "bank key";
    let mend = "`equipage secrets new` prints one; docs/bank-details.md says where it goes";
    match config.bank_keys() {
        Err(said) => return Finding::wrong(CHECK, said, mend),
        Ok(keys) if keys.is_empty() => {
            let said = "there is none: no bank details can be entered or read";
            return Finding::note(CHECK, said, mend);
        }
        Ok(_) => {}
    }
    let file = config.bank_key_file();
    match file.and_then(|file| Some((std::fs::metadata(&file).ok()?, file))) {
        Some((meta, file)) => private(CHECK, &file, &meta),
        None => Finding::fine(CHECK, "it comes from the environment"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{noted, wrong};
    use super::*;
    use crate::config::tests::config;
    use std::fs::{Permissions, set_permissions};

    #[test]
    fn a_folder_that_is_missing_or_open_to_everybody_is_wrong() {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("data");
        assert_eq!(wrong(&folder(&data)), ["data"]);
        std::fs::create_dir(&data).unwrap();
        set_permissions(&data, Permissions::from_mode(0o750)).unwrap();
        assert_eq!(wrong(&folder(&data)), Vec::<&str>::new());
        set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
        assert_eq!(wrong(&folder(&data)), ["data"]);
    }

    #[test]
    fn a_folder_that_takes_no_file_is_wrong() {
        let place = tempfile::tempdir().unwrap();
        assert_eq!(wrong(&[writable(place.path())]), Vec::<&str>::new());
        assert_eq!(wrong(&[writable(&place.path().join("none"))]), ["writable"]);
    }

    #[test]
    fn a_file_of_another_user_is_wrong() {
        let place = tempfile::tempdir().unwrap();
        std::fs::create_dir(place.path().join("tenants")).unwrap();
        std::fs::write(place.path().join("tenants/a.db"), "").unwrap();
        let uid = std::fs::metadata(place.path()).unwrap().uid();
        assert_eq!(owner(place.path(), uid), None);
        let found = owner(place.path(), uid + 1).unwrap();
        assert_eq!(wrong(&[found]), ["owner"]);
    }

    #[test]
    fn little_room_is_said_in_time() {
        assert_eq!(wrong(&[room(ROOM_MIN - 1)]), ["room"]);
        assert_eq!(
            (wrong(&[room(ROOM_MIN)]), noted(&[room(ROOM_MIN)])),
            (vec![], vec!["room"])
        );
        assert_eq!(noted(&[room(ROOM_FEW)]), Vec::<&str>::new());
    }

    #[test]
    fn a_key_that_is_missing_broken_or_open_to_everybody_is_said() {
        let place = tempfile::tempdir().unwrap();
        let mut config = config();
        config.data = place.path().to_owned();
        assert_eq!(
            (wrong(&[keys(&config)]), noted(&[keys(&config)])),
            (vec![], vec!["bank key"])
        );
        let file = place.path().join("bank.key");
        config.bank_key = Some(file.clone());
        assert_eq!(wrong(&[keys(&config)]), ["bank key"]);
        std::fs::write(&file, "nonsense").unwrap();
        assert_eq!(wrong(&[keys(&config)]), ["bank key"]);
        std::fs::write(&file, domain::bank::Keys::new_line("a").unwrap()).unwrap();
        set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        assert_eq!(wrong(&[keys(&config)]), ["bank key"]);
        set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        assert_eq!(noted(&[keys(&config)]), Vec::<&str>::new());
    }
}
