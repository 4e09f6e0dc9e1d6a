/** The grader that the options of `edgewise evaluate` name. */
import { readFile } from 'node:fs/promises'
import type { JSONSchema7, LanguageModelV4 } from '@ai-sdk/provider'
import {
  type Example,
  exactMatch,
  fieldF1,
  type Grader,
  jsonEquality,
  jsonSchema,
  judge,
  labelsOf,
  oneOfLabels,
  rougeL,
  tokenF1,
} from '@edgewise/advisor'
import { EvaluateError } from './evaluate-systems.ts'
import { FileError } from './quantize-files.ts'

export const graderNames = ['exact', 'label', 'json', 'schema', 'f1', 'rouge', 'judge'] as const

export interface GraderOptions {
  readonly grader: (typeof graderNames)[number]
  readonly schema?: string
  readonly rubric?: string
}

/** `judgeModel` is there for `judge`. Throws EvaluateError, FileError, and AdvisorError for what cannot grade. */
export async function graderOf(
  { grader, schema, rubric }: GraderOptions,
  examples: readonly Example[],
  judgeModel: LanguageModelV4 | null,
): Promise<Grader> {
  const form = schema === undefined ? undefined : await readSchema(schema)
  switch (grader) {
    case 'exact':
      return exactMatch()
    case 'label':
      return oneOfLabels(labelsOf(examples))
    case 'json':
      return jsonEquality(form)
    case 'schema':
      if (form === undefined)
        throw new EvaluateError(
          'evaluate_option',
          '--grader schema needs a JSON schema: name it with --schema',
        )
      return jsonSchema(form)
    case 'f1':
      return examples.every(({ expected }) => typeof expected === 'string') ? tokenF1() : fieldF1()
    case 'rouge':
      return rougeL()
    case 'judge':
      return judge({ model: judgeModel!, ...(rubric === undefined ? {} : { rubric }) })
  }
}

async function readSchema(path: string): Promise<JSONSchema7> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException): never => {
    throw new FileError('file_unreadable', `${path} cannot be read (${cause.code}): check the name`, {
      cause,
    })
  })
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new FileError('file_unreadable', `${path} is no JSON: a JSON schema is`, { cause })
  }
}
