//! Fields that the organisation of the demonstration has declared, and what is kept in
//! them: from a member's place in the list, so that it is the same each time.

use super::new_key;
use crate::cli::Failed;
use chrono::Days;
use domain::context::Cx;
use domain::fields::{self, Extra, FieldForm, FieldKind, On};
use domain::kernel::{Day, ServiceTypeId};

const SKILLS: [&str; 6] = [
    "Soudure, câblage",
    "Comptabilité",
    "Administration de serveurs",
    "Traduction français – occitan",
    "Animation d’ateliers",
    "Mise en page",
];

const SERVERS: [&str; 2] = ["Toulouse", "Paris"];

/// Declares the fields.
pub async fn make(cx: &mut Cx) -> Result<(), Failed> {
    let field = |on: On, kind: FieldKind, slug: &str, label: &str| FieldForm {
        key: new_key(),
        on: on.name().into(),
        kind: kind.name().into(),
        slug: slug.into(),
        label: label.into(),
        ..FieldForm::default()
    };
    let skills = FieldForm {
        help: "Ce que la personne propose de faire.".into(),
        ..field(On::Person, FieldKind::Text, "competences", "Compétences")
    };
    let insured = FieldForm {
        help: "Assurance en responsabilité civile, pour qui installe des antennes.".into(),
        ..field(
            On::Member,
            FieldKind::Date,
            "assurance",
            "Assurance jusqu’au",
        )
    };
    let paper = FieldForm {
        open: "yes".into(),
        ..field(On::Member, FieldKind::YesNo, "papier", "Préfère le papier")
    };
    for form in [skills, insured, paper] {
        fields::add(cx, &form).await?;
    }
    Ok(())
}

/// Declares a field of the services of one type.
pub async fn of_type(cx: &mut Cx, kind: ServiceTypeId) -> Result<(), Failed> {
    let form = FieldForm {
        key: new_key(),
        on: On::Service.name().into(),
        of_type: kind.to_string(),
        kind: FieldKind::Choice.name().into(),
        slug: "serveur".into(),
        label: "Serveur".into(),
        listed: "yes".into(),
        more: SERVERS.join("\n"),
        ..FieldForm::default()
    };
    fields::add(cx, &form).await?;
    Ok(())
}

/// What is kept about such a service.
pub fn of_service(n: usize) -> Extra {
    let server = SERVERS.iter().cycle().nth(n).copied().unwrap_or_default();
    Extra::default().with("serveur", server)
}

/// What is kept about the member at a place of the list; the others have nothing.
pub fn of(n: usize, today: Day) -> Extra {
    let mut extra = Extra::default();
    let skill = SKILLS.iter().cycle().nth(n / 5);
    if let (Some(skill), 0) = (skill, n % 5) {
        extra = extra.with("competences", *skill);
    }
    if n.is_multiple_of(7) {
        let days = u64::try_from(n % 50).unwrap_or_default() * 9;
        let until = today.checked_add_days(Days::new(days)).unwrap_or(today);
        extra = extra.with("assurance", until.to_string());
    }
    if n.is_multiple_of(4) {
        extra = extra.with("papier", if n.is_multiple_of(12) { "yes" } else { "no" });
    }
    extra
}
