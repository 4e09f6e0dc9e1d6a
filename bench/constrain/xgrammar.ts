/**
 * XGrammar's WebAssembly build as a judge and a peer of constrained decoding. Its package calls itself an ES module but is
 * none (its file asks for `require`), so Node is given it as the CommonJS it is.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type * as XGrammar from '@mlc-ai/web-xgrammar'

/** A new instance: one that has refused a schema is dead. It reports by its errors alone, not on the console. */
export function loadXGrammar(): typeof XGrammar {
  const require = createRequire(import.meta.url)
  const path = require.resolve('@mlc-ai/web-xgrammar')
  const exports = {}
  const silent = Object.fromEntries(['log', 'warn', 'error', 'info'].map((name) => [name, () => {}]))
  const names = ['exports', 'module', 'require', '__filename', '__dirname', 'console']
  const load = new Function(...names, readFileSync(path, 'utf8'))
  load(exports, { exports }, require, path, dirname(path), silent)
  return exports as typeof XGrammar
}
