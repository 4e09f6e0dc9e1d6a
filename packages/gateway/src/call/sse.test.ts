import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { dataFrame, eventFrame } from './sse.ts'

test.each(['\u2028', '\u2029', '\u0085', '\n', '\r'])('a frame with %j in it is one line', async (unit) => {
  const value = { type: 'x', text: `a${unit}b${unit}c` }
  for (const frame of [dataFrame(value), eventFrame(value)]) {
    const lines: string[] = []
    for await (const line of createInterface({ input: Readable.from([frame]) })) lines.push(line)
    const data = lines.filter((line) => line.startsWith('data: '))
    expect(data).toHaveLength(1)
    expect(JSON.parse(data[0]!.slice(6))).toEqual(value)
    expect(frame.slice(0, -2)).not.toMatch(/[\u0085\u2028\u2029]/)
  }
})
