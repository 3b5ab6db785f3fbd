//! Collects what is wrong with a form, so that a person sees all of it at once.

use super::problem::{Code, FieldProblem, Problem, Result};

/// Gathers field problems while a form is read.
#[derive(Debug, Default)]
pub struct Check {
    fields: Vec<FieldProblem>,
}

impl Check {
    /// Nothing wrong yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps the value, or notes the problem at its field.
    pub fn field<T>(&mut self, field: impl Into<String>, read: Result<T>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(problem) => {
                self.refuse(field, problem.code);
                None
            }
        }
    }

    /// Reads a field that may be left empty.
    pub fn optional<T>(
        &mut self,
        field: impl Into<String>,
        text: &str,
        read: impl FnOnce(&str) -> Result<T>,
    ) -> Option<T> {
        let text = text.trim();
        if text.is_empty() {
            None
        } else {
            self.field(field, read(text))
        }
    }

    /// Reads a field that must not be left empty.
    pub fn required<T>(
        &mut self,
        field: impl Into<String>,
        text: &str,
        read: impl FnOnce(&str) -> Result<T>,
    ) -> Option<T> {
        let text = text.trim();
        if text.is_empty() {
            self.refuse(field, Code::Required);
            return None;
        }
        self.field(field, read(text))
    }

    /// Notes a problem at a field.
    pub fn refuse(&mut self, field: impl Into<String>, code: Code) {
        self.fields.push(FieldProblem {
            field: field.into(),
            code,
        });
    }

    /// All that was found, as one problem.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields, where any was refused.
    pub fn finish(self) -> Result<()> {
        if self.fields.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(self.fields))
        }
    }

    /// The values, where nothing was refused.
    ///
    /// # Errors
    /// [`Code::Invalid`] with the fields, where any was refused.
    pub fn done<T>(self, value: Option<T>) -> Result<T> {
        self.finish()?;
        value.ok_or_else(|| Problem::new(Code::Internal))
    }
}
