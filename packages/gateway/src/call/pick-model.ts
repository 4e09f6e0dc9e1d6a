/**
 * The name in a request -> the task it stands for. `edgewise` is the model; `edgewise/fix` is the model at the task `fix`,
 * for clients that cannot set a header. A slash, because AI SDK registries take the colon for themselves.
 */
import { GatewayError, invalidRequest } from '../http/gateway-error.ts'

/**
 * @param modelIds the names the model goes by
 * @param header the task named by `x-edgewise-task`, if any
 * @returns the task, undefined when none is named
 * @throws GatewayError `model_not_found`; `invalid_request` when name and header disagree
 */
export function pickTask(
  name: string,
  modelIds: readonly string[],
  header: string | undefined,
): string | undefined {
  if (modelIds.includes(name)) return header
  const id = modelIds.find((modelId) => name.startsWith(`${modelId}/`) && name.length > modelId.length + 1)
  if (id === undefined) throw modelNotFound(modelIds, 'model')
  const task = name.slice(id.length + 1)
  if (header !== undefined && header !== task)
    throw invalidRequest('names another task than the header x-edgewise-task: name it in one place', 'model')
  return task
}

/** What a request for a model that is not here is told. */
export function modelNotFound(modelIds: readonly string[], param: string | null): GatewayError {
  const message = `there is no such model here: use ${modelIds.join(' or ')}`
  return new GatewayError(404, 'model_not_found', message, param)
}
