//! What the columns of a file of services hold, and what a person may choose about it. Pure.

use super::super::holds::{self, holds};
use super::super::{Holds, Table, choices::LABEL_MAX, header_key};
use crate::kernel::problem::FieldProblem;
use crate::kernel::{Check, Code, Problem, Result, ServiceTypeId, text};
use serde::{Deserialize, Serialize};

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident = $text:literal: [$($word:literal),*]),* $(,)?) => {
        holds! {
            /// What a column holds.
            Part, many: Self::Ignore | Self::Note | Self::MemberName, {
                $($(#[$doc])* $name = $text),*
            }
        }

        impl Part {
            /// What programs and people call such a column.
            fn words(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => &[$($word),*],)*
                    Self::Own(_) => &[],
                }
            }
        }
    };
}

parts! {
    /// Nothing that is imported.
    #[default]
    Ignore = "ignore": [],
    /// The other program's id of the service.
    Id = "id": ["id", "id service", "id du service", "service id", "numero de service", "service pk", "pk"],
    /// The service's type.
    Type = "type": ["type", "type de service", "service type", "type du service", "service type name"],
    /// What the service is called.
    Label = "label": ["label", "libelle", "service", "nom", "nom du service", "name", "etiquette", "designation"],
    /// Remarks; several columns may hold some.
    Note = "note": ["note", "notes", "remarque", "remarques", "commentaire", "commentaires", "comment", "comments"],
    /// From which day on there is no such service any more.
    ClosedOn = "closed_on": ["ferme le", "date de fermeture", "fermeture", "closed on", "closed"],
    /// The member's number, here or in the other program.
    Member = "member": ["adherent", "numero d adherent", "numero adherent", "adherent id", "id adherent", "membre", "numero de membre", "numero", "member", "member number", "email", "e mail", "courriel"],
    /// The member's name, where no number says who it is; several columns may hold its parts.
    MemberName = "member_name": ["nom de l adherent", "nom adherent", "adherent nom", "nom du membre", "prenom", "nom de famille", "titulaire", "member name", "beneficiaire"],
    /// Since when the member has the service, or the service the address.
    From = "from": ["debut", "date de debut", "start", "start date", "depuis", "depuis le", "attribue le", "from", "since", "held since"],
    /// Until when.
    Until = "until": ["fin", "date de fin", "end", "end date", "jusqu au", "until", "to"],
    /// An address or a network.
    Address = "address": ["adresse", "adresse ip", "ip", "ip address", "address", "prefixe", "prefix", "reseau", "network", "resource", "ressource"],
}

/// How a file is understood: proposed by [`Choices::recognised`], corrected by a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// What the other program is called: its ids are kept under this name, so that its next
    /// file meets the same services.
    pub source: String,
    /// What each column holds, in the file's order.
    pub columns: Vec<Part>,
    /// The type of services of which the file does not say one.
    pub kind: Option<ServiceTypeId>,
}

impl Choices {
    /// What the file's headers say.
    pub fn recognised(table: &Table, source: String) -> Self {
        let mut columns: Vec<Part> = Vec::with_capacity(table.headers.len());
        for header in &table.headers {
            let key = header_key(header);
            let known = |part: &&Part| part.words().contains(&key.as_str());
            let part = Part::ALL.iter().find(known).copied().unwrap_or_default();
            // Of several columns for one thing, the first.
            let twice = !part.many() && columns.contains(&part);
            columns.push(if twice { Part::Ignore } else { part });
        }
        Self {
            source,
            columns,
            kind: None,
        }
    }

    /// Whether a column holds something.
    pub fn has(&self, part: Part) -> bool {
        self.columns.contains(&part)
    }

    /// Whether the file gives addresses to services that are there.
    pub fn gives_addresses(&self) -> bool {
        self.has(Part::Address)
    }

    /// Under which name the other program's ids are kept.
    pub fn source_name(&self) -> String {
        header_key(&self.source)
    }

    /// Refuses what no row can be read with.
    ///
    /// # Errors
    /// [`Code::ColumnTwice`] at `column_N` (N from 0), [`Code::ColumnMissing`] at `columns`
    /// where nothing says which services they are.
    pub fn check(&self) -> Result<()> {
        let mut fields = holds::twice(&self.columns);
        let named = self.has(Part::Label) && (self.has(Part::Type) || self.kind.is_some());
        let known = self.gives_addresses() && self.has(Part::Id);
        if !named && !known {
            fields.push(FieldProblem {
                field: "columns".into(),
                code: Code::ColumnMissing,
            });
        }
        match fields.is_empty() {
            true => Ok(()),
            false => Err(Problem::invalid(fields)),
        }
    }
}

/// [`Choices`] as a form sends them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChoicesForm {
    /// What the other program is called.
    pub source: String,
    /// A type's id, or nothing.
    pub kind: String,
    /// A part's name per column.
    pub columns: Vec<String>,
}

impl ChoicesForm {
    /// The form that shows the choices.
    pub fn of(choices: &Choices) -> Self {
        let kind = choices.kind.map(|kind| kind.to_string());
        Self {
            source: choices.source.clone(),
            kind: kind.unwrap_or_default(),
            columns: choices
                .columns
                .iter()
                .map(|c| c.name().into_owned())
                .collect(),
        }
    }

    /// Reads the form for a file of so many columns.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields, and as [`Choices::check`].
    pub fn parse(&self, count: usize) -> Result<Choices> {
        let mut check = Check::new();
        let source = check.field("source", text::line(&self.source, LABEL_MAX));
        let kind = check.optional("kind", &self.kind, |t| {
            t.parse().map_err(|_| Problem::new(Code::UnknownChoice))
        });
        let columns: Option<Vec<Part>> = holds::read(&self.columns, count);
        if columns.is_none() {
            check.refuse("columns", Code::UnknownChoice);
        }
        let read = source.zip(columns).map(|(source, columns)| Choices {
            source,
            columns,
            kind,
        });
        let choices = check.done(read)?;
        choices.check()?;
        Ok(choices)
    }
}
