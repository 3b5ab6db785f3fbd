//! `equipage doctor`: what is wrong with this installation, and how to mend it. It changes
//! nothing. Each check is a small function that is told what it looks at; `look` lists them.

mod data;
mod network;
mod plugins;
mod running;
mod storage;
mod tenants;

use crate::cli::Failed;
use crate::config::Config;
use serde::Serialize;

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Fine,
    /// It works; somebody may want to know.
    Note,
    /// It does not work, or is not safe.
    Wrong,
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check's name.
    pub check: &'static str,
    /// How bad it is.
    pub state: State,
    /// What was found.
    pub said: String,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<String>,
}

impl Finding {
    fn fine(check: &'static str, said: impl Into<String>) -> Self {
        Self {
            check,
            state: State::Fine,
            said: said.into(),
            mend: None,
        }
    }

    fn note(check: &'static str, said: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            state: State::Note,
            mend: Some(mend.into()),
            ..Self::fine(check, said)
        }
    }

    fn wrong(check: &'static str, said: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            state: State::Wrong,
            ..Self::note(check, said, mend)
        }
    }

    fn line(&self) -> String {
        let state = match self.state {
            State::Fine => "fine ",
            State::Note => "note ",
            State::Wrong => "WRONG",
        };
        let mend = self.mend.as_ref();
        let mend = mend.map(|mend| format!("\n      → {mend}"));
        let (check, said) = (self.check, &self.said);
        format!("{state} {check}: {said}{}", mend.unwrap_or_default())
    }
}

/// `equipage doctor`
#[derive(clap::Args)]
pub struct DoctorArgs {
    /// Print JSON: a list of {check, state: fine|note|wrong, said, mend}
    #[arg(long)]
    json: bool,
}

/// Prints what there is to say of an installation.
///
/// # Errors
/// Where something is wrong: exit code 1.
pub async fn run(config: Result<Config, String>, args: DoctorArgs) -> Result<(), Failed> {
    let found = match config {
        Ok(config) => look(&config).await,
        Err(said) => vec![Finding::wrong(
            "configuration",
            said,
            "mend that key; docs/configuration.md says what each one means",
        )],
    };
    if args.json {
        let text = serde_json::to_string_pretty(&found);
        println!("{}", text.map_err(|e| Failed::ours(e.to_string()))?);
    } else {
        for finding in &found {
            println!("{}", finding.line());
        }
    }
    match found.iter().filter(|f| f.state == State::Wrong).count() {
        0 => Ok(()),
        1 => Err(Failed::ours("one thing is wrong")),
        n => Err(Failed::ours(format!("{n} things are wrong"))),
    }
}

/// All checks. Those of what is in the storage come only where it opens as it is: opening
/// it otherwise would bring it up to date.
async fn look(config: &Config) -> Vec<Finding> {
    let mut found = vec![Finding::fine("configuration", "each key is known and fits")];
    found.extend(network::look(config));
    found.extend(data::look(config));
    found.extend(plugins::look(config));
    found.extend(running::look());
    let storage = storage::look(config).await;
    let opens = storage.iter().all(|finding| finding.state != State::Wrong);
    found.extend(storage);
    match opens {
        true => found.extend(tenants::look(config).await),
        false => found.push(Finding::note(
            "tenants",
            "were not looked at",
            "mend the storage first",
        )),
    }
    found
}

#[cfg(test)]
mod testing {
    use super::{Finding, State};

    /// What is wrong, by the checks' names.
    pub fn wrong(found: &[Finding]) -> Vec<&'static str> {
        let wrong = found.iter().filter(|f| f.state == State::Wrong);
        wrong.map(|f| f.check).collect()
    }

    /// What is not as it should be.
    pub fn noted(found: &[Finding]) -> Vec<&'static str> {
        let noted = found.iter().filter(|f| f.state != State::Fine);
        noted.map(|f| f.check).collect()
    }
}
