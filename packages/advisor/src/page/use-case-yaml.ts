/** A use case as the YAML file that `parseUseCase` reads: what was said, a comment before each question, defaults left out. */
import { Document, isMap, isScalar } from 'yaml'
import type { UseCaseInput } from '../use-case/schema.ts'

const comments: { readonly [key: string]: string } = {
  fit: ' 1. Does the task fit a small model?',
  latency: ' 2. How fast?',
  privacy: ' 3. What may leave the device?',
  offline: ' 4. Must it work offline?',
  volume: ' 5. How much?',
  cloud: ' What it is compared with.',
  fleet: ' Who uses it: a preset, or devices with shares that add up to 1.',
}

export function useCaseYaml(input: UseCaseInput): string {
  const document = new Document(input)
  if (isMap(document.contents))
    for (const { key } of document.contents.items) {
      if (!isScalar(key)) continue
      const comment = comments[String(key.value)]
      if (comment === undefined) continue
      key.commentBefore = comment
      key.spaceBefore = true
    }
  return document.toString()
}
