import type { FastifySwaggerUiOptions } from '@fastify/swagger-ui'
import { logo, mark } from '../web/mark.ts'

const linkToPage = 'To upload photos without writing code, open [the upload page](/).'

/**
 * The product's name and mark for Swagger UI.
 * @param hasPage whether `/` is the upload page, which is then linked. The link is not part of the contract.
 */
export function docsAppearance({
  hasPage,
}: {
  hasPage: boolean
}): Pick<
  FastifySwaggerUiOptions,
  'theme' | 'logo' | 'transformSpecification' | 'transformSpecificationClone'
> {
  return {
    theme: {
      title: 'hashgate API',
      favicon: [{ filename: 'mark.svg', rel: 'icon', type: 'image/svg+xml', sizes: 'any', content: mark }],
      js: [{ filename: 'name-logo.js', content: nameLogo(hasPage ? '/' : '/docs') }],
    },
    logo: { type: 'image/svg+xml', content: logo },
    transformSpecificationClone: false,
    transformSpecification: (specification) =>
      hasPage
        ? {
            ...specification,
            info: {
              ...specification.info,
              description: `${specification.info.description}\n\n${linkToPage}`,
            },
          }
        : specification,
  }
}

/** Swagger UI's logo has neither an alternative text nor a link. It appears after the script has run. */
const nameLogo = (href: string) => `new MutationObserver((_changes, observer) => {
  const image = document.querySelector('.topbar-wrapper > .link > img')
  if (!image) return
  observer.disconnect()
  image.alt = 'hashgate'
  image.parentElement.href = '${href}'
}).observe(document, { childList: true, subtree: true })
`
