//! The folders that plugins and extractions work in: there, and such that they can.

use super::Finding;
use crate::config::Config;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const CHECK: &str = "plugins";
/// What group and others may do with programs that the service runs: not change them.
const WRITERS: u32 = 0o022;

/// What the configuration names; nothing, where it names nothing.
pub fn look(config: &Config) -> Vec<Finding> {
    let plugins = &config.plugins;
    let mut found = Vec::new();
    found.extend(plugins.commands.as_deref().map(commands));
    found.extend(plugins.accounts.as_deref().map(written));
    found.extend(plugins.extractions.as_deref().map(written));
    found
}

/// A folder of programs: whoever may change them can have the service do anything.
fn commands(folder: &Path) -> Finding {
    let shown = folder.display();
    let mode = match std::fs::metadata(folder) {
        Ok(known) if known.is_dir() => known.permissions().mode(),
        Ok(_) => return missing(folder, "is no folder"),
        Err(e) => return missing(folder, &e.to_string()),
    };
    match mode & WRITERS {
        0 => Finding::fine(CHECK, format!("programs are in {shown}")),
        _ => Finding::wrong(
            CHECK,
            format!("others than its owner may put programs into {shown}"),
            format!("chmod go-w {shown}"),
        ),
    }
}

/// A folder in which files are made. It is made with the first file, where it can be.
fn written(folder: &Path) -> Finding {
    let shown = folder.display();
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let there = whole.ancestors().find(|folder| folder.exists());
    let tried = tempfile::Builder::new()
        .prefix(".doctor")
        .tempfile_in(there.unwrap_or(folder));
    match tried {
        Ok(_) if folder.exists() => Finding::fine(CHECK, format!("files can be made in {shown}")),
        Ok(_) => Finding::note(
            CHECK,
            format!("{shown} is not there yet"),
            "the first file makes it",
        ),
        Err(e) => Finding::wrong(
            CHECK,
            format!("this user makes no file in {shown}: {e}"),
            format!(
                "make it, chown it to the service's user, and name it in ReadWritePaths of the unit: {shown}"
            ),
        ),
    }
}

fn missing(folder: &Path, said: &str) -> Finding {
    Finding::wrong(
        CHECK,
        format!("{}: {said}", folder.display()),
        "make the folder, or name another one with `[plugins] commands`",
    )
}
