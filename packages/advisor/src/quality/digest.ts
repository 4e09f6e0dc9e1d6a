/** SHA-256 of a text as hex, by the Web Crypto API: what was asked is known again by it, and is not kept itself. */
const utf8 = new TextEncoder()

export async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', utf8.encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
