//! Reading and changing an organisation's decisions.

use super::{Lapse, Settings, SettingsForm, Validation, store};
use crate::audit::{self, Change, NOTHING};
use crate::context::Cx;
use crate::db::Tx;
use crate::kernel::{Code, Locale, Problem, Result, Right, TenantId};

/// The zone of an organisation that chose none.
pub const DEFAULT_ZONE: chrono_tz::Tz = chrono_tz::Europe::Paris;

/// The present settings. Everybody may read them: the screens' frame shows the name.
///
/// # Errors
/// The database's own.
pub async fn get(cx: &mut Cx) -> Result<Settings> {
    store::get(&mut cx.tx, cx.tenant).await
}

/// The organisation's name, for work that is nobody's request.
///
/// # Errors
/// The database's own.
pub(crate) async fn title(tx: &mut Tx, tenant: TenantId) -> Result<String> {
    Ok(store::get(tx, tenant).await?.title)
}

/// Writes the first settings of a new tenant; does nothing where there are some.
///
/// # Errors
/// Refused without [`Right::Settings`].
pub async fn create(cx: &mut Cx, title: &str, locale: Locale) -> Result<()> {
    cx.require(Right::Settings)?;
    let settings = Settings {
        title: title.to_owned(),
        locale,
        zone: DEFAULT_ZONE.name().to_owned(),
        validation: Validation::default(),
        iban: None,
        creditor_id: None,
        address: None,
        place: None,
        lapse: Lapse::default(),
        version: 1,
    };
    if store::insert(&mut cx.tx, cx.tenant, &settings).await? {
        let change = Change {
            action: "added",
            kind: "settings",
            id: cx.tenant.0,
            label: &settings.title,
        };
        audit::record(cx, change, NOTHING, Some(&settings)).await?;
    }
    Ok(())
}

/// Changes the settings.
///
/// # Errors
/// Refused without [`Right::Settings`]; [`Code::ChangedMeanwhile`] where somebody else was faster.
pub async fn save(cx: &mut Cx, form: &SettingsForm) -> Result<()> {
    cx.require(Right::Settings)?;
    let before = get(cx).await?;
    let after = form.parse(&before)?;
    if form.version != before.version.to_string() {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    if after == before {
        return Ok(());
    }
    if !store::update(&mut cx.tx, cx.tenant, &after).await? {
        return Err(Problem::new(Code::ChangedMeanwhile));
    }
    let change = Change {
        action: "changed",
        kind: "settings",
        id: cx.tenant.0,
        label: &after.title,
    };
    audit::record(cx, change, Some(&before), Some(&after)).await
}
