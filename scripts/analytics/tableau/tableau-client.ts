import { XMLParser } from 'fast-xml-parser'

/** Personal access tokens came with 3.6 (Tableau 2019.4). */
const oldestVersion = '3.6'
/** Servers answer `serverInfo` under this version and all later ones. */
const infoVersion = '2.4'
const timeoutMs = 120_000

export interface Credentials {
  /** Such as `https://tableau.example.com` or `https://eu-west-1a.online.tableau.com` */
  server: string
  /** The site's part of the URL. Empty for the default site of a Tableau Server. */
  site: string
  tokenName: string
  tokenSecret: string
}

/** An element of an answer: its attributes, and its children by name. */
// biome-ignore lint/suspicious/noExplicitAny: the shape differs for each call
export type Answer = any

export interface Part {
  name: string
  fileName?: string
  contentType: string
  content: string
}

export interface TableauClient {
  /** The user who signed in. */
  userId: string
  /** Whether the site is on Tableau Cloud, where schedules cannot be created. */
  isCloud: boolean
  /**
   * Sends a request below the site, or below the API for a path that begins with `/`.
   * @throws TableauError when Tableau refuses it; Error when there is no answer
   */
  send: (method: string, path: string, body?: string | Part[]) => Promise<Answer>
  signOut: () => Promise<void>
}

/** Tableau's answer to a request that it refused. */
export class TableauError extends Error {
  readonly status: number
  /** Such as `409004`. */
  readonly code: string
  constructor(task: string, status: number, { code = '', summary = '', detail = '' }: Answer) {
    super(`${task}: ${summary || `HTTP ${status}`}${detail && `. ${detail}`}${code && ` (${code})`}`)
    this.status = status
    this.code = code
  }
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  parseTagValue: false,
})

/**
 * Signs in with a personal access token. See "Signing In and Signing Out" in the documentation of Tableau's REST API.
 * @throws Error when the server does not answer, is too old, or refuses the token
 */
export async function signIn({ server, site, tokenName, tokenSecret }: Credentials): Promise<TableauClient> {
  const base = checkServer(server)
  const { serverInfo } = await call(base, 'GET', `/api/${infoVersion}/serverInfo`)
  const version: string = serverInfo?.restApiVersion ?? ''
  if (!isAtLeast(version, oldestVersion)) {
    throw new Error(
      `${base} has the REST API ${version || 'of an unknown version'}, but personal access tokens need ${oldestVersion}. Update Tableau Server to 2019.4 or newer.`,
    )
  }
  const credentials = `<credentials${attributes({ personalAccessTokenName: tokenName, personalAccessTokenSecret: tokenSecret })}><site${attributes({ contentUrl: site })}/></credentials>`
  const answer = await call(base, 'POST', `/api/${version}/auth/signin`, { body: credentials }).catch(
    (error) => {
      if (!(error instanceof TableauError) || error.status !== 401) throw error
      throw new Error(
        `${base} refused the token "${tokenName}" for the site "${site}". A token expires after 15 days without use; check its name, its secret and the site.`,
        { cause: error },
      )
    },
  )
  const { token, site: found, user } = answer.credentials
  const send = (method: string, path: string, body?: string | Part[]) => {
    const below = path.startsWith('/') ? path : `/sites/${found.id}/${path}`
    return call(base, method, `/api/${version}${below}`, { body, token })
  }
  return {
    userId: user.id,
    isCloud: new URL(base).hostname.endsWith('.online.tableau.com'),
    send,
    // A failed sign-out is harmless: the session token expires.
    signOut: () => send('POST', '/auth/signout').then(ignore, ignore),
  }
}

const ignore = () => {}

/** Rejects a URL that would send the token unencrypted. */
function checkServer(server: string): string {
  const url = URL.parse(server)
  const isLocal = url?.hostname === '127.0.0.1' || url?.hostname === 'localhost'
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal)) return url.origin
  throw new Error(`--server must be an https:// URL, not "${server}".`)
}

function isAtLeast(version: string, wanted: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number)
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}

interface CallOptions {
  body?: string | Part[]
  token?: string
}

async function call(
  base: string,
  method: string,
  path: string,
  { body, token }: CallOptions = {},
): Promise<Answer> {
  const task = `${method} ${path.replace(/\?.*/, '')}`
  const boundary = 'hashgate-part'
  const type = typeof body === 'string' ? 'application/xml' : `multipart/mixed; boundary=${boundary}`
  const request = fetch(`${base}${path}`, {
    method,
    headers: {
      accept: 'application/xml',
      ...(body && { 'content-type': type }),
      ...(token && { 'x-tableau-auth': token }),
    },
    body: typeof body === 'string' ? wrap(body) : body && joinParts(body, boundary),
    // A redirect would send the token to another server.
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  })
  const { status, text } = await request
    .then(async (response) => ({ status: response.status, text: await response.text() }))
    .catch((cause) => {
      const reason = cause.cause?.code ?? cause.name
      throw new Error(
        `${base} did not answer ${task} (${reason}). Check --server and the network, and run the command again, with --overwrite if a file was published.`,
        { cause },
      )
    })
  const { tsResponse = {} } = readXml(text)
  if (status >= 200 && status < 300) return tsResponse
  throw new TableauError(task, status, tsResponse.error ?? {})
}

/** A proxy may answer with HTML. */
function readXml(text: string): Answer {
  try {
    return parser.parse(text)
  } catch {
    return {}
  }
}

const wrap = (body: string) => `<?xml version="1.0" encoding="UTF-8"?><tsRequest>${body}</tsRequest>`

function joinParts(parts: Part[], boundary: string): string {
  const lines = parts.map(({ name, fileName, contentType, content }) => {
    const file = fileName ? `; filename="${fileName}"` : ''
    return `--${boundary}\r\nContent-Disposition: name="${name}"${file}\r\nContent-Type: ${contentType}\r\n\r\n${content}\r\n`
  })
  return `${lines.join('')}--${boundary}--\r\n`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Renders XML attributes. Omits absent values. */
export function attributes(values: Record<string, string | undefined>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) => ` ${name}="${value?.replace(/[&<>"]/g, (character) => entities[character] ?? '')}"`,
    )
    .join('')
}

/** The part of a multipart request that describes its file. */
export const describe = (body: string): Part => ({
  name: 'request_payload',
  contentType: 'text/xml',
  content: wrap(body),
})
