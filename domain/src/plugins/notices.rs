//! Telling administrators by mail of what could not be carried: once for whatever is new, at most once a day, and never
//! of what will be tried again by itself.

use super::store;
use crate::access::{Actor, Rights, Via};
use crate::audit::{self, Change, NOTHING};
use crate::context::{Clock, Cx};
use crate::db::Db;
use crate::kernel::{Locale, Result, TenantId};
use crate::mail::{self, Outgoing, Sending, Template, outbox};
use crate::people::rules::display_name;
use crate::settings;
use serde_json::json;

/// Writes a mail to each administrator where something new has failed since the last one; how many. For the night's round:
/// nothing, where the organisation sends no mail.
///
/// # Errors
/// The database's own.
pub async fn notify(db: &Db, clock: &Clock, tenant: TenantId, from: &Outgoing) -> Result<usize> {
    let now = clock.now();
    let mut tx = db.read(tenant).await?;
    let found = store::unnoticed(&mut tx, tenant).await?;
    drop(tx);
    let Some((newest, open)) = found else {
        return Ok(0);
    };
    let actor = Actor {
        person: None,
        name: "Equipage".to_owned(),
        rights: Rights::operator(),
        via: Via::Cli,
    };
    let tx = db.write(tenant).await?;
    let mut cx = Cx::new(tenant, actor, now, settings::DEFAULT_ZONE, tx);
    if mail::settings(&mut cx).await?.sending == Sending::Off {
        return Ok(0);
    }
    let known = settings::get(&mut cx).await?;
    let mut count = 0;
    for one in store::administrators(&mut cx.tx, tenant).await? {
        let locale = one.locale.as_deref().and_then(Locale::from_tag);
        let text = text(locale.unwrap_or(known.locale), open, &known.title, from);
        let id = cx.new_id()?;
        let new = outbox::NewMail {
            id,
            kind: "notice",
            once_key: &format!("journal {newest} {}", one.id),
            member: None,
            party: one.id,
            step: None,
            to_name: &display_name(&one.given_name, &one.name),
            to_address: &one.email,
            text: &text,
            message_id: &outbox::message_id(id, &from.host)?,
        };
        count += usize::from(outbox::put(&mut cx, &new).await?);
    }
    store::put_noticed(&mut cx.tx, tenant, newest).await?;
    let label = count.to_string();
    let change = Change {
        action: "noticed",
        kind: "journal",
        id: tenant.0,
        label: &label,
    };
    let after = json!({ "mails": count, "open": open });
    audit::record(&mut cx, change, NOTHING, Some(&after)).await?;
    cx.commit().await?;
    if count > 0 {
        outbox::wake(db, tenant, now).await?;
    }
    Ok(count)
}

fn text(l: Locale, open: i64, organisation: &str, from: &Outgoing) -> Template {
    let journal = format!("{}/journal", from.origin);
    let (subject, body) = match l {
        Locale::Fr => (
            format!("{organisation} : des greffons demandent votre attention"),
            format!(
                "Bonjour,\n\n{} dans le journal des greffons et des extractions.\nCe qui a échoué, pourquoi, et ce qu’on peut y faire :\n\n{journal}\n\nCe message ne revient que lorsque quelque chose de nouveau échoue, et une fois par jour au plus.\n",
                match open {
                    1 => "Une ligne attend".to_owned(),
                    n => format!("{} lignes attendent", l.count(n)),
                }
            ),
        ),
        Locale::En => (
            format!("{organisation}: plugins need your attention"),
            format!(
                "Hello,\n\n{} in the journal of plugins and extractions.\nWhat failed, why, and what can be done:\n\n{journal}\n\nThis message comes again only when something new fails, and once a day at most.\n",
                match open {
                    1 => "One row waits".to_owned(),
                    n => format!("{} rows wait", l.count(n)),
                }
            ),
        ),
    };
    Template { subject, body }
}
