/** The version of this package, read from its own package.json. */
import { readFileSync } from 'node:fs'

const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

export const version: string = String((manifest as { version: unknown }).version)
