//! What an import keeps in the fields of objects that it makes, thousands at once. The import has
//! asked for the right, read the values, and writes the rows of the audit.

use super::Field;
use super::store;
use super::values::{Changes, all, facts, search_text};
use crate::context::Cx;
use crate::kernel::{FieldId, Result};
use std::collections::HashMap;
use uuid::Uuid;

/// What one object has in its fields, as it is kept.
pub(crate) type Kept = Vec<(FieldId, String)>;

/// Writes what new objects have in their fields; for the audit, one after the other.
///
/// # Errors
/// The database's own.
pub(crate) async fn insert_imported(
    cx: &mut Cx,
    objects: &[(Uuid, &Kept)],
) -> Result<Vec<Changes>> {
    if objects.iter().all(|(_, kept)| kept.is_empty()) {
        return Ok(objects.iter().map(|_| Changes::default()).collect());
    }
    let fields = all(cx).await?;
    let search = |id: FieldId, value: &str| {
        let field: Option<&Field> = fields.iter().find(|field| field.id == id);
        field.map_or_else(String::new, |field| search_text(field, value))
    };
    let rows = objects.iter().flat_map(|(object, kept)| {
        let row = move |(id, value): &(FieldId, String)| (*object, *id, value.clone());
        kept.iter().map(row)
    });
    let rows = rows.map(|(object, id, value)| {
        let search = search(id, &value);
        (object, id, value, search)
    });
    let rows: Vec<(Uuid, FieldId, String, String)> = rows.collect();
    store::insert_values(&mut cx.tx, cx.tenant, cx.now, &rows).await?;
    let changes = objects.iter().map(|(_, kept)| {
        let kept: HashMap<FieldId, String> = kept.iter().cloned().collect();
        Changes::made(facts(&fields, &kept))
    });
    Ok(changes.collect())
}
