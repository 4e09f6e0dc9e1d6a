/** A report as a page, and as Markdown: its document (sections/), written by what writes every document (document/). */
import { documentHtml } from '../document/html.ts'
import { documentMarkdown } from '../document/markdown.ts'
import { documentOf } from './sections/index.ts'
import type { Report } from './types.ts'

export const reportHtml = (report: Report): string => documentHtml(documentOf(report))
export const reportMarkdown = (report: Report): string => documentMarkdown(documentOf(report))
