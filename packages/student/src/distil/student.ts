/**
 * A student at work in the engine: a label under the constraint that it is one of the file's, or any text; with its mean log-probability, which
 * is what a router goes by. Hold it with `using`, or dispose it.
 */
import {
  type ChatTemplate,
  type Constraint,
  chatTemplate,
  compileConstraint,
  generate,
  type Model,
  openModel,
  type SourceLike,
} from '@edgewise/engine'
import { labelsOfFile, promptTokens } from './protocol.ts'

export interface StudentAnswer {
  readonly text: string
  /** Mean natural logarithm of the probability of the tokens that it chose; 0 where there was no choice. */
  readonly meanLogprob: number
  readonly promptTokens: number
  readonly outputTokens: number
}

export class Student implements Disposable {
  readonly model: Model
  /** null: it writes any text. */
  readonly labels: readonly string[] | null
  readonly #template: ChatTemplate
  readonly #constraint: Constraint | null

  private constructor(model: Model, template: ChatTemplate) {
    this.model = model
    this.labels = labelsOfFile(model.metadata)
    this.#template = template
    this.#constraint = this.labels && compileConstraint({ choices: this.labels }, model.tokenizer)
  }

  /** Throws what the engine's `openModel` and `chatTemplate` throw. */
  static async open(file: SourceLike): Promise<Student> {
    const model = await openModel(file)
    try {
      return new Student(model, await chatTemplate(model))
    } catch (error) {
      model[Symbol.dispose]()
      throw error
    }
  }

  /** Throws ContextLengthError for a text that is too long, and the signal's reason. */
  async answer(text: string, { maxTokens = 256, signal }: AnswerOptions = {}): Promise<StudentAnswer> {
    const tokens = generate(this.model, promptTokens(this.#template, text), {
      maxTokens,
      draft: false,
      temperature: 0,
      ...(this.#constraint && { constraint: this.#constraint }),
      ...(signal && { signal }),
    })
    let answer = ''
    let [sum, chosen] = [0, 0]
    let step = await tokens.next()
    for (; !step.done; step = await tokens.next()) {
      answer += step.value.text
      if (step.value.forced) continue
      sum += step.value.logprob
      chosen++
    }
    const { promptTokens: read, completionTokens } = step.value
    return {
      text: answer,
      meanLogprob: chosen === 0 ? 0 : sum / chosen,
      promptTokens: read,
      outputTokens: completionTokens,
    }
  }

  [Symbol.dispose](): void {
    this.model[Symbol.dispose]()
  }
}

export interface AnswerOptions {
  /** Of a student that writes any text. */
  readonly maxTokens?: number
  readonly signal?: AbortSignal
}
