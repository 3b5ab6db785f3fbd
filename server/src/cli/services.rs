//! Services and their types from the command line.

use super::{Chosen, EXIT_MISSING, Failed, act, chosen_tenant};
use clap::Subcommand;
use domain::context::Cx;
use domain::crews;
use domain::db::Db;
use domain::kernel::{Locale, PageRequest};
use domain::services::{self, NewServiceForm, Paid, ServiceQuery, ServiceType, TypeForm};

#[derive(Subcommand)]
pub enum TypeCommand {
    /// List the types: name, crew, price, months
    List {
        #[command(flatten)]
        chosen: Chosen,
    },
    /// Make a type
    Create {
        /// What it is called
        name: String,
        /// The crew that manages it, by name
        #[arg(long)]
        crew: String,
        /// What a whole period costs
        #[arg(long)]
        price: String,
        /// How many months a period has
        #[arg(long, default_value = "1")]
        months: String,
        /// blue, cyan, moss, gold, orange, pink, plum or slate
        #[arg(long, default_value = "blue")]
        colour: String,
        #[command(flatten)]
        chosen: Chosen,
    },
}

#[derive(Subcommand)]
pub enum ServiceCommand {
    /// List services: label, type, state, who has it, until when it is paid
    List {
        /// Only of this type, by name
        #[arg(long = "type")]
        kind: Option<String>,
        /// available, in_use, late or closed
        #[arg(long)]
        state: Option<String>,
        #[command(flatten)]
        chosen: Chosen,
    },
    /// Prepare a service, in stock or for a member
    Create {
        /// What it is called
        label: String,
        /// Its type, by name
        #[arg(long = "type")]
        kind: String,
        /// Who gets it: a number or a name
        #[arg(long, default_value = "")]
        member: String,
        /// From which day on; today where it is left out
        #[arg(long)]
        from: Option<String>,
        #[command(flatten)]
        chosen: Chosen,
    },
}

/// `equipage service-type …`
///
/// # Errors
/// What the person is told.
pub async fn types(db: &Db, command: TypeCommand) -> Result<(), Failed> {
    match command {
        TypeCommand::List { chosen } => {
            let mut cx = open(db, &chosen).await?;
            let today = cx.today();
            for kind in services::types_seen(&mut cx).await? {
                let price = Locale::En.money_input(kind.price_on(today));
                println!(
                    "{}\t{}\t{price}\t{}",
                    kind.name, kind.crew_name, kind.months
                );
            }
            Ok(())
        }
        TypeCommand::Create {
            name,
            crew,
            price,
            months,
            colour,
            chosen,
        } => {
            let mut cx = open(db, &chosen).await?;
            let crew = crews::find(&mut cx, &crew)
                .await?
                .ok_or_else(|| missing(format!("--crew: there is no crew {crew:?}")))?;
            let form = TypeForm {
                key: uuid::Uuid::now_v7().to_string(),
                name: name.clone(),
                crew: crew.id.to_string(),
                colour,
                months,
                price,
                ..TypeForm::default()
            };
            let id = services::add_type(&mut cx, &form).await?;
            cx.commit().await?;
            println!("{name}\t{id}");
            Ok(())
        }
    }
}

/// `equipage service …`
///
/// # Errors
/// What the person is told.
pub async fn services(db: &Db, command: ServiceCommand) -> Result<(), Failed> {
    match command {
        ServiceCommand::List {
            kind,
            state,
            chosen,
        } => {
            let mut cx = open(db, &chosen).await?;
            let kind = match kind {
                Some(name) => find(&mut cx, &name).await?.id.to_string(),
                None => String::new(),
            };
            let query = ServiceQuery {
                kind,
                state: state.unwrap_or_default(),
                ..ServiceQuery::default()
            };
            print_all(&mut cx, &query).await
        }
        ServiceCommand::Create {
            label,
            kind,
            member,
            from,
            chosen,
        } => {
            let mut cx = open(db, &chosen).await?;
            let kind = find(&mut cx, &kind).await?;
            let form = NewServiceForm {
                key: uuid::Uuid::now_v7().to_string(),
                kind: kind.id.to_string(),
                label: label.clone(),
                member,
                from_on: from.unwrap_or_else(|| cx.today().to_string()),
                ..NewServiceForm::default()
            };
            let id = services::add(&mut cx, &form).await?;
            cx.commit().await?;
            println!("{label}\t{id}");
            Ok(())
        }
    }
}

pub(super) async fn open(db: &Db, chosen: &Chosen) -> Result<Cx, Failed> {
    let tenant = chosen_tenant(db, chosen.name()).await?;
    act(db, &tenant).await
}

fn missing(text: String) -> Failed {
    Failed {
        text,
        exit_code: EXIT_MISSING,
    }
}

async fn find(cx: &mut Cx, name: &str) -> Result<ServiceType, Failed> {
    let all = services::types_seen(cx).await?;
    let found = all.into_iter().find(|kind| kind.name == name);
    found.ok_or_else(|| missing(format!("--type: there is no type {name:?}")))
}

async fn print_all(cx: &mut Cx, query: &ServiceQuery) -> Result<(), Failed> {
    let kinds = services::types_seen(cx).await?;
    let filter = query.filter();
    let mut number = 1;
    loop {
        let page = services::list(cx, &filter, PageRequest::new(number)).await?;
        for row in &page.rows {
            let kind = kinds.iter().find(|kind| kind.id == row.kind);
            let kind = kind.map_or("", |kind| kind.name.as_str());
            let (who, paid) = row.holder.as_ref().map_or_else(Default::default, |h| {
                let paid = match h.paid {
                    Paid::Until { day } => day.to_string(),
                    Paid::Free => "free".to_owned(),
                    Paid::Late { .. } => "late".to_owned(),
                    Paid::Over => String::new(),
                };
                (format!("{} {}", h.number, h.name), paid)
            });
            println!("{}\t{kind}\t{}\t{who}\t{paid}", row.label, row.state.name());
        }
        if number >= page.pages() {
            return Ok(());
        }
        number += 1;
    }
}
