/** Answers kept on the device, for the same call and for the same question in other words. */
export { type Answer, AnswerCache, type AnswerCacheOptions, type Hit } from './answer-cache.ts'
export type { CacheScope } from './call-key.ts'
