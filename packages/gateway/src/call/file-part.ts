/**
 * An image, a sound or a file in a request -> a file part of a prompt. Data URLs are taken apart; an http(s) address goes
 * on as it is. Nothing is fetched here: what a caller writes into an address must not make this machine open a connection.
 */
import type { LanguageModelV4FilePart } from '@ai-sdk/provider'
import { invalidRequest } from '../http/gateway-error.ts'

export type FileKind = 'image' | 'audio' | 'file'

/**
 * @param url a base64 data URL, or an http(s) address
 * @throws GatewayError `invalid_request`
 */
export function toFilePart(
  url: string,
  kind: FileKind,
  param: string,
  filename?: string,
): LanguageModelV4FilePart {
  const named = filename === undefined ? {} : { filename }
  if (url.startsWith('data:')) return { ...named, ...fromDataUrl(url, kind, param) }
  const address = URL.parse(url)
  if (address === null || !/^https?:$/.test(address.protocol))
    throw invalidRequest('must be a data URL in base64, or an http or https address', param)
  const mediaType = kind === 'file' ? fileType(address.pathname) : kind
  return { ...named, type: 'file', mediaType, data: { type: 'url', url: address } }
}

/** Base64 alone, as some fields carry it. */
export function fromBase64(
  data: string,
  mediaType: string,
  param: string,
  filename?: string,
): LanguageModelV4FilePart {
  if (data === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(data))
    throw invalidRequest('must be base64, without line breaks', param)
  return {
    type: 'file',
    mediaType,
    data: { type: 'data', data },
    ...(filename === undefined ? {} : { filename }),
  }
}

function fromDataUrl(url: string, kind: FileKind, param: string): LanguageModelV4FilePart {
  const comma = url.indexOf(',')
  const head = url.slice('data:'.length, Math.max(comma, 0))
  const [mediaType = '', ...parameters] = head.toLowerCase().split(';')
  if (comma === -1 || parameters.at(-1) !== 'base64')
    throw invalidRequest('must be a data URL in base64: data:<type>;base64,<data>', param)
  if (!/^[a-z]+\/[a-z0-9.+-]+$/.test(mediaType) || (kind !== 'file' && !mediaType.startsWith(`${kind}/`)))
    throw invalidRequest(
      `must name its media type: data:${kind === 'file' ? 'application/pdf' : `${kind}/...`};base64,...`,
      param,
    )
  return fromBase64(url.slice(comma + 1), mediaType, param)
}

/** An address tells no type; a PDF is what models take. */
function fileType(path: string): string {
  return path.toLowerCase().endsWith('.pdf') ? 'application/pdf' : 'application/octet-stream'
}
