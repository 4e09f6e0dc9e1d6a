/**
 * A linear head from its file. It takes any bytes, those of strangers too: it gives a head whose every answer is a number, or one error, in
 * time and memory that the bounds of the header hold.
 */
import { StudentError } from '../errors.ts'
import { decodeWeights } from './coded.ts'
import { checksum, type Header, headerSchema, MAGIC, START } from './file.ts'
import { headOf } from './head.ts'
import { MOST_WEIGHTS } from './known.ts'
import type { LinearHead } from './types.ts'

/** Throws StudentError `linear_invalid`. The bytes may be changed afterwards. */
export function readLinear(bytes: Uint8Array): LinearHead {
  const magic = new TextDecoder('latin1').decode(bytes.subarray(0, MAGIC.length))
  if (magic !== MAGIC || bytes.length < START + 4)
    throw invalid(`it does not begin with ${MAGIC}: name a file that edgewise distill or trainLinear made`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(bytes.length - 4, true) !== checksum(bytes.subarray(0, -4)))
    throw invalid('its checksum is wrong, so it is broken or cut off: copy it again')
  const end = START + view.getUint32(MAGIC.length, true)
  if (end > bytes.length - 4) throw invalid('its header is longer than the file: train it again')
  const header = headerOf(bytes.subarray(START, end))
  const { labels, outOfScopeLabel, features, temperature, coefficients, quantiles } = header
  const coded = bytes.subarray(end, bytes.length - 4)
  const { known, weights } = decodeWeights(coded, { features, labels: labels.length })
  const scope = { coefficients, quantiles }
  return headOf({ labels, outOfScopeLabel, known, weights, temperature, scope })
}

function headerOf(bytes: Uint8Array): Header {
  const parsed = headerSchema.safeParse(jsonOf(bytes))
  if (!parsed.success) throw invalid(`of its header, ${parsed.error.issues[0]?.message}: train it again`)
  const { labels, outOfScopeLabel, features, quantiles } = parsed.data
  if (new Set(labels).size < labels.length) throw invalid('it has a label twice: train it again')
  if (outOfScopeLabel !== null && !labels.includes(outOfScopeLabel))
    throw invalid('its label out of scope is none of its labels: train it again')
  if (features * labels.length > MOST_WEIGHTS)
    throw invalid(`it asks for ${features} features of ${labels.length} labels: train it again`)
  if (quantiles.some((value, i) => i > 0 && value < quantiles[i - 1]!))
    throw invalid('its quantiles do not ascend: train it again')
  return parsed.data
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return null
  }
}

const invalid = (why: string): StudentError =>
  new StudentError('linear_invalid', `this is no file of a linear head that can be used, ${why}`)
