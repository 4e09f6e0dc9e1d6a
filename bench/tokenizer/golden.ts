/**
 * Writes packages/engine/src/tokenizer/golden.json: what llama.cpp makes of some hard texts with the tiny vocabularies of the
 * tests, so that the tests hold the tokenizers to it without a peer. Run after each change of those vocabularies:
 *   cd bench && npm install --no-save && node tokenizer/golden.ts && npx biome format --write ../packages/engine/src/tokenizer
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeGguf } from '../../packages/engine/src/gguf/write.ts'
import { goldenVocabularies } from '../../packages/engine/src/tokenizer/testing/tiny-vocabularies.ts'
import { Tokenizer } from '../../packages/engine/src/tokenizer/tokenizer.ts'
import { loadLlama, openLlama } from '../peers/llama-c.ts'
import { hardTexts } from './texts.ts'

const count = 14
const target = new URL('../../packages/engine/src/tokenizer/golden.json', import.meta.url)

const folder = mkdtempSync(join(tmpdir(), 'edgewise-golden-'))
const lists: string[] = []
for (const [name, metadata] of goldenVocabularies()) {
  const path = join(folder, 'vocabulary.gguf')
  writeFileSync(path, writeGguf({ metadata, tensors: [] }))
  using model = openLlama(path, { vocabOnly: true })
  const { vocabulary } = model
  const ours = await Tokenizer.open(metadata)
  const all = Array.from({ length: ours.size }, (_, id) => id)
  const next = hardTexts(
    24,
    all.map((id) => ours.textOf(id)).filter((text) => text.length > 1),
  )
  const cases: string[] = []
  while (cases.length < count) {
    const text = next().toWellFormed()
    if (text.length > 40) continue
    const ids = vocabulary.tokenize(text).join(' ')
    const parsed = vocabulary.tokenize(text, { parse: true }).join(' ')
    cases.push(JSON.stringify({ text, ids, parsed: parsed === ids ? undefined : parsed }))
  }
  const ends = all.filter((id) => vocabulary.isEnd(id))
  const head = `"ends": ${JSON.stringify(ends)}, "addsBos": ${vocabulary.addsBos}, "addsEos": ${vocabulary.addsEos}`
  lists.push(`${JSON.stringify(name)}: { ${head}, "cases": [${cases.join(',')}] }`)
  console.log(`${name}: ${cases.length} texts`)
}
rmSync(folder, { recursive: true })
writeFileSync(
  target,
  `{ "judge": ${JSON.stringify(loadLlama().version)}, "vocabularies": { ${lists.join(',')} } }`.replace(
    // Marks, bidirectional controls and the like are not for a source file.
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  ),
)
