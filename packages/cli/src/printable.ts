/** Texts of others, shown: terminals obey control characters, and marks of direction turn what stands around them. */

/** On one line. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, '?')

/** With its own lines and tabs. */
export const printableLines = (text: string): string =>
  text.replace(/[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, '?')
