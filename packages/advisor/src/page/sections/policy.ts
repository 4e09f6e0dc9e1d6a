/** The policy file that comes out, with its reasons as comments: what the runtime executes. */
import type { Section } from '@edgewise/evidence'
import { policyYaml } from '../../decide/policy.ts'
import type { Verdict } from '../../decide/types.ts'

export const policy = (verdict: Verdict): Section => ({
  id: 'policy',
  title: 'The policy that carries it out',
  lead: 'The router runs this file as it is. No threshold in it is invented: bars come from certificates.',
  blocks: [{ kind: 'code', caption: 'edgewise.policy.yaml', text: policyYaml(verdict) }],
})
