/** JSON as requests bring it. In OpenAI's bodies null and absent mean the same. */

export type Nullish<T> = T | null | undefined

export type JsonObject = Readonly<Record<string, unknown>>

/** The fields that have a value. */
export function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const kept: Partial<T> = {}
  for (const name in fields)
    if (fields[name] !== null && fields[name] !== undefined) kept[name] = fields[name]
  return kept as { [K in keyof T]?: NonNullable<T[K]> }
}
