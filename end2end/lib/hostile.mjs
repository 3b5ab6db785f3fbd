// Texts that break careless programs.

export const HOSTILE = {
  "a NUL character": "a\0b",
  "a text that turns around": "abc\u202edef\u2066ghi",
  "emoji and marks on marks": "👩‍👩‍👧‍👦 Zo\u0301e\u0308\u0323\u0331 🏴‍☠️",
  "five thousand letters": "é".repeat(5000),
  "HTML": `"'><script>alert(1)</script><img src=x onerror=alert(1)><b>`,
  "SQL": `'; DROP TABLE members; -- ' OR '1'='1`,
  "patterns of a search": "%_\\%_[a-z]*",
  "line ends and a header": "a\r\nSet-Cookie: session=1\r\n\r\nb",
  "half a character": "%ED%A0%80 \ufffd\uffff",
  "a number that no column holds": "99999999999999999999",
  "a day that no calendar has": "+275760-09-13",
};

/** A text as HTML holds it in an attribute or between tags. */
export function escapes(text) {
  const plain = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const ends = [plain, plain.replaceAll(">", "&gt;")];
  return ends.flatMap((t) => [t, t.replaceAll('"', "&quot;"), t.replaceAll('"', "&quot;").replaceAll("'", "&#x27;"), t.replaceAll('"', "&quot;").replaceAll("'", "&#39;")]);
}
