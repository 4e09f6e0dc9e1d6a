/**
 * What rules without a checksum cost and reach: how often they speak up in ordinary text, by type for a million letters, and the
 * share of strings drawn at random that are told from words.
 *
 *     cd bench && npm run redact:alarms
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { findIdentifiers } from '@edgewise/redact'
import { isRandom } from '../../packages/redact/src/rules/entropy.ts'
import { tasksFolder } from './items.ts'

const texts = {
  'usgov: pages of US government sites': 'usgov/docs.jsonl.gz',
  'tldr: pages of command-line help': 'tldr/pages.jsonl.gz',
}
for (const [name, file] of Object.entries(texts)) {
  const lines = gunzipSync(await readFile(join(tasksFolder, file)))
    .toString()
    .trim()
    .split('\n')
  const counts = new Map<string, number>()
  let letters = 0
  for (const line of lines) {
    const { text } = JSON.parse(line) as { text: string }
    letters += text.length
    for (const { type } of findIdentifiers(text)) counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  console.log(
    `\n${name}, ${(letters / 1e6).toFixed(1)} million letters\n\n| type | found | for a million letters |\n| --- | --- | --- |`,
  )
  for (const [type, count] of [...counts].sort((a, b) => b[1] - a[1])) {
    console.log(`| ${type} | ${count} | ${(count / (letters / 1e6)).toFixed(1)} |`)
  }
}

/** mulberry32: a small generator with a seed. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const draw = random(1)
const alphabets = {
  base62: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  hexadecimal: '0123456789abcdef',
}
console.log('\n| drawn at random | 20 letters | 32 | 40 | 64 |\n| --- | --- | --- | --- | --- |')
for (const [name, alphabet] of Object.entries(alphabets)) {
  const shares = [20, 32, 40, 64].map((length) => {
    const drawn = Array.from({ length: 10_000 }, () =>
      Array.from({ length }, () => alphabet[Math.floor(draw() * alphabet.length)]).join(''),
    )
    return `${(drawn.filter(isRandom).length / 100).toFixed(1)} %`
  })
  console.log(`| ${name} | ${shares.join(' | ')} |`)
}
