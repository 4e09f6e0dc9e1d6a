import { expect, test } from 'vitest'
import { chatPolicy, checkPolicy, defaultPolicy, parsePolicy } from './index.ts'

test('the built-in policies are policies, as values, as JSON and as YAML', () => {
  for (const policy of [defaultPolicy, chatPolicy]) {
    expect(checkPolicy(policy)).toEqual(policy)
    expect(parsePolicy(JSON.stringify(policy), 'p.json')).toEqual(policy)
    expect(parsePolicy(JSON.stringify(policy), 'p.yaml')).toEqual(policy)
  }
})
