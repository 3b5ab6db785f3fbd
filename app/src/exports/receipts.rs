//! A year's receipts as pages to print, each in its member's language.

use super::lists::{List, Receipts};
use super::{Said, Wanted};
use crate::receipts::pdf;
use domain::context::Cx;
use domain::kernel::{Code, Problem};
use domain::payments::receipts::Receipt;
use domain::settings;
use std::fs::File;
use std::io::Write;

/// The most receipts of one document: its pages are put together in memory.
pub const RECEIPTS_MAX: i64 = 20_000;

/// Makes the document of a year.
pub async fn file(cx: &mut Cx, wanted: &Wanted, said: &Said) -> Result<(File, i64), Problem> {
    let list = Receipts::of(wanted, said.today);
    let own = settings::get(cx).await?.locale;
    let mut receipts: Vec<(Receipt, _)> = Vec::new();
    loop {
        let rows = list.after(cx, receipts.last().map(|(row, _)| row)).await?;
        if rows.is_empty() {
            break;
        }
        receipts.extend(rows.into_iter().map(|row| {
            let l = row.locale.unwrap_or(own);
            (row, l)
        }));
        if i64::try_from(receipts.len()).unwrap_or(i64::MAX) > RECEIPTS_MAX {
            return Err(Problem::new(Code::ExportTooLarge { max: RECEIPTS_MAX }));
        }
    }
    // A document without a page is none.
    if receipts.is_empty() {
        return Err(Problem::new(Code::NotFound));
    }
    let count = i64::try_from(receipts.len()).unwrap_or(i64::MAX);
    let (title, said) = (list.title(said.l), said.clone());
    let drawn = tokio::task::spawn_blocking(move || {
        let about = pdf::About {
            title: &title,
            l: said.l,
            organisation: &said.organisation,
            day: receipts.last().map(|(receipt, _)| receipt.issued_on),
        };
        let bytes = pdf::document(&about, &receipts, said.zone)?;
        let mut file = tempfile::tempfile().map_err(Problem::internal)?;
        file.write_all(&bytes).map_err(Problem::internal)?;
        Ok::<_, Problem>(file)
    });
    Ok((drawn.await.map_err(Problem::internal)??, count))
}
