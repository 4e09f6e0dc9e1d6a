/**
 * Parts of the cloud's answer with the values put back, as they come. Each block has a restorer of its own, which gives what it
 * held back before the block ends. Inputs of tools and JSON answers get values escaped for JSON strings. Errors stay untouched.
 */
import type { JSONObject, JSONValue, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { Restorer, type Vault } from '@edgewise/redact'
import { mapJson } from './json.ts'

type Part = LanguageModelV4StreamPart
type Delta = 'text-delta' | 'reasoning-delta' | 'tool-input-delta'

export interface RestoreOptions {
  /** A JSON answer was asked for: `call.responseFormat?.type === 'json'`. */
  readonly json?: boolean
}

export function restoreParts(vault: Vault, { json = false }: RestoreOptions = {}): (part: Part) => Part[] {
  const open = new Map<string, { readonly type: Delta; readonly id: string; readonly restorer: Restorer }>()

  const start = (type: Delta, id: string, inJson: boolean) => {
    open.set(`${type} ${id}`, { type, id, restorer: new Restorer(vault, { json: inJson }) })
  }
  const delta = <T extends Extract<Part, { type: Delta }>>(part: T, inJson: boolean): Part[] => {
    const key = `${part.type} ${part.id}`
    if (!open.has(key)) start(part.type, part.id, inJson)
    const shown = open.get(key)!.restorer.push(part.delta)
    // What a part says beside its text (a log-probability) is not lost when all of its text is held back.
    return shown === '' && part.providerMetadata === undefined ? [] : [{ ...part, delta: shown }]
  }
  const end = (type: Delta, id: string): Part[] => {
    const block = open.get(`${type} ${id}`)
    open.delete(`${type} ${id}`)
    const rest = block?.restorer.end() ?? ''
    return rest === '' ? [] : [{ type, id, delta: rest }]
  }
  const endAll = () => [...open.values()].flatMap(({ type, id }) => end(type, id))

  const values = {
    string: (text: string) => vault.restore(text),
    key: (text: string) => vault.restore(text),
    number: (text: string) => text,
  }
  const data = <T extends JSONValue>(value: T) => mapJson(value, values) as T
  /** As `redactCall` replaces the name of a tool: whole, without brackets. */
  const toolName = (name: string) => (name.startsWith('TEXT_') ? (vault.valueOf(name) ?? name) : name)

  return (part) => {
    switch (part.type) {
      case 'text-start':
        start('text-delta', part.id, json)
        return [part]
      case 'reasoning-start':
        start('reasoning-delta', part.id, false)
        return [part]
      case 'tool-input-start':
        start('tool-input-delta', part.id, part.inputEncoding !== 'text')
        return [{ ...part, toolName: toolName(part.toolName) }]
      case 'text-delta':
        return delta(part, json)
      case 'reasoning-delta':
        return delta(part, false)
      case 'tool-input-delta':
        return delta(part, true)
      case 'text-end': {
        const { citations } = part
        const whole = citations ? { ...part, citations: data(citations as unknown as JSONObject[]) } : part
        return [...end('text-delta', part.id), whole as Part]
      }
      case 'reasoning-end':
        return [...end('reasoning-delta', part.id), part]
      case 'tool-input-end':
        return [...end('tool-input-delta', part.id), part]
      case 'tool-call':
        return [
          { ...part, toolName: toolName(part.toolName), input: vault.restore(part.input, { json: true }) },
        ]
      case 'tool-result':
        return [{ ...part, toolName: toolName(part.toolName), result: data(part.result) }]
      case 'source':
        return [data(part as unknown as JSONObject) as unknown as Part]
      case 'finish':
      case 'error':
        return [...endAll(), part]
      default:
        return [part]
    }
  }
}
