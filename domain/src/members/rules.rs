//! Member numbers, their check digits, and the reference for transfers. Pure.

/// The remainder of a text by 97 (ISO/IEC 7064, MOD 97-10): letters count as 10 to 35.
/// `None` for anything but ASCII letters and digits.
pub fn mod_97(text: &str) -> Option<u32> {
    text.chars().try_fold(0_u32, |sum, c| {
        let value = c.to_digit(36)?;
        Some(if value < 10 {
            (sum * 10 + value) % 97
        } else {
            (sum * 100 + value) % 97
        })
    })
}
