/** What a gateway answered, read for a test: its error, or the frames of its stream. */
import { expect } from 'vitest'
import type { ErrorBody } from '../http/to-http-error.ts'

export async function errorOf(response: Response): Promise<ErrorBody['error'] & { status: number }> {
  const { error } = (await response.json()) as ErrorBody
  return { ...error, status: response.status }
}

/** The JSON of each frame; `[DONE]` as a string. */
export async function framesOf(response: Response): Promise<unknown[]> {
  const text = await response.text()
  const data = text.split('\n\n').filter((frame) => frame !== '')
  return data.map((frame) => {
    expect(frame).toMatch(/^data: /)
    return frame === 'data: [DONE]' ? '[DONE]' : JSON.parse(frame.slice(6))
  })
}
