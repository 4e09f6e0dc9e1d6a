/** Policies that are refused, and how they are: for tests. */
import { PolicyError } from '../errors.ts'
import { type Policy, parsePolicy } from '../policy/index.ts'

export const minimal: Policy = { version: 1, tasks: {}, default: { place: 'prefer-device' } }

export const errorOf = (read: () => unknown): PolicyError => {
  try {
    read()
  } catch (error) {
    if (error instanceof PolicyError) return error
    throw error
  }
  throw new Error('accepted')
}

export const issuesOf = (policy: unknown): string[] =>
  errorOf(() => parsePolicy(JSON.stringify(policy))).issues.map(({ path, message }) => `${path}: ${message}`)

export const withRule = (rule: unknown): object => ({ ...minimal, tasks: { t: rule } })
export const withCloud = (cloud: object): object => ({
  ...minimal,
  cloud: { baseURL: 'http://127.0.0.1:1/v1', model: 'm', ...cloud },
})
