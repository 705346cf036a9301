/** An XML element. Its content is XML: text needs `escapeXml`. */
export const xmlTag = (name: string, inner: string): string => `<${name}>${inner}</${name}>`

export function escapeXml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
