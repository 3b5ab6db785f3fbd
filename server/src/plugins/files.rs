//! Text files in a folder that an organisation has for itself: written whole, and only where something changed.

use domain::plugins::Failure;
use rustix::fs::{FlockOperation, flock};
use std::fs::{File, OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

/// The most bytes of a file that is read.
const FILE_MAX: u64 = 64 * 1024 * 1024;

/// How the names of files begin that are not whole yet.
const BEGUN: &str = ".begun-";

/// Takes away what a process that was killed had begun: nobody else writes meanwhile.
fn tidy(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(BEGUN) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// An organisation's folder, while no other process changes it.
pub struct Folder {
    folder: PathBuf,
    _lock: File,
}

/// Who a file belongs to, and who may read and write it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The bits of its mode.
    pub mode: u32,
    /// The number of its owner, where it is not the server's.
    pub user: Option<u32>,
    /// The number of its group, likewise.
    pub group: Option<u32>,
}

/// A failure of the disk, as a plugin tells it.
pub fn later(error: &std::io::Error) -> Failure {
    match error.kind() {
        ErrorKind::PermissionDenied => Failure::needs_person(
            "the server may not write the organisation's folder, or not give the file away",
        ),
        kind => Failure::transient(format!("the organisation's files: {kind}")),
    }
}

impl Folder {
    /// Takes an organisation's folder in the operator's; it is made where it is missing.
    pub fn take(operators: &Path, slug: &str) -> Result<Self, Failure> {
        let folder = operators.join(slug);
        std::fs::create_dir_all(&folder).map_err(|e| later(&e))?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join(".lock"))
            .map_err(|e| later(&e))?;
        // Another process may be at it; it goes with the file.
        flock(&lock, FlockOperation::LockExclusive).map_err(|e| later(&e.into()))?;
        let folder = folder.canonicalize().map_err(|e| later(&e))?;
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    /// The text of a file, and who may use it; nothing, where there is none.
    pub fn read(&self, path: &str) -> Result<Option<(String, Access)>, Failure> {
        let path = self.folder.join(path);
        let known = match std::fs::symlink_metadata(&path) {
            Ok(known) => known,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(later(&e)),
        };
        if !known.is_file() {
            return Err(Failure::needs_person("what is there is no ordinary file"));
        }
        if known.len() > FILE_MAX {
            return Err(Failure::needs_person("the file that is there is too large"));
        }
        let bytes = std::fs::read(&path).map_err(|e| later(&e))?;
        let access = Access {
            mode: known.mode() & 0o7777,
            user: Some(known.uid()),
            group: Some(known.gid()),
        };
        Ok(Some((String::from_utf8_lossy(&bytes).into_owned(), access)))
    }

    /// Writes a file whole: whoever reads it sees the old text or the new one.
    pub fn write(&self, path: &str, text: &str, access: Access) -> Result<(), Failure> {
        let path = self.folder.join(path);
        let parent = path.parent().unwrap_or(&self.folder);
        self.make(parent)?;
        let written = || -> std::io::Result<()> {
            tidy(parent)?;
            let mut file = tempfile::Builder::new().prefix(BEGUN).tempfile_in(parent)?;
            file.write_all(text.as_bytes())?;
            let open = file.as_file();
            if access.user.is_some() || access.group.is_some() {
                fchown(open, access.user, access.group)?;
            }
            open.set_permissions(Permissions::from_mode(access.mode))?;
            open.sync_all()?;
            file.persist(&path)?;
            File::open(parent)?.sync_all()
        };
        written().map_err(|e| later(&e))
    }

    /// Lets others use a file than did, and leaves its text.
    pub fn give(&self, path: &str, access: Access) -> Result<(), Failure> {
        let given = || -> std::io::Result<()> {
            let file = File::open(self.folder.join(path))?;
            if access.user.is_some() || access.group.is_some() {
                fchown(&file, access.user, access.group)?;
            }
            file.set_permissions(Permissions::from_mode(access.mode))
        };
        given().map_err(|e| later(&e))
    }

    /// Takes a file away.
    pub fn remove(&self, path: &str) -> Result<(), Failure> {
        match std::fs::remove_file(self.folder.join(path)) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(later(&e)),
            _ => Ok(()),
        }
    }

    /// Makes a folder within this one, and never elsewhere: also where somebody has put a link.
    fn make(&self, folder: &Path) -> Result<(), Failure> {
        let mut there = folder;
        while !there.exists() {
            there = there.parent().unwrap_or(&self.folder);
        }
        let real = there.canonicalize().map_err(|e| later(&e))?;
        if !real.starts_with(&self.folder) {
            return Err(Failure::needs_person(
                "a link leads out of the organisation's folder",
            ));
        }
        std::fs::create_dir_all(folder).map_err(|e| later(&e))
    }
}
