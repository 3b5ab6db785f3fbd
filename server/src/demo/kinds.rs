//! The demonstration's kinds of dues, and who pays how.

use super::new_key;
use crate::cli::Failed;
use chrono::Datelike;
use domain::context::Cx;
use domain::dues::{self, Cycle, KindForm, TermsForm};
use domain::kernel::{Day, DuesKindId, Locale, MemberId, Period};

/// The kinds beside the default one.
#[derive(Clone)]
pub struct Kinds {
    default: DuesKindId,
    reduced: DuesKindId,
    supporter: DuesKindId,
    free: DuesKindId,
}

/// How somebody pays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pays {
    /// As most do.
    Default,
    /// The reduced price.
    Reduced,
    /// An amount that was agreed upon.
    Agreed,
    /// More than most.
    Supporter,
    /// Nothing.
    Nothing,
}

impl Pays {
    /// How the one of a number does.
    pub fn of(n: usize) -> Self {
        match n % 40 {
            7 | 18 | 29 => Self::Reduced,
            11 => Self::Agreed,
            23 | 34 => Self::Supporter,
            37 => Self::Nothing,
            _ => Self::Default,
        }
    }
}

/// Makes the kinds of an organisation. Les Sentiers has years that begin in September.
pub async fn make(cx: &mut Cx, slug: &str) -> Result<Kinds, Failed> {
    let default = dues::default_kind(cx).await?;
    if slug == super::OTHER {
        let form = KindForm {
            name: "Saison".into(),
            cycle: "year".into(),
            first_month: "9".into(),
            first_period: "by_month".into(),
            price: "24".into(),
            price_from: String::new(),
            ..KindForm::of(&default, cx.today(), Locale::Fr)
        };
        dues::save_kind(cx, default.id, &form).await?;
    } else {
        let form = KindForm {
            name: "Plein tarif".into(),
            ..KindForm::of(&default, cx.today(), Locale::Fr)
        };
        dues::save_kind(cx, default.id, &form).await?;
    }
    let kind = |name: &str, price: &str, like: &KindForm| KindForm {
        key: new_key(),
        name: name.into(),
        price: price.into(),
        price_from: String::new(),
        ..like.clone()
    };
    let like = KindForm::of(&dues::default_kind(cx).await?, cx.today(), Locale::Fr);
    let free = KindForm {
        cycle: "free".into(),
        ..kind("Membre d’honneur", "", &like)
    };
    Ok(Kinds {
        default: default.id,
        reduced: dues::add_kind(cx, &kind("Tarif réduit", "15", &like)).await?,
        supporter: dues::add_kind(cx, &kind("Soutien", "60", &like)).await?,
        free: dues::add_kind(cx, &free).await?,
    })
}

impl Kinds {
    /// Says how a member pays, from the day on which they joined.
    pub async fn say(&self, cx: &mut Cx, member: MemberId, how: Pays) -> Result<(), Failed> {
        let (kind, amount, reason) = match how {
            Pays::Default => return Ok(()),
            Pays::Reduced => (self.reduced, "", "étudiante"),
            Pays::Agreed => (self.default, "10", "convenu avec la trésorerie"),
            Pays::Supporter => (self.supporter, "", ""),
            Pays::Nothing => (self.free, "", "a fondé l’association"),
        };
        let form = TermsForm {
            from_on: cx.today().to_string(),
            kind: kind.to_string(),
            amount: amount.into(),
            reason: reason.into(),
        };
        Ok(dues::add_terms(cx, member, &form).await?)
    }
}

/// The period of a kind in which a day lies; of so many months, the one that begins there.
pub fn period(cycle: Cycle, day: Day) -> Period {
    let Cycle::Year { first_month } = cycle else {
        return Period::months_from(day, cycle.months());
    };
    let year = day.year() - i32::from(day.month() < first_month);
    let first = Day::from_ymd_opt(year, first_month, 1).unwrap_or(day);
    Period::months_from(first, 12)
}
