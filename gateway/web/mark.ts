/** The product's mark, a gate made of a hash sign, as an SVG document: icon of the page and of `/docs`. */
export const mark = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5fb0"/>\
<path d="M10.5 27V14.5a5.5 5.5 0 0 1 11 0V27M5.5 15.5h21M5.5 21.5h21" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round"/></svg>`

/** The mark with the product's name, for dark backgrounds. */
export const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 32">${mark.replace('<svg ', '<svg width="32" height="32" ')}\
<text x="42" y="23" fill="#fff" font-family="system-ui,sans-serif" font-size="22" font-weight="700">hashgate</text></svg>`

/** @param svg the document, as a URL that needs no request */
export const toDataUrl = (svg: string) => `data:image/svg+xml,${encodeURIComponent(svg)}`
