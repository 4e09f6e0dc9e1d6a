/**
 * XGrammar as the judge and peer of constrained decoding, ajv as the judge of both.
 * First, which texts are accepted: random schemas, with texts that satisfy them and texts a character away from one.
 * Whatever we accept and ajv does not is a failure; what the two grammars say differently is counted and shown.
 * Then the time of a mask, on the same tokens of the same documents, interleaved: the vocabulary is that of a GGUF file,
 * GPT-2's of ../../shared/vocab where none is given. Llama 3's is models/ggml-vocab-llama-bpe.gguf of llama.cpp's repository.
 *   cd bench && npm install --no-save && npm run judge:constrain -- [vocabulary.gguf]
 * Run it on a machine that does nothing else: the line under the tables tells the load it saw.
 */
import { readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { accepts, overBytes } from '../../packages/engine/src/constrain/testing/accepts.ts'
import { judge } from '../../packages/engine/src/constrain/testing/judge.ts'
import { randomOf, randomSchema } from '../../packages/engine/src/constrain/testing/random-schema.ts'
import { findStrings } from '../../packages/engine/src/gguf/metadata.ts'
import { compileConstraint, readGguf, seededRandom, Tokenizer } from '../../packages/engine/src/index.ts'
import { documents } from './documents.ts'
import { loadXGrammar } from './xgrammar.ts'

const schemas = 400
const rounds = 5
const before = loadavg()[0]!
const shared = fileURLToPath(new URL('../../../shared/vocab/ggml-vocab-gpt-2.gguf', import.meta.url))
const vocabularyPath = process.argv[2] ?? shared
let failures = 0

await compareAcceptance()
await compareSpeed()
console.log(`
Medians over ${rounds} rounds. ${cpus()[0]?.model}, Node ${process.versions.node}, web-xgrammar ${version()}. Load average
${before.toFixed(2)} before, ${loadavg()[0]!.toFixed(2)} after.`)
process.exitCode = failures > 0 ? 1 : 0

async function compareAcceptance(): Promise<void> {
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  )
  const open = async () => {
    const xgrammar = loadXGrammar()
    const tokens = ['<s>', '</s>', ...bytes]
    const info = await xgrammar.TokenizerInfo.createTokenizerInfo(tokens, 'byte_fallback', false, 258, [1])
    return { xgrammar, compiler: await xgrammar.GrammarCompiler.createGrammarCompiler(info, false) }
  }
  let { xgrammar, compiler } = await open()
  const counts = { texts: 0, same: 0, onlyOursRight: 0, onlyTheirsRight: 0, refusedByThem: 0 }
  const shown: string[] = []
  for (let seed = 0; seed < schemas; seed++) {
    const random = randomOf(seededRandom(seed))
    const { schema, value } = randomSchema(random)
    const compiled = await compiler
      .compileJSONSchema(JSON.stringify(schema), false, -1, [',', ':'], true)
      .catch(() => undefined)
    if (!compiled) {
      counts.refusedByThem++
      ;({ xgrammar, compiler } = await open())
      continue
    }
    const constraint = overBytes({ jsonSchema: schema, whitespace: 'compact' })
    const validate = judge(schema)
    const texts = new Set<string>()
    for (let i = 0; i < 4; i++) {
      const text = JSON.stringify(value(0))
      texts.add(text)
      for (let change = 0; change < 4; change++) texts.add(changed(text, random))
    }
    for (const text of texts) {
      const ours = accepts(constraint, text)
      const matcher = await xgrammar.GrammarMatcher.createGrammarMatcher(compiled, [1], false)
      const theirs = matcher._acceptString(text) && ((await matcher.getNextTokenBitmask())[0]! & 2) !== 0
      matcher.dispose()
      const isValid = isJson(text) && validate(JSON.parse(text))
      counts.texts++
      if (ours === theirs) counts.same++
      else if (ours === isValid) counts.onlyOursRight++
      else counts.onlyTheirsRight++
      if (ours && !isValid) {
        failures++
        console.log(`accepted and not valid: ${JSON.stringify(schema)} ${text}`)
      }
      if (ours !== theirs && ours !== isValid && shown.length < 8)
        shown.push(`${JSON.stringify(schema).slice(0, 200)} ${text}`)
    }
    compiled.dispose()
  }
  console.log(
    '| schemas | refused by XGrammar | texts | same answer | only ours as ajv | only theirs as ajv |\n|---|---|---|---|---|---|',
  )
  console.log(
    `| ${schemas} | ${counts.refusedByThem} | ${counts.texts} | ${counts.same} | ${counts.onlyOursRight} | ${counts.onlyTheirsRight} |\n`,
  )
  for (const line of shown) console.log(`only theirs as ajv: ${line}`)
}

/** A text with one character taken out, put in or replaced. */
function changed(text: string, random: ReturnType<typeof randomOf>): string {
  const characters = [...text]
  const at = random.below(characters.length)
  const put = random.pick(['"', ',', '}', ']', '0', '9', '-', '.', 'a', ' ', ':', 'é'])
  characters.splice(at, random.below(2), ...(random.chance(0.7) ? [put] : []))
  return characters.join('')
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

async function compareSpeed(): Promise<void> {
  const { metadata } = readGguf(readFileSync(vocabularyPath))
  const tokenizer = await Tokenizer.open(metadata)
  const began = performance.now()
  compileConstraint({ choices: ['warm'] }, tokenizer)
  const ourVocabulary = performance.now() - began
  const inside = compileConstraint({ jsonSchema: { type: 'string' } }, tokenizer)
    .start()
    .read('"')!
  const stringBegan = performance.now()
  inside.mask()
  const ourString = performance.now() - stringBegan
  const xgrammar = loadXGrammar()
  const written = findStrings(metadata, 'tokenizer.ggml.tokens')!
  const theirBegan = performance.now()
  const info = await xgrammar.TokenizerInfo.createTokenizerInfo(
    [...written],
    'byte_level',
    false,
    tokenizer.size,
    [...tokenizer.ends],
  )
  const theirVocabulary = performance.now() - theirBegan
  console.log(
    `${basename(vocabularyPath)}, ${tokenizer.size} tokens: sorted in ${ourVocabulary.toFixed(0)} ms, the first mask inside a string ${ourString.toFixed(0)} ms; XGrammar ${theirVocabulary.toFixed(0)} ms.\n`,
  )
  console.log('Milliseconds; "first" is a new constraint, "again" the same one a second time.\n')
  console.log(
    '| schema | tokens | | compile | mask, median | p99 | most | again, median | p99 | accept |\n|---|---|---|---|---|---|---|---|---|---|',
  )
  for (const { name, schema, texts } of documents) {
    const ids = texts.map((text) => tokenizer.encode(text))
    const ours: Times[] = []
    const theirs: Times[] = []
    for (let round = 0; round < rounds; round++) {
      ours.push(timeOurs(schema, ids, tokenizer))
      theirs.push(await timeTheirs(schema, ids, xgrammar, info))
    }
    const tokens = ids.reduce((sum, list) => sum + list.length, 0)
    console.log(row(name, String(tokens), 'ours', ours))
    console.log(row('', '', 'XGrammar', theirs))
  }
}

interface Times {
  readonly compile: number
  readonly first: readonly number[]
  readonly again: readonly number[]
  readonly accept: readonly number[]
}

function timeOurs(
  jsonSchema: (typeof documents)[number]['schema'],
  ids: readonly number[][],
  tokenizer: Tokenizer,
): Times {
  const began = performance.now()
  const constraint = compileConstraint({ jsonSchema }, tokenizer)
  const compile = performance.now() - began
  const accept: number[] = []
  const run = (): number[] =>
    ids.flatMap((list) => {
      let state = constraint.start()
      return list.map((id) => {
        const started = performance.now()
        state.mask()
        const masked = performance.now()
        state = state.accept(id)
        accept.push(performance.now() - masked)
        return masked - started
      })
    })
  return { compile, first: run(), again: run(), accept }
}

async function timeTheirs(
  schema: (typeof documents)[number]['schema'],
  ids: readonly number[][],
  xgrammar: ReturnType<typeof loadXGrammar>,
  info: Parameters<typeof xgrammar.GrammarCompiler.createGrammarCompiler>[0],
): Promise<Times> {
  const compiler = await xgrammar.GrammarCompiler.createGrammarCompiler(info, false)
  const began = performance.now()
  const compiled = await compiler.compileJSONSchema(JSON.stringify(schema), true)
  const compile = performance.now() - began
  const accept: number[] = []
  const run = async (): Promise<number[]> => {
    const times: number[] = []
    for (const list of ids) {
      const matcher = await xgrammar.GrammarMatcher.createGrammarMatcher(compiled)
      for (const id of list) {
        const started = performance.now()
        await matcher.getNextTokenBitmask()
        const masked = performance.now()
        times.push(masked - started)
        if (!matcher.acceptToken(id))
          throw new Error(
            `XGrammar does not accept token ${id} after ${times.length} of ${JSON.stringify(schema)}`,
          )
        accept.push(performance.now() - masked)
      }
      matcher.dispose()
    }
    return times
  }
  const times = { compile, first: await run(), again: await run(), accept }
  compiled.dispose()
  compiler.dispose()
  return times
}

/** Of each figure the median over the rounds. */
function row(name: string, tokens: string, who: string, rounds: readonly Times[]): string {
  const figure = (of: (times: Times) => number, digits = 3) => quantile(rounds.map(of), 0.5).toFixed(digits)
  const cells = [
    figure((times) => times.compile, 1),
    figure((times) => quantile(times.first, 0.5)),
    figure((times) => quantile(times.first, 0.99)),
    figure((times) => quantile(times.first, 1), 2),
    figure((times) => quantile(times.again, 0.5)),
    figure((times) => quantile(times.again, 0.99)),
    figure((times) => quantile(times.accept, 0.5), 4),
  ]
  return `| ${[name, tokens, who, ...cells].join(' | ')} |`
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!
}

function version(): string {
  const path = new URL('../node_modules/@mlc-ai/web-xgrammar/package.json', import.meta.url)
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
