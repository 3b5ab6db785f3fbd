//! QR codes, drawn on the server as SVG: black on white in both themes, with the quiet
//! zone that readers need.

use leptos::prelude::*;
use qrcode::{Color, EcLevel, QrCode, Version};
use std::fmt::Write;

/// The white border, in modules: the standard asks for four.
const QUIET: usize = 4;
/// The largest code that banking apps must read (EPC069-12).
const VERSION_MAX: i16 = 13;

/// A code, and what it says, for those who do not see it. `None` where it would be larger
/// than phones read.
pub fn qr(payload: &str, says: impl Into<String>) -> Option<AnyView> {
    let (path, size) = drawn(payload)?;
    let view = view! {
        <svg class="qr" role="img" aria-label=says.into() viewBox=format!("0 0 {size} {size}") shape-rendering="crispEdges">
            <rect width=size height=size fill="#fff"></rect>
            <path d=path fill="#000"></path>
        </svg>
    };
    Some(view.into_any())
}

/// The dark modules as the path of an SVG, a run of each row at a time, and its width
/// with the quiet zone.
fn drawn(payload: &str) -> Option<(String, usize)> {
    // M: a seventh of it may be dirty, as the guidelines ask.
    let code = QrCode::with_error_correction_level(payload, EcLevel::M).ok()?;
    if !matches!(code.version(), Version::Normal(1..=VERSION_MAX)) {
        return None;
    }
    let width = code.width();
    let colors = code.to_colors();
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                let (left, top, length) = (x + QUIET, y + QUIET, run.len());
                // Writing into a text cannot fail.
                let _ = write!(path, "M{left} {top}h{length}v1h-{length}z");
            }
            x += run.len();
        }
    }
    Some((path, width + 2 * QUIET))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kernel::Cents;
    use domain::members::MemberNumber;
    use domain::payments::epc;

    /// What a phone reads off the picture that a path draws.
    fn read(path: &str, size: usize) -> String {
        const SCALE: usize = 4;
        let mut dark = vec![false; size * size];
        for run in path.split('M').skip(1) {
            let (at, rest) = run.split_once('h').unwrap();
            let (x, y) = at.split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let length: usize = rest.split_once('v').unwrap().0.parse().unwrap();
            dark[y * size + x..y * size + x + length].fill(true);
        }
        let side = size * SCALE;
        let grey = |x: usize, y: usize| {
            if dark[y / SCALE * size + x / SCALE] {
                0
            } else {
                255
            }
        };
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, grey);
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().unwrap().1
    }

    #[test]
    fn what_is_drawn_is_read_again() {
        let number = MemberNumber::from_sequence(1042);
        for name in ["Nuage Libre", "Élan d’Été", "日本", &"Œ".repeat(80)] {
            let iban = "FR7630006000011234567890189";
            let payload = epc::payload(name, iban, Cents(123_456), number).unwrap();
            let (path, size) = drawn(&payload).unwrap();
            assert_eq!(read(&path, size), payload);
        }
    }

    #[test]
    fn the_longest_transfer_is_drawn_and_more_is_not() {
        assert!(drawn(&"é".repeat(epc::BYTES_MAX / 2)).is_some());
        assert!(drawn(&"é".repeat(epc::BYTES_MAX)).is_none());
    }
}
