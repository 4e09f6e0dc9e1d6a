/** The id of a receipt. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** `rcp_` and 24 random characters that are safe in a URL (144 bits). */
export function receiptId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24))
  let id = 'rcp_'
  for (const byte of bytes) id += ALPHABET[byte & 63]
  return id
}
