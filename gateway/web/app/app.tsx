import { useMemo, useState } from 'preact/hooks'
import { createApi } from './api.ts'
import { Gallery } from './gallery.tsx'
import { forgetKey, keepKey } from './session.ts'
import { SignIn } from './sign-in.tsx'
import { texts } from './texts.ts'
import { UploadPanel } from './upload-panel.tsx'
import { type Status, useImages } from './use-images.ts'

/** @param signedInWith the key that this tab already has */
export function App({ signedInWith }: { signedInWith?: string }) {
  const [key, setKey] = useState(signedInWith)
  const signIn = (entered: string) => {
    keepKey(entered)
    setKey(entered)
  }
  const signOut = () => {
    forgetKey()
    setKey(undefined)
  }
  return (
    <>
      <header>
        <h1>{texts.product}</h1>
        <p>{texts.slogan}</p>
        <nav>
          <a href="/docs">{texts.apiDocs}</a>
          {key && (
            <button type="button" onClick={signOut}>
              {texts.signOut}
            </button>
          )}
        </nav>
      </header>
      <main>{key ? <Photos key={key} apiKey={key} /> : <SignIn onSignIn={signIn} />}</main>
    </>
  )
}

function Photos({ apiKey }: { apiKey: string }) {
  const api = useMemo(() => createApi(apiKey), [apiKey])
  const [status, setStatus] = useState<Status>()
  const images = useImages(api, status)
  return (
    <>
      <UploadPanel api={api} onUploaded={images.add} />
      <Gallery api={api} images={images} status={status} onStatus={setStatus} />
    </>
  )
}
