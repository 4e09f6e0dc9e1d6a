/** The five jobs of edgewise-mini, by the name that policies and requests use. */

export const miniTasks = ['intent', 'json', 'redact', 'fix', 'complete'] as const

export type MiniTask = (typeof miniTasks)[number]

/** Whether `name` is a job of this model. */
export function isMiniTask(name: string): name is MiniTask {
  return (miniTasks as readonly string[]).includes(name)
}

/** A value that survives JSON.stringify unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
