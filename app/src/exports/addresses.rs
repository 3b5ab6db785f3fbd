//! Prefixes, and which service has which addresses, as files.

use super::lists::List;
use super::sheet::{Cell, Column, column};
use super::{Said, Wanted};
use crate::locales::{addresses as ta, exports as t, services as ts};
use domain::context::Cx;
use domain::kernel::{Locale, Problem, paging::CHUNK, text};
use domain::services::addresses::rules::{parse_network, written};
use domain::services::addresses::{self, IpNet, Past, Placed, Taken};
use serde::{Deserialize, Serialize};

/// What the addresses of the two lists say.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Words of a prefix's name.
    q: String,
    /// A network: only what lies in it.
    within: String,
    /// `yes`: also what is over.
    past: String,
}

/// Every prefix, or those of a name.
pub struct Prefixes(String);

impl Prefixes {
    /// As the tree of prefixes shows them: an address narrows nothing there.
    pub fn of(wanted: &Wanted) -> Self {
        let query: Query = wanted.query();
        match query.q.contains(['.', ':', '/']) {
            true => Self(String::new()),
            false => Self(text::fold(query.q.trim())),
        }
    }
}

impl List for Prefixes {
    type Row = Placed;

    fn title(&self, l: Locale) -> String {
        ta::title(l).into_owned()
    }

    fn columns(&self, l: Locale) -> Vec<Column> {
        vec![
            column(ta::prefix(l), 24),
            column(ta::label(l), 26),
            column(ta::hands_out(l), 18),
            column(ta::taken(l), 18),
            column(ta::reserved(l), 18),
            column(ta::free(l), 18),
            column(ta::note(l), 40),
        ]
    }

    async fn after(&self, cx: &mut Cx, last: Option<&Placed>) -> Result<Vec<Placed>, Problem> {
        if last.is_some() {
            return Ok(Vec::new());
        }
        let mut all = addresses::prefixes(cx).await?;
        all.retain(|placed| text::fold(&placed.prefix.label).contains(&self.0));
        Ok(all)
    }

    fn cells(&self, _said: &Said, row: &Placed) -> Vec<Cell> {
        let prefix = &row.prefix;
        // As a text where there are more than a number of a sheet can hold.
        let count = |n: u128| match i64::try_from(n) {
            Ok(n) => Cell::from(n),
            Err(_) => n.to_string().into(),
        };
        vec![
            prefix.network.to_string().into(),
            prefix.label.as_str().into(),
            prefix.hands_out.map(|length| format!("/{length}")).into(),
            count(row.filling.used),
            count(row.filling.reserved),
            count(row.filling.free()),
            prefix.note.as_str().into(),
        ]
    }
}

/// Which service has which addresses, by address.
pub struct Given {
    within: Vec<IpNet>,
    past: Past,
}

/// A row, and where it stands: in which of the networks, behind how many others.
pub struct Line {
    taken: Taken,
    part: usize,
    before: i64,
}

impl Given {
    /// As a prefix's page shows them; without a network, all.
    pub fn of(wanted: &Wanted) -> Self {
        let query: Query = wanted.query();
        let within = match parse_network(&query.within) {
            Ok(network) => vec![network],
            Err(_) => ["0.0.0.0/0", "::/0"]
                .iter()
                .filter_map(|all| all.parse().ok())
                .collect(),
        };
        Self {
            within,
            past: match query.past.trim() {
                "yes" => Past::With,
                _ => Past::Without,
            },
        }
    }
}

impl List for Given {
    type Row = Line;

    fn title(&self, l: Locale) -> String {
        ta::taken(l).into_owned()
    }

    fn columns(&self, l: Locale) -> Vec<Column> {
        vec![
            column(ta::network(l), 24),
            column(ts::title(l), 30),
            column(t::from(l), 18),
            column(t::until(l), 18),
        ]
    }

    async fn after(&self, cx: &mut Cx, last: Option<&Line>) -> Result<Vec<Line>, Problem> {
        let (part, behind) = last.map_or((0, 0), |line| (line.part, line.before + 1));
        let mut lines = Vec::new();
        for (at, network) in self.within.iter().enumerate().skip(part) {
            let behind = if at == part { behind } else { 0 };
            let room = CHUNK - i64::try_from(lines.len()).unwrap_or(CHUNK);
            if room <= 0 {
                break;
            }
            let rows = addresses::taken_behind(cx, *network, self.past, behind, room).await?;
            lines.extend((behind..).zip(rows).map(|(before, taken)| Line {
                taken,
                part: at,
                before,
            }));
        }
        Ok(lines)
    }

    fn cells(&self, _said: &Said, line: &Line) -> Vec<Cell> {
        let row = &line.taken;
        vec![
            written(row.network).into(),
            row.whose.as_ref().map(|whose| whose.name.as_str()).into(),
            row.from_at.into(),
            row.until_at.into(),
        ]
    }
}
