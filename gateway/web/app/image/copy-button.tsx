import { useEffect, useState } from 'preact/hooks'
import { texts } from '../texts.ts'

interface CopyButtonProps {
  /** The text to copy. */
  text: string
  /** Label for screen readers. */
  label: string
}

const confirmationMs = 2_000

/** Copies a text and confirms it for a moment. */
export function CopyButton({ text, label }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), confirmationMs)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = async (event: MouseEvent) => {
    const button = event.currentTarget as HTMLButtonElement
    await copyText(text, button)
    setCopied(true)
  }
  return (
    <>
      <button type="button" class="copy" aria-label={label} onClick={copy}>
        {isCopied ? texts.copied : texts.copy}
      </button>
      <span class="for-screen-readers" role="status">
        {isCopied && texts.copied}
      </span>
    </>
  )
}

/** Browsers offer the clipboard only to pages of https and localhost; elsewhere a selected text is copied. */
async function copyText(text: string, near: HTMLElement): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'for-screen-readers'
  // An open dialog makes everything outside it unselectable.
  near.after(area)
  area.select()
  document.execCommand('copy')
  area.remove()
  near.focus()
}
