//! Deciding about mail, and the texts.

use super::template::{self, Values};
use super::{Mail, MailForm, MailSettings, Outgoing, Sending, Stage, Template, store};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::kernel::{Code, Locale, MailId, MemberId, Problem, Result, Right};

/// The most mails about one member that a page shows.
const OF_MEMBER_MAX: i64 = 20;
/// The most mails that did not arrive which a page shows.
const NOT_SENT_MAX: i64 = 100;

/// What is decided about mail.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn settings(cx: &mut Cx) -> Result<MailSettings> {
    cx.require_crew()?;
    store::settings(&mut cx.tx, cx.tenant).await
}

/// Decides about mail. Reminders that wait are forgotten where no mail is sent any more: they
/// are decided anew when it is.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::Invalid`] with the fields;
/// [`Code::ChangedMeanwhile`] where somebody else was faster.
pub async fn save_settings(cx: &mut Cx, form: &MailForm) -> Result<()> {
    cx.require(Right::Settings)?;
    let before = settings(cx).await?;
    let after = form.parse(&before)?;
    if form.version != before.version.to_string() {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    if after == before {
        return Ok(());
    }
    if !store::put_settings(&mut cx.tx, cx.tenant, &after).await? {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    if after.sending == Sending::Off {
        store::end_waiting(&mut cx.tx, cx.tenant, cx.now).await?;
    }
    audit::record(cx, change(cx, "changed", ""), Some(&before), Some(&after)).await
}

/// Where mails come from, where they may be sent at all.
///
/// # Errors
/// [`Code::MailNotSetUp`] and [`Code::MailOff`].
pub(crate) async fn may_send<'a>(
    cx: &mut Cx,
    outgoing: Option<&'a Outgoing>,
) -> Result<&'a Outgoing> {
    let outgoing = outgoing.ok_or_else(|| Problem::new(Code::MailNotSetUp))?;
    let decided = store::settings(&mut cx.tx, cx.tenant).await?;
    match decided.sending {
        Sending::Off => Err(Problem::new(Code::MailOff)),
        Sending::ByHand | Sending::Nightly => Ok(outgoing),
    }
}

/// The text of a stage in a language: the organisation's, or the product's own.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn template(cx: &mut Cx, stage: Stage, locale: Locale) -> Result<Template> {
    cx.require_crew()?;
    let own = store::template(&mut cx.tx, cx.tenant, stage, locale).await?;
    Ok(own.unwrap_or_else(|| template::default(stage, locale)))
}

/// Changes a text; the same once more changes nothing.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::Invalid`] with the fields.
pub async fn save_template(
    cx: &mut Cx,
    stage: Stage,
    locale: Locale,
    form: &Template,
) -> Result<()> {
    cx.require(Right::Settings)?;
    let after = template::parse(form)?;
    let before = template(cx, stage, locale).await?;
    if before == after {
        return Ok(());
    }
    store::put_template(&mut cx.tx, cx.tenant, (stage, locale), &after).await?;
    let label = format!("{} {}", stage.name(), locale.tag());
    audit::record(
        cx,
        change(cx, "template_changed", &label),
        Some(&before),
        Some(&after),
    )
    .await
}

/// Takes the product's own text again.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn reset_template(cx: &mut Cx, stage: Stage, locale: Locale) -> Result<()> {
    cx.require(Right::Settings)?;
    let before = template(cx, stage, locale).await?;
    let after = template::default(stage, locale);
    if before == after {
        return Ok(());
    }
    store::delete_template(&mut cx.tx, cx.tenant, (stage, locale)).await?;
    let label = format!("{} {}", stage.name(), locale.tag());
    audit::record(
        cx,
        change(cx, "template_changed", &label),
        Some(&before),
        Some(&after),
    )
    .await
}

/// A text as a member would read it.
///
/// # Errors
/// [`Code::Invalid`] with the fields where the text is none.
pub fn preview(form: &Template, values: &Values) -> Result<Template> {
    template::render(&template::parse(form)?, values)
}

/// The mails about a member, the newest first.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn of_member(cx: &mut Cx, member: MemberId) -> Result<Vec<Mail>> {
    cx.require_crew()?;
    store::of_member(&mut cx.tx, cx.tenant, member, OF_MEMBER_MAX).await
}

/// The mails that did not arrive, or do not yet; the newest first.
///
/// # Errors
/// Refused to those who are in no crew.
pub async fn not_sent(cx: &mut Cx) -> Result<Vec<Mail>> {
    cx.require_crew()?;
    store::not_sent(&mut cx.tx, cx.tenant, NOT_SENT_MAX).await
}

/// Lets a mail that failed be tried again. Done again, it does nothing.
///
/// # Errors
/// Refused without [`Right::Members`]; [`Code::NotFound`]; [`Code::MailNotSetUp`] and [`Code::MailOff`].
pub async fn retry(cx: &mut Cx, id: MailId, outgoing: Option<&Outgoing>) -> Result<()> {
    cx.require(Right::Members)?;
    let found = store::address(&mut cx.tx, cx.tenant, id).await?;
    let address = found.ok_or_else(|| Problem::new(Code::NotFound))?;
    may_send(cx, outgoing).await?;
    if !store::retry(&mut cx.tx, cx.tenant, id, cx.now).await? {
        return Ok(());
    }
    let change = Change {
        action: "retried",
        kind: "mail",
        id: id.0,
        label: &address,
    };
    audit::record(cx, change, NOTHING, NOTHING).await
}

fn change<'a>(cx: &Cx, action: &'static str, label: &'a str) -> Change<'a> {
    Change {
        action,
        kind: "mail_settings",
        id: cx.tenant.0,
        label,
    }
}
