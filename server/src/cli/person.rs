//! What is kept about one person, from the command line: taken away, and erased.

use super::crews::person_of;
use super::{Chosen, Failed, act, chosen_tenant, look};
use clap::{Args, Subcommand};
use domain::context::Cx;
use domain::db::Db;
use domain::kernel::PartyId;
use domain::members::{self, DirectoryQuery, Membership};
use domain::privacy::{self, Block, EraseForm, Outcome, Preview, Why};
use serde_json::json;

#[derive(Subcommand)]
pub enum PersonCommand {
    /// Print everything that is kept about a person, as JSON (GDPR, articles 15 and 20)
    Export(Named),
    /// Erase a person (GDPR, article 17): what the law has kept stays, without the rest
    Erase(Erase),
}

/// Somebody who is known.
#[derive(Args)]
pub struct Named {
    /// Their id, member number, login name or e-mail address
    person: String,
    #[command(flatten)]
    tenant: Chosen,
}

#[derive(Args)]
pub struct Erase {
    #[command(flatten)]
    named: Named,
    /// Only say what would go, what would stay and why, and what must end first
    #[arg(long, alias = "dry-run")]
    preview: bool,
    /// Why: asked (they asked for it), over (no purpose any more), unlawful (never should have been kept)
    #[arg(long, default_value = "")]
    reason: String,
    /// The person's name, as they are known
    #[arg(long, default_value = "")]
    confirm: String,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// `equipage person …`
///
/// # Errors
/// What the person is told.
pub async fn run(db: &Db, command: PersonCommand) -> Result<(), Failed> {
    match command {
        PersonCommand::Export(named) => {
            let tenant = chosen_tenant(db, named.tenant.name()).await?;
            let mut cx = act(db, &tenant).await?;
            let person = find(&mut cx, &named.person).await?;
            let data = privacy::take_data_of(&mut cx, person).await?;
            cx.commit().await?;
            print(&data)
        }
        PersonCommand::Erase(args) => erase(db, args).await,
    }
}

fn print(value: &impl serde::Serialize) -> Result<(), Failed> {
    let text = serde_json::to_string_pretty(value).map_err(|e| Failed::ours(e.to_string()))?;
    println!("{text}");
    Ok(())
}

async fn erase(db: &Db, args: Erase) -> Result<(), Failed> {
    let tenant = chosen_tenant(db, args.named.tenant.name()).await?;
    let mut cx = match args.preview {
        true => look(db, &tenant).await?,
        false => act(db, &tenant).await?,
    };
    let person = find(&mut cx, &args.named.person).await?;
    let preview = privacy::preview(&mut cx, person).await?;
    if args.preview {
        if args.json {
            return print(&preview);
        }
        print!("{}", said(&preview));
        return Ok(());
    }
    if !preview.blocks.is_empty() {
        print!("{}", said(&preview));
    }
    let form = EraseForm {
        key: uuid::Uuid::now_v7().to_string(),
        reason: args.reason,
        confirmation: args.confirm,
    };
    let erased = privacy::erase(&mut cx, person, &form).await?;
    cx.commit().await?;
    if args.json {
        return print(
            &json!({ "person": person, "called": preview.placeholder, "erased": erased }),
        );
    }
    for (table, rows) in &erased.rows {
        println!("{rows:>8}  {table}");
    }
    println!("{:>8}  personal parts of the audit", erased.audit);
    println!("they are called {:?} from now on", preview.placeholder);
    Ok(())
}

/// Somebody by id, login, or what the list of people finds one of.
async fn find(cx: &mut Cx, typed: &str) -> Result<PartyId, Failed> {
    let query = DirectoryQuery {
        q: typed.to_owned(),
        ..DirectoryQuery::default()
    };
    match person_of(cx, typed).await {
        Ok(person) => Ok(person),
        Err(missing) => {
            let filter = query.filter(Membership::Everyone);
            let page = members::directory(cx, &filter, query.page()).await?;
            match page.rows.as_slice() {
                [one] => Ok(one.party),
                _ => Err(missing),
            }
        }
    }
}

/// A preview, line by line.
fn said(preview: &Preview) -> String {
    let mut out = format!(
        "{}, to be called {:?}\n",
        preview.person.display_name(),
        preview.placeholder
    );
    for part in &preview.parts {
        let what = match part.outcome {
            Outcome::Deleted => "deleted".to_owned(),
            Outcome::Emptied => "emptied".to_owned(),
            Outcome::Kept(why) => format!("kept: {}", reason(why)),
        };
        out.push_str(&format!("{:>8}  {}  {what}\n", part.rows, part.place));
    }
    let audit = [
        (preview.audit_who, "audit, who acted"),
        (preview.audit_what, "audit, what was written about them"),
    ];
    for (rows, what) in audit {
        out.push_str(&format!("{rows:>8}  {what}  emptied\n"));
    }
    for block in &preview.blocks {
        out.push_str(&format!("this must end first: {}\n", in_words(block)));
    }
    out
}

/// What must end before somebody can be erased.
fn in_words(block: &Block) -> String {
    match block {
        Block::Membership => "the membership".to_owned(),
        Block::Services { count } => format!("that they have services ({count})"),
        Block::Payments { count } => format!("that payments wait to be validated ({count})"),
        Block::Mandates { count } => format!("the mandates ({count})"),
        Block::Yourself => "that it is you who asks".to_owned(),
    }
}

/// Why something stays.
fn reason(why: Why) -> &'static str {
    match why {
        Why::Accounting => "accounts and their vouchers are kept for ten years",
        Why::Mandate => "a mandate proves a debit until nobody can contest it any more",
        Why::Answer => "what was answered to a legal request is kept as it was given",
        Why::Nameless => "a number, days and amounts, which say nothing of who it was",
        Why::Import => "the same file, imported again, must not bring the person back",
    }
}
