import { useState } from 'preact/hooks'
import { HashgateError } from '../../../openapi/packages/client/src/hashgate-error.ts'
import { createApi } from './api.ts'
import { texts } from './texts.ts'

/** The form for a key, which is tried before it is kept. */
export function SignIn({ onSignIn }: { onSignIn: (key: string) => void }) {
  const [state, setState] = useState<{ isChecking: boolean; message?: string }>({ isChecking: false })

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const key = String(new FormData(event.currentTarget as HTMLFormElement).get('key')).trim()
    setState({ isChecking: true })
    const message = await findRefusal(key)
    if (message) setState({ isChecking: false, message })
    else onSignIn(key)
  }

  return (
    <form class="sign-in" onSubmit={submit}>
      <h2>{texts.signIn}</h2>
      <p id="sign-in-hint">{texts.signInHint}</p>
      <label for="key">{texts.keyLabel}</label>
      <input
        id="key"
        name="key"
        type="password"
        required
        autocomplete="off"
        spellcheck={false}
        placeholder={texts.keyPlaceholder}
        aria-describedby="sign-in-hint sign-in-message"
      />
      <button type="submit" class="primary" disabled={state.isChecking}>
        {state.isChecking ? texts.signingIn : texts.signIn}
      </button>
      <p id="sign-in-message" role="alert">
        {state.message}
      </p>
    </form>
  )
}

/** Why a key cannot be used, as a sentence. A key that may not list images can still upload. */
async function findRefusal(key: string): Promise<string | undefined> {
  try {
    await createApi(key).client.listImages({ limit: 1 })
    return undefined
  } catch (error) {
    if (error instanceof HashgateError && error.code === 'SCOPE_MISSING') return undefined
    if (error instanceof HashgateError && error.status === 401) return texts.keyRefused
    return (error as Error).message
  }
}
