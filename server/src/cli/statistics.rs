//! `equipage servicesstats`: what each month says of each type of services, as its page does.

use super::{Chosen, Failed, chosen_tenant, export, look};
use domain::db::Db;
use domain::kernel::calendar::parse_day;
use domain::kernel::{Cents, Day, Locale};
use domain::statistics::{self, Figures, StatisticsQuery, TypeFigures, Window, month_of};
use serde_json::{Value, json};

/// Which months, as of when, and in which form.
#[derive(clap::Args)]
pub struct StatsArgs {
    /// The first month: 2026-03
    #[arg(long)]
    from: Option<String>,
    /// The last month; the one of --on where it is left out
    #[arg(long)]
    to: Option<String>,
    /// As of which day: what was received by then and is validated; today where it is left out
    #[arg(long)]
    on: Option<String>,
    /// Only of this type, by name
    #[arg(long = "type")]
    kind: Option<String>,
    /// As JSON; amounts are in cents
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// As CSV, as the page exports it
    #[arg(long)]
    csv: bool,
    #[command(flatten)]
    chosen: Chosen,
}

/// Prints the statistics.
///
/// # Errors
/// What is wrong with the arguments.
pub async fn run(db: &Db, args: StatsArgs) -> Result<(), Failed> {
    let tenant = chosen_tenant(db, args.chosen.name()).await?;
    let mut cx = look(db, &tenant).await?;
    let mut query = query(&args)?;
    let window = query.window(cx.today());
    let mut found = statistics::of_services(&mut cx, &window).await?;
    if let Some(name) = &args.kind {
        found.retain(|kind| kind.name == *name);
        let only = found.first();
        let only =
            only.ok_or_else(|| Failed::typed(format!("--type: there is no type {name:?}")))?;
        query.kind = only.kind.to_string();
    }
    drop(cx);
    if args.csv {
        let month = |day: Day| day.format("%Y-%m");
        let (first, last) = (month(window.first()), month(window.last()));
        let filter = format!(
            "from={first}&until={last}&on={}&kind={}",
            window.on(),
            query.kind
        );
        return export::print(db, &tenant, "servicesstats", &filter).await;
    }
    match args.json {
        true => println!("{:#}", as_json(&window, &found)),
        false => print!("{}", as_table(&window, &found)),
    }
    Ok(())
}

/// What is asked for; what cannot be read is said, not left out.
fn query(args: &StatsArgs) -> Result<StatisticsQuery, Failed> {
    let month = |name: &str, text: &Option<String>| match text {
        Some(text) if month_of(text).is_none() => {
            Err(Failed::typed(format!("--{name}: write a month as 2026-03")))
        }
        text => Ok(text.clone().unwrap_or_default()),
    };
    let on = args.on.clone().unwrap_or_default();
    if !on.is_empty() && parse_day(&on).is_err() {
        return Err(Failed::typed("--on: write a day as 2026-03-31"));
    }
    Ok(StatisticsQuery {
        from: month("from", &args.from)?,
        until: month("to", &args.to)?,
        on,
        kind: String::new(),
    })
}

fn as_json(window: &Window, types: &[TypeFigures]) -> Value {
    let of = |kind: &TypeFigures| {
        let months = window.months().iter().zip(&kind.months);
        let months = months.map(|(month, f)| {
            json!({
                "month": month.first.format("%Y-%m").to_string(),
                "active": f.active, "begun": f.begun, "ended": f.ended, "stock": f.stock,
                "expected": f.expected, "received": f.received, "average": f.average(),
                "owed": f.owed, "owing": f.owing,
            })
        });
        json!({ "type": kind.name, "months": months.collect::<Vec<_>>() })
    };
    let types: Vec<Value> = types.iter().map(of).collect();
    json!({ "on": window.on(), "types": types })
}

const HEADS: [&str; 11] = [
    "type", "month", "active", "begun", "ended", "stock", "expected", "received", "average",
    "owed", "late",
];

/// The same for eyes: as wide as its contents, the figures at the right.
fn as_table(window: &Window, types: &[TypeFigures]) -> String {
    let mut rows: Vec<[String; 11]> = vec![HEADS.map(str::to_owned)];
    for kind in types {
        for (month, figures) in window.months().iter().zip(&kind.months) {
            let month = month.first.format("%Y-%m").to_string();
            rows.push(cells(&kind.name, month, figures));
        }
    }
    let mut widths = [0; 11];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in rows {
        for (n, (cell, width)) in row.iter().zip(widths).enumerate() {
            match n {
                0 => text.push_str(&format!("{cell:<width$}")),
                _ => text.push_str(&format!("  {cell:>width$}")),
            }
        }
        text.push('\n');
    }
    text
}

fn cells(name: &str, month: String, f: &Figures) -> [String; 11] {
    let money = |amount: Cents| Locale::En.money_input(amount);
    [
        name.to_owned(),
        month,
        f.active.to_string(),
        f.begun.to_string(),
        f.ended.to_string(),
        f.stock.to_string(),
        money(f.expected),
        money(f.received),
        f.average().map(money).unwrap_or_default(),
        money(f.owed),
        f.owing.to_string(),
    ]
}
