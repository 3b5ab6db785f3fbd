//! The whole audit with its hashes: what `equipage audit verify` and the page of the
//! audit's integrity read.

use chain::{Header, Line, VERSION, write_line};
use domain::audit;
use domain::context::Cx;
use domain::kernel::{Code, Problem};
use domain::settings;
use std::fs::File;
use std::io::{BufWriter, Write};

/// The most rows of such a file: some gigabytes.
const ROWS_MAX: u64 = 2_000_000;

/// Makes the file.
pub async fn file(cx: &mut Cx) -> Result<(File, i64), Problem> {
    let ends = audit::chain(cx).await?;
    let rows = i64::try_from(ends.head.seq).unwrap_or(i64::MAX);
    if ends.head.seq > ROWS_MAX {
        let max = i64::try_from(ROWS_MAX).unwrap_or(i64::MAX);
        return Err(Problem::new(Code::ExportTooLarge { max }));
    }
    let mut out = BufWriter::new(tempfile::tempfile().map_err(Problem::internal)?);
    let mut write = |line: &Line| {
        let line = write_line(line).map_err(Problem::internal)?;
        out.write_all(line.as_bytes()).map_err(Problem::internal)
    };
    write(&Line::Header(Header {
        equipage_audit: VERSION,
        tenant: cx.tenant.0,
        title: settings::get(cx).await?.title,
        made_at: cx.now,
    }))?;
    for checkpoint in ends.checkpoints {
        write(&Line::Checkpoint(checkpoint))?;
    }
    let mut last = 0;
    loop {
        let links = audit::links_after(cx, last).await?;
        let Some(newest) = links.last() else {
            break;
        };
        last = newest.seq;
        for link in links {
            write(&Line::Row(Box::new(link)))?;
        }
    }
    write(&Line::Head(ends.head))?;
    let file = out
        .into_inner()
        .map_err(|e| Problem::internal(e.into_error()))?;
    Ok((file, rows))
}
