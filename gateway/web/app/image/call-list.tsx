import { type RecordedCall, toCurl } from '../api.ts'
import { texts } from '../texts.ts'
import { CopyButton } from './copy-button.tsx'

/** The calls that the page made for an image, as commands. */
export function CallList({ calls }: { calls: RecordedCall[] }) {
  return (
    <details class="calls">
      <summary>{texts.calls}</summary>
      <p>{texts.callsHint}</p>
      {calls.map((call) => {
        const command = toCurl(call)
        const name = `${call.method} ${new URL(call.url).pathname}`
        return (
          <figure key={`${call.method} ${call.url}`}>
            <figcaption>
              <code>{name}</code>
              <CopyButton text={command} label={texts.copyCommand(name)} />
            </figcaption>
            {/* Keyboards scroll only what can have the focus. */}
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
            <pre tabIndex={0}>{command}</pre>
          </figure>
        )
      })}
    </details>
  )
}
