/** GET /v1/models: the names a caller may use. */

export interface ListedModel {
  readonly id: string
  readonly object: 'model'
  /** Seconds since 1970. */
  readonly created: number
  readonly owned_by: 'edgewise'
}

/**
 * The model by each of its names, alone and with each task (`edgewise/fix`), and the embedding models.
 * @param started when the server began, for what has no date of its own
 */
export function modelList(
  models: readonly { readonly id: string; readonly created?: number }[],
  tasks: readonly string[],
  embeddingIds: readonly string[],
  started: number,
): ListedModel[] {
  const listed = (id: string, created = started): ListedModel => ({
    id,
    object: 'model',
    created,
    owned_by: 'edgewise',
  })
  return [
    ...models.map(({ id, created }) => listed(id, created)),
    ...models.flatMap(({ id, created }) => tasks.map((task) => listed(`${id}/${task}`, created))),
    ...embeddingIds.map((id) => listed(id)),
  ]
}
