/** A linear head's file as a candidate of an evaluation: it reads the last message of the user and answers with a label. */
import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { readLinear } from '@edgewise/student'
import { readBytesFile } from './distill-files.ts'
import type { OpenCandidate } from './evaluate-systems.ts'

/** Whether a file is named that is there and no GGUF: what else can be asked is named otherwise. */
export async function isLinearFile(source: string): Promise<boolean> {
  if (source === 'mini' || /^(?:hf:|https?:)/i.test(source)) return false
  const there = await stat(source).catch(() => null)
  if (!there?.isFile()) return false
  await using file = await open(source)
  const magic = Buffer.alloc(4)
  await file.read(magic, 0, 4, 0)
  return magic.toString('latin1') !== 'GGUF'
}

/** Throws FileError, and StudentError `linear_invalid` for a file that is none. */
export async function openLinearCandidate(path: string): Promise<OpenCandidate> {
  const head = readLinear(await readBytesFile(path))
  const answer = (call: LanguageModelV4CallOptions) => {
    const { label, probability } = head.classify(lastUserText(call))
    return { label, meanLogprob: Math.log(Math.max(probability, Number.MIN_VALUE)) }
  }
  const model: LanguageModelV4 = {
    specificationVersion: 'v4',
    provider: 'edgewise.linear',
    modelId: basename(path),
    supportedUrls: {},
    async doGenerate(call) {
      const { label, meanLogprob } = answer(call)
      return {
        content: [{ type: 'text', text: label }],
        finishReason: { unified: 'stop', raw: undefined },
        usage: NO_TOKENS,
        warnings: [],
        providerMetadata: { edgewise: { meanLogprob } },
      }
    },
    async doStream(call) {
      const { label, meanLogprob } = answer(call)
      const parts: LanguageModelV4StreamPart[] = [
        { type: 'stream-start', warnings: [] },
        { type: 'text-start', id: '0' },
        { type: 'text-delta', id: '0', delta: label },
        { type: 'text-end', id: '0' },
        {
          type: 'finish',
          finishReason: { unified: 'stop', raw: undefined },
          usage: NO_TOKENS,
          providerMetadata: { edgewise: { meanLogprob } },
        },
      ]
      const stream = new ReadableStream<LanguageModelV4StreamPart>({
        start(controller) {
          for (const part of parts) controller.enqueue(part)
          controller.close()
        },
      })
      return { stream }
    },
  }
  return { model, [Symbol.dispose]: () => {} }
}

/** It reads no tokens. */
const NO_TOKENS = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
}

function lastUserText({ prompt }: LanguageModelV4CallOptions): string {
  const message = prompt.findLast(({ role }) => role === 'user')
  if (message === undefined || typeof message.content === 'string') return ''
  return message.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
}
