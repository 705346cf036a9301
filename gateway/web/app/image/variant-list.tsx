import type { Variant } from '../../../../openapi/packages/client/src/types.ts'
import { formatBytes, formatTime, texts } from '../texts.ts'
import { CopyButton } from './copy-button.tsx'

/** The variants, with URLs to copy or open. */
export function VariantList({ variants }: { variants: Variant[] }) {
  return (
    <ul class="variants">
      {variants.map(({ name, width, height, byteLength, url, urlExpiresAt }) => (
        <li key={name}>
          <strong>{name}</strong>
          <span>
            {texts.pixels(width, height)}, {formatBytes(byteLength)}
          </span>
          <input
            readonly
            value={url}
            aria-label={texts.urlOf(name)}
            title={texts.urlWorksUntil(formatTime(urlExpiresAt))}
            onFocus={({ currentTarget }) => currentTarget.select()}
          />
          <CopyButton text={url} label={texts.copyUrl(name)} />
          <a href={url} target="_blank" rel="noreferrer" aria-label={texts.openUrl(name)}>
            {texts.open}
          </a>
        </li>
      ))}
    </ul>
  )
}
