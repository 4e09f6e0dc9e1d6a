/** Chats: the template of a model, its messages, its tools and the reading of its answers. */
export type { AnswerPart, AnswerReader } from './answer-reader.ts'
export {
  type ChatModel,
  type ChatOptions,
  type ChatPrompt,
  type ChatTemplate,
  type ChatTemplateOptions,
  chatTemplate,
} from './chat-template.ts'
export type {
  ChatContent,
  ChatMessage,
  ChatTextPart,
  ChatTool,
  ChatToolCall,
  JsonObject,
} from './messages.ts'
export { namedTemplates } from './named-templates.ts'
export type { TemplateVariables } from './template/compile.ts'
