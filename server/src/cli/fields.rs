//! The fields that an organisation declares for itself, from the command line.

use super::{Failed, act, chosen_tenant};
use clap::{Args, Subcommand};
use domain::context::Cx;
use domain::db::Db;
use domain::fields::{self, Field, FieldForm, FieldKind, On};
use domain::kernel::{Right, ServiceTypeId};
use domain::services::{self, ServiceType};

#[derive(Args)]
pub struct FieldArgs {
    /// The tenant; may be left out where there is only one
    #[arg(long, global = true)]
    tenant: Option<String>,
    #[command(subcommand)]
    command: FieldCommand,
}

#[derive(Subcommand)]
enum FieldCommand {
    /// List the declared fields: what has them, short name, kind, label
    List,
    /// Declare a field
    Create {
        /// What has it: person, organisation, member, service, service_type or crew
        #[arg(long, value_parser = on)]
        on: On,
        /// What it holds: text, number, date, choice, yes_no, email or address
        #[arg(long, value_parser = kind)]
        kind: FieldKind,
        /// What people call it
        label: String,
        /// Its short name; made of the label where it is left out
        #[arg(long, default_value = "")]
        slug: String,
        /// One of the answers of a choice; may be given several times
        #[arg(long = "choice")]
        choices: Vec<String>,
        /// Forms ask for it
        #[arg(long)]
        required: bool,
        /// Only those with this right see it
        #[arg(long, value_parser = right)]
        seen_by: Option<Right>,
        /// Of services: only those of this type have it, by the type's name
        #[arg(long = "type")]
        of_type: Option<String>,
    },
}

fn named<T: Copy>(text: &str, all: &[T], name: impl Fn(T) -> &'static str) -> Result<T, String> {
    let found = all.iter().copied().find(|one| name(*one) == text);
    let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
    found.ok_or_else(|| format!("one of: {}", names.join(", ")))
}

fn on(text: &str) -> Result<On, String> {
    named(text, On::ALL, On::name)
}

fn kind(text: &str) -> Result<FieldKind, String> {
    named(text, FieldKind::ALL, FieldKind::name)
}

fn right(text: &str) -> Result<Right, String> {
    named(text, Right::ALL, Right::name)
}

/// Runs a command about fields.
///
/// # Errors
/// What the person is told, with the exit code.
pub async fn run(db: &Db, args: FieldArgs) -> Result<(), Failed> {
    let tenant = chosen_tenant(db, args.tenant.as_deref()).await?;
    let mut cx = act(db, &tenant).await?;
    let said = done(&mut cx, args.command).await?;
    cx.commit().await?;
    println!("{said}");
    Ok(())
}

async fn done(cx: &mut Cx, command: FieldCommand) -> Result<String, Failed> {
    match command {
        FieldCommand::List => {
            let (lines, kinds) = (
                fields::declared(cx).await?,
                services::managed_types(cx).await?,
            );
            let lines = lines.iter().map(|field| line(field, &kinds));
            Ok(lines.collect::<Vec<_>>().join("\n"))
        }
        FieldCommand::Create {
            on,
            kind,
            label,
            slug,
            choices,
            required,
            seen_by,
            of_type,
        } => {
            let of_type = match of_type {
                Some(name) => type_of(cx, on, &name).await?.to_string(),
                None => String::new(),
            };
            let form = FieldForm {
                key: uuid::Uuid::now_v7().to_string(),
                on: on.name().into(),
                kind: kind.name().into(),
                label,
                slug,
                required: if required { "yes" } else { "" }.into(),
                seen_by: seen_by.map_or("", Right::name).into(),
                more: choices.join("\n"),
                of_type,
                ..FieldForm::default()
            };
            let id = fields::add(cx, &form).await?;
            let kinds = services::managed_types(cx).await?;
            Ok(line(&fields::get(cx, id).await?.0, &kinds))
        }
    }
}

/// The type of a name, for a field of its services alone.
async fn type_of(cx: &mut Cx, on: On, name: &str) -> Result<ServiceTypeId, Failed> {
    if on != On::Service {
        return Err(Failed::typed(
            "--type: only fields of services are of one type",
        ));
    }
    let all = services::managed_types(cx).await?;
    let found = all.iter().find(|kind| kind.name == name);
    let missing = || Failed::typed(format!("--type: there is no type of services {name:?}"));
    Ok(found.ok_or_else(missing)?.id)
}

/// A field in a line: what has it, short name, kind, label, and of which type its services are.
fn line(field: &Field, kinds: &[ServiceType]) -> String {
    let archived = if field.is_archived { "\tarchived" } else { "" };
    let (on, kind) = (field.on.name(), field.kind.name());
    let of = kinds.iter().find(|kind| Some(kind.id) == field.of_type);
    let of = of
        .map(|kind| format!("\t(of {})", kind.name))
        .unwrap_or_default();
    format!(
        "{on}\t{}\t{kind}\t{}{of}{archived}",
        field.slug, field.label
    )
}
