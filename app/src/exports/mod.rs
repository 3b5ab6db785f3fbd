//! Lists as files: what a list shows over all its pages, narrowed and sorted as it is
//! shown, under the same rights. A list joins by a [`List`](lists::List) of its own, a name
//! in [`Name`], and [`links`] under its table.
//!
//! A file is written to a temporary file, piece by piece, in one transaction that reads;
//! who took it away is noted in a second one; then it is sent. So a file is either whole or
//! not there, and memory holds one piece.

mod addresses;
mod chain;
mod lists;
mod receipts;
mod sheet;
mod statistics;
#[cfg(test)]
mod tests;

use crate::locales::{Text, exports as t};
use crate::request::{App, Failure, Mode, Posted, Reply, Req};
use crate::ui;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use chrono_tz::Tz;
use domain::context::Cx;
use domain::exports::{self, Export, Format};
use domain::kernel::{Code, Day, Locale, Problem};
use domain::settings;
use leptos::prelude::*;
use serde::Deserialize;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use tokio::sync::Semaphore;

/// How many files are made at once: each holds a reading transaction and a core.
const AT_ONCE: usize = 2;
/// The longest filter that an address holds.
const FILTER_MAX: usize = 4_000;
/// How much of a file is sent at a time.
const PIECE: usize = 64 * 1024;

static MAKING: Semaphore = Semaphore::const_new(AT_ONCE);

/// The lists that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// Everybody who is known.
    People,
    /// Members.
    Members,
    /// All payments.
    Payments,
    /// What waits for the bank crew.
    Queue,
    /// A year's receipts.
    Receipts,
    /// Services of the types that one manages.
    Services,
    /// Prefixes of addresses.
    Prefixes,
    /// Which service has which addresses.
    Addresses,
    /// The kinds of dues, and what is owed of each.
    Dues,
    /// What each month says of each type of services.
    ServicesStats,
    /// What each month says of members.
    MembersStats,
    /// The last imports.
    Imports,
    /// Who gets a reminder, and why not.
    Reminders,
    /// The audit.
    Audit,
    /// The whole audit with its hashes, to be verified elsewhere.
    AuditChain,
}

impl Name {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::People,
        Self::Members,
        Self::Payments,
        Self::Queue,
        Self::Receipts,
        Self::Services,
        Self::Prefixes,
        Self::Addresses,
        Self::Dues,
        Self::ServicesStats,
        Self::MembersStats,
        Self::Imports,
        Self::Reminders,
        Self::Audit,
        Self::AuditChain,
    ];

    /// Its name in forms and commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Members => "members",
            Self::Payments => "payments",
            Self::Queue => "queue",
            Self::Receipts => "receipts",
            Self::Services => "services",
            Self::Prefixes => "prefixes",
            Self::Addresses => "addresses",
            Self::Dues => "dues",
            Self::ServicesStats => "servicesstats",
            Self::MembersStats => "membersstats",
            Self::Imports => "imports",
            Self::Reminders => "reminders",
            Self::Audit => "audit",
            Self::AuditChain => "auditchain",
        }
    }

    /// The one of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.name() == name)
    }

    /// The page of the list.
    fn path(self) -> &'static str {
        match self {
            Self::People => "/people",
            Self::Members => "/members",
            Self::Payments => "/payments",
            Self::Queue => "/payments/queue",
            Self::Receipts => "/receipts",
            Self::Services => "/services",
            Self::Prefixes | Self::Addresses => "/addresses",
            Self::Dues => "/dues",
            Self::ServicesStats | Self::MembersStats => "/statistics",
            Self::Imports => "/members/import",
            Self::Reminders => "/reminders",
            Self::Audit => "/audit",
            Self::AuditChain => "/audit/integrity",
        }
    }

    /// What its file can be.
    fn formats(self) -> &'static [Format] {
        match self {
            Self::Receipts => &[Format::Csv, Format::Xlsx, Format::Pdf],
            Self::AuditChain => &[Format::Jsonl],
            _ => &[Format::Csv, Format::Xlsx],
        }
    }
}

/// What is wanted of which list, in which language.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The list.
    pub list: Name,
    /// What the file is to be.
    pub format: Format,
    /// The list's query as its address has it, without the question mark.
    pub filter: String,
    /// The language of headers and words.
    pub locale: Locale,
}

/// A file that was made.
pub struct Made {
    /// Its content, from the beginning.
    pub content: File,
    /// How long it is.
    pub length: u64,
    /// Its name.
    pub name: String,
    /// How many rows of the list it holds.
    pub rows: i64,
}

impl Wanted {
    /// Reads what a form or a command says.
    ///
    /// # Errors
    /// [`Code::UnknownChoice`] for a list that there is not, or a format that it does not
    /// have; [`Code::TooLong`] for a filter that no address of a list has.
    pub fn parse(list: &str, format: &str, filter: &str, locale: Locale) -> Result<Self, Problem> {
        let unknown = || Problem::new(Code::UnknownChoice);
        let list = Name::from_name(list).ok_or_else(unknown)?;
        let format = Format::from_name(format).ok_or_else(unknown)?;
        if !list.formats().contains(&format) {
            return Err(unknown());
        }
        let filter = filter.trim().trim_start_matches('?');
        if filter.len() > FILTER_MAX {
            return Err(Problem::new(Code::TooLong { max: FILTER_MAX }));
        }
        // As with an address: a text with a NUL is found nowhere, and PostgreSQL refuses it.
        let filter = match filter.contains("%00") || filter.contains('\0') {
            true => String::new(),
            false => filter.to_owned(),
        };
        Ok(Self {
            list,
            format,
            filter,
            locale,
        })
    }

    /// The filter as a list's own query; what cannot be read asks for nothing.
    fn query<T: serde::de::DeserializeOwned + Default>(&self) -> T {
        serde_html_form::from_str(&self.filter).unwrap_or_default()
    }

    /// What the filter asks for, in pairs; without the page, as a file has all of them.
    fn asked(&self) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> =
            serde_html_form::from_str(&self.filter).unwrap_or_default();
        pairs.retain(|(name, value)| name != "page" && !value.trim().is_empty());
        pairs
    }

    /// `membres-2026-11-22.csv`
    fn file_name(&self, today: Day) -> String {
        let l = self.locale;
        let list = match self.list {
            Name::Receipts => t::file_of_receipts(l, lists::Receipts::of(self, today).year),
            other => t::file(l, other).into(),
        };
        format!("{list}-{today}.{}", self.format.name())
    }
}

/// Makes a file of a list. Whoever sends it notes it first, with [`note`].
///
/// # Errors
/// Those of the list; [`Code::ExportTooLarge`] where it has too many rows.
pub async fn make(cx: &mut Cx, wanted: &Wanted) -> Result<Made, Problem> {
    let name = wanted.file_name(cx.today());
    let title = settings::get(cx).await?.title;
    let said = Said {
        l: wanted.locale,
        zone: cx.zone,
        today: cx.today(),
        organisation: title,
        by: cx.actor.name.clone(),
    };
    let (content, rows) = match wanted.format {
        Format::Pdf => receipts::file(cx, wanted, &said).await?,
        Format::Csv | Format::Xlsx => lists::file(cx, wanted, &said).await?,
        Format::Jsonl => chain::file(cx).await?,
    };
    let mut content = content;
    let length = content.seek(SeekFrom::End(0)).map_err(Problem::internal)?;
    content.rewind().map_err(Problem::internal)?;
    Ok(Made {
        content,
        length,
        name,
        rows,
    })
}

/// Notes that somebody takes a file away.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn note(cx: &mut Cx, wanted: &Wanted, made: &Made) -> Result<(), Problem> {
    let export = Export {
        list: wanted.list.name(),
        format: wanted.format,
        filter: &wanted.asked(),
        rows: made.rows,
        file_name: &made.name,
    };
    exports::record(cx, &export).await
}

/// What a file says beside its rows, and how it says things.
#[derive(Clone, Debug)]
struct Said {
    l: Locale,
    zone: Tz,
    today: Day,
    organisation: String,
    by: String,
}

/// The routes of this feature.
pub fn routes() -> Router<App> {
    Router::new().route("/exports", post(export))
}

/// What is wanted, as the links under a list send it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ExportForm {
    list: String,
    format: String,
    filter: String,
}

/// `POST /exports`: a change, as it is noted who took what.
async fn export(req: Req, Posted(form): Posted<ExportForm>) -> Reply {
    let wanted = Wanted::parse(&form.list, &form.format, &form.filter, req.locale)?;
    if req.mode == Mode::Look {
        // Who has just signed in sees the list, and exports it with one more click.
        return Ok(req.go(&format!("{}?{}", wanted.list.path(), wanted.filter), None));
    }
    let permit = MAKING.acquire().await.map_err(Problem::internal)?;
    let made = req.view(async |cx| make(cx, &wanted).await).await?;
    drop(permit);
    req.act(async |cx| note(cx, &wanted, &made).await).await?;
    let name = made.name.clone();
    sent(&name, wanted.format, made.length, pieces(made.content)).map_err(Failure)
}

/// A file on its way to a browser, which is to save it and to keep it nowhere else.
///
/// # Errors
/// [`Code::Internal`] where its name is none for a header.
pub fn sent(name: &str, format: Format, length: u64, body: Body) -> Result<Response, Problem> {
    let kind = match format {
        Format::Csv => "text/csv; charset=utf-8; header=present",
        Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Format::Pdf => "application/pdf",
        Format::Jsonl => "application/jsonl",
    };
    let named = HeaderValue::from_str(&disposition(name)).map_err(Problem::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, named),
        (header::CONTENT_LENGTH, HeaderValue::from(length)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, body).into_response())
}

/// RFC 6266: the name in ASCII for old programs, and as it is (RFC 8187).
fn disposition(name: &str) -> String {
    let plain = domain::kernel::text::fold(name);
    let plain: String = plain
        .chars()
        .map(|c| match c {
            'a'..='z' | '0'..='9' | '-' | '.' => c,
            _ => '_',
        })
        .collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                whole.push(char::from(byte));
            }
            _ => whole.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

/// A file's content, piece by piece.
fn pieces(file: File) -> Body {
    let next = async |mut file: File| {
        // Reading waits for a disk, seldom: what was just written is in memory.
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE];
            let length = file.read(&mut piece)?;
            piece.truncate(length);
            Ok::<_, std::io::Error>((piece, file))
        });
        let (piece, file) = read.await.map_err(std::io::Error::other)??;
        Ok::<_, std::io::Error>((!piece.is_empty()).then_some((piece, file)))
    };
    Body::from_stream(futures_util::stream::try_unfold(file, next))
}

/// The ways out of a list, under its table. `filter` is the list's query, encoded.
pub fn links(l: Locale, list: Name, filter: &str) -> AnyView {
    let button = |format: Format| {
        let name = format.name();
        let label: Text = t::format(l, format);
        view! { <button class="button is-small" name="format" value=name>{label}</button> }
    };
    let buttons = list.formats().iter().map(|format| button(*format));
    // The kind of encoding is what it would be anyway: said, it tells `forms.js` that the
    // answer is no page, and that the browser is to send this form by itself.
    view! {
        <form class="actions" method="post" action="/exports" enctype="application/x-www-form-urlencoded">
            <input type="hidden" name="list" value=list.name()/>
            <input type="hidden" name="filter" value=filter.to_owned()/>
            {ui::icon("download")} <span class="help">{t::export(l)}</span>
            {buttons.collect_view()}
        </form>
    }
    .into_any()
}
