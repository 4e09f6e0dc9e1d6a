/**
 * The policy of a host whose device is a chat model of its owner's choice and that brings no policy: whatever is asked, the
 * device is preferred. It has no cloud, so nothing leaves the device; with `{ ...chatPolicy, cloud }` the cloud answers what
 * the device cannot take (a prompt too long, an image) or fails at, and gets it as it is: a chat asks about the very names
 * that redaction would take out. Say `privacy: 'redacted'` where yours do not. It has no bars: what a mean log-probability
 * says differs from model to model, and nobody has measured this one's.
 */
import { defaultPolicy } from './default-policy.ts'
import type { Policy } from './types.ts'

export const chatPolicy: Policy = {
  version: 1,
  ...(defaultPolicy.reference === undefined ? {} : { reference: defaultPolicy.reference }),
  tasks: { chat: { place: 'prefer-device' } },
  default: { place: 'prefer-device', deviceTask: 'chat' },
}
