/**
 * Talks to the gateway that serves this page: one streamed call, and the receipts. Same origin, so paths are enough.
 * Redirects, retries and keys are the gateway's affair.
 */
import type { Receipt } from '@edgewise/evidence'
import type { CallRequest, Outcome } from '../call.ts'
import { type Problem, problem, problemOf, problemOfBody } from '../problem.ts'
import { completionsPath, receiptHeader, requestBody, taskHeader } from './request.ts'
import { sseData } from './sse.ts'

interface Chunk {
  choices?: { delta?: { content?: string | null } }[]
  edgewise?: { receipt?: string; data?: unknown }
  error?: unknown
}

/** Runs a task through the gateway. */
export async function callGateway({ task, text, onText, signal }: CallRequest): Promise<Outcome> {
  let answer = ''
  let data: unknown
  let failure: Problem | null = null
  let id: string | null = null
  try {
    const response = await fetch(completionsPath, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [taskHeader]: task },
      body: requestBody(text, true),
      signal,
    })
    id = response.headers.get(receiptHeader)
    if (!response.ok || !response.body) {
      failure = problemOfBody(await response.json().catch(() => null), response.status)
    } else {
      let whole = false
      for await (const event of sseData(response.body)) {
        whole = event === '[DONE]'
        if (whole) break
        const chunk: Chunk = JSON.parse(event)
        if (chunk.error) failure = problemOfBody(chunk, response.status)
        const piece = chunk.choices?.[0]?.delta?.content ?? ''
        answer += piece
        if (piece !== '') onText(piece)
        data = chunk.edgewise?.data ?? data
        id = chunk.edgewise?.receipt ?? id
      }
      if (!whole) failure ??= problem('answer_cut', 'The answer broke off before its end.')
    }
  } catch (thrown) {
    failure = failedFetch(thrown)
  }
  const receipt = id === null ? null : await getReceipt(id)
  return { text: answer, data, receipt, problem: failure }
}

/** The newest receipts, newest first; null when the gateway does not answer. */
export async function getReceipts(limit: number): Promise<readonly Receipt[] | null> {
  const list = await getJson<{ data: readonly Receipt[] }>(`/v1/receipts?limit=${limit}`)
  return list?.data ?? null
}

const receiptTries = 5
const receiptPauseMs = 100

/** The gateway notices a stopped call a moment after the page does: its receipt is asked for more than once. */
async function getReceipt(id: string): Promise<Receipt | null> {
  for (let left = receiptTries; left > 0; left -= 1) {
    const receipt = await getJson<Receipt>(`/v1/receipts/${encodeURIComponent(id)}`)
    if (receipt) return receipt
    await new Promise((resolve) => setTimeout(resolve, receiptPauseMs))
  }
  return null
}

async function getJson<T>(path: string): Promise<T | null> {
  try {
    const response = await fetch(path)
    return response.ok ? await response.json() : null
  } catch {
    return null
  }
}

/** fetch and its streams throw TypeError, and only that, when the network fails. */
function failedFetch(thrown: unknown): Problem {
  if (!(thrown instanceof TypeError)) return problemOf(thrown)
  return problem('gateway_unreachable', 'The gateway at this address does not answer.')
}
