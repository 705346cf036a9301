import { useMemo, useState } from 'preact/hooks'
import { mark, toDataUrl } from '../mark.ts'
import { createApi } from './api.ts'
import { Gallery } from './gallery.tsx'
import { forgetKey, keepKey } from './session.ts'
import { SignIn } from './sign-in.tsx'
import { texts } from './texts.ts'
import { UploadPanel } from './upload-panel.tsx'
import { type Filter, useImages } from './use-images.ts'

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
        <img class="mark" src={toDataUrl(mark)} alt="" width="32" height="32" />
        <h1>{texts.product}</h1>
        <p>{texts.slogan}</p>
        <nav aria-label={texts.navigation}>
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
  const [filter, setFilter] = useState<Filter>({})
  const images = useImages(api, filter)
  return (
    <>
      <UploadPanel api={api} onUploaded={images.read} />
      <Gallery api={api} images={images} filter={filter} onFilter={setFilter} />
    </>
  )
}
