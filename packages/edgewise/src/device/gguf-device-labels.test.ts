/** What a student of labels says: one of them, whatever it was asked. Random weights say nothing else by chance. */
import { type MetadataValue, openModel } from '@edgewise/engine'
import { expect, test } from 'vitest'
import { randomModel } from '../../../engine/src/testing/random-model.ts'
import { prompt } from '../testing/models.ts'
import { ggufDevice } from './gguf-device.ts'

const template =
  '{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}'

test('a file that names its labels answers with one of them, whatever it was asked', async () => {
  const labels = ['card_arrival', 'lost card']
  using student = await openModel(
    randomModel({
      seed: 3,
      contextLength: 200,
      metadata: new Map<string, MetadataValue>([
        ['tokenizer.chat_template', { type: 'string', value: template }],
        ['edgewise.student.labels', { type: 'array', of: 'string', value: labels }],
      ]),
    }),
  )
  const device = await ggufDevice(student)
  for (const asked of ['where is it?', 'x', 'lost']) {
    const { content, finishReason } = await device.doGenerate({ prompt: prompt(asked), maxOutputTokens: 60 })
    expect(labels).toContain(content.map((part) => (part.type === 'text' ? part.text : '')).join(''))
    expect(finishReason.unified).toBe('stop')
  }
})
