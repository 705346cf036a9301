import { XMLBuilder } from 'fast-xml-parser'

const builder = new XMLBuilder({ suppressEmptyNode: true })

/** An S3 answer as XML. An array becomes repeated elements. */
export function writeXml(root: string, content: Record<string, unknown>): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: content })}`
}
