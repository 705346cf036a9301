import { type Answer, attributes, describe, type TableauClient, TableauError } from './tableau-client.ts'

export interface PublishOptions {
  /** Text of `hashgate.tds` and `hashgate.twb`. */
  dataSource: string
  workbook: string
  /** Host name of the Redshift endpoint. */
  warehouse: string
  /** Password of the database user `tableau`. Absent: Tableau asks each viewer. */
  password?: string
  /** Name of the project. */
  project: string
  /** Whether to replace a data source or workbook with the same name. */
  overwrite: boolean
  /** Stores an extract, refreshed daily, instead of querying Redshift each time. */
  extract: boolean
  /** Name of the user who gets the workbook by mail each Monday. */
  subscriber?: string
  say: (line: string) => void
}

type Kind = 'datasource' | 'workbook'

const name = 'hashgate'
const refresh = { name: 'hashgate daily', frequency: 'Daily', start: '05:00:00', intervals: '' }
const mail = {
  name: 'hashgate weekly',
  frequency: 'Weekly',
  start: '06:00:00',
  intervals: '<intervals><interval weekDay="Monday"/></intervals>',
}
const subject = 'hashgate: the week'
/** Tableau requires a multi-part upload for a larger file. */
const maxFileBytes = 64_000_000

/**
 * Publishes the data source and the workbook. It can be repeated: existing schedules and subscriptions are kept.
 * @throws Error that states what Tableau refused and what to do
 */
export async function publish(client: TableauClient, options: PublishOptions): Promise<void> {
  const { extract, subscriber, password, say } = options
  if (!password && (extract || subscriber)) {
    throw new Error(
      'Refreshes and mails run without a user: set TABLEAU_DATABASE_PASSWORD to the password of the database user "tableau".',
    )
  }
  const projectId = await findByName(client, 'project', options.project)
  const userId = subscriber === undefined ? undefined : await findByName(client, 'user', subscriber)

  const dataSourceId = await publishFile(client, 'datasource', options.dataSource, projectId, options)
  const workbookId = await publishFile(client, 'workbook', options.workbook, projectId, options)
  if (extract) {
    await refreshDaily(client, 'datasource', dataSourceId)
    await refreshDaily(client, 'workbook', workbookId)
    say('Both have an encrypted extract, refreshed daily at 05:00.')
  }
  if (userId) {
    const isNew = await subscribe(client, workbookId, userId)
    say(`${subscriber} ${isNew ? 'gets' : 'already gets'} the workbook by mail on Mondays.`)
  }
}

async function findByName(
  { send }: TableauClient,
  kind: 'project' | 'user',
  wanted: string,
): Promise<string> {
  const answer = await send('GET', `${kind}s?filter=name:eq:${encodeURIComponent(wanted)}`)
  const found = itemsOf(answer, kind).find((item) => item.name === wanted)
  if (found) return found.id
  throw new Error(`The site has no ${kind} "${wanted}" that this token can see. Check the name.`)
}

/** The XML parser returns a list of one element as that element. */
const itemsOf = (answer: Answer, kind: string): Answer[] => [answer[`${kind}s`]?.[kind] ?? []].flat()

async function publishFile(
  { send }: TableauClient,
  kind: Kind,
  text: string,
  projectId: string,
  { warehouse, password, overwrite, say }: PublishOptions,
): Promise<string> {
  const content = text.replace(/(?<= server=')[^']*/g, warehouse)
  if (Buffer.byteLength(content) > maxFileBytes) throw new Error(`The ${kind} is larger than 64 MB.`)
  const credentials =
    password && `<connectionCredentials${attributes({ name: 'tableau', password, embed: 'true' })}/>`
  const showTabs = kind === 'workbook' ? 'true' : undefined
  const connections =
    kind === 'workbook' && credentials
      ? `<connections><connection${attributes({ serverAddress: warehouse, serverPort: '5439' })}>${credentials}</connection></connections>`
      : (credentials ?? '')
  const item = `<${kind}${attributes({ name, showTabs })}>${connections}<project${attributes({ id: projectId })}/></${kind}>`
  const extension = kind === 'datasource' ? 'tds' : 'twb'
  const file = {
    name: `tableau_${kind}`,
    fileName: `${name}.${extension}`,
    contentType: 'application/octet-stream',
    content,
  }
  const path = `${kind}s?${kind}Type=${extension}&overwrite=${overwrite}`
  const answer = await send('POST', path, [describe(item), file]).catch((error) => {
    if (!(error instanceof TableauError) || error.status !== 409) throw error
    throw new Error(`The project already has a ${kind} "${name}". Pass --overwrite to replace it.`, {
      cause: error,
    })
  })
  say(`Published the ${kind} ${answer[kind].webpageUrl ?? name}`)
  return answer[kind].id
}

/** Keeps an existing extract and task. */
async function refreshDaily(client: TableauClient, kind: Kind, id: string): Promise<void> {
  const { send, isCloud } = client
  await send('POST', `${kind}s/${id}/createExtract?encrypt=true`).catch(unlessThere)
  const tasks = itemsOf(await send('GET', 'tasks/extractRefreshes'), 'task')
  if (tasks.some(({ extractRefresh }) => extractRefresh?.[kind]?.id === id)) return
  const target = `<${kind}${attributes({ id })}/>`
  if (isCloud) {
    const task = `<extractRefresh type="FullRefresh">${target}</extractRefresh>${scheduleOf(refresh)}`
    await send('POST', 'tasks/extractRefreshes', task)
    return
  }
  const scheduleId = await findOrCreateSchedule(client, refresh, 'Extract')
  const task = `<task><extractRefresh>${target}</extractRefresh></task>`
  await send('PUT', `schedules/${scheduleId}/${kind}s`, task)
}

function unlessThere(error: Error): void {
  if (!(error instanceof TableauError) || error.status !== 409) throw error
}

type Schedule = typeof refresh

const details = ({ start, intervals }: Schedule) =>
  `<frequencyDetails${attributes({ start })}>${intervals}</frequencyDetails>`

const scheduleOf = (schedule: Schedule) =>
  `<schedule${attributes({ frequency: schedule.frequency })}>${details(schedule)}</schedule>`

async function findOrCreateSchedule(
  { send }: TableauClient,
  schedule: Schedule,
  type: 'Extract' | 'Subscription',
): Promise<string> {
  const found = itemsOf(await send('GET', '/schedules?pageSize=1000'), 'schedule').find(
    (item) => item.name === schedule.name && item.type === type,
  )
  if (found) return found.id
  const values = {
    name: schedule.name,
    priority: '50',
    type,
    frequency: schedule.frequency,
    executionOrder: 'Parallel',
  }
  const body = `<schedule${attributes(values)}>${details(schedule)}</schedule>`
  const answer = await send('POST', '/schedules', body).catch((error) => {
    if (!(error instanceof TableauError) || error.status !== 403) throw error
    throw new Error(
      `Only a server administrator can create the schedule "${schedule.name}". Ask one to create it (type ${type}), then run this command again.`,
      { cause: error },
    )
  })
  return answer.schedule.id
}

/** @returns false when the user was subscribed already */
async function subscribe(client: TableauClient, workbookId: string, userId: string): Promise<boolean> {
  const { send, isCloud } = client
  const subscribed = itemsOf(await send('GET', 'subscriptions?pageSize=1000'), 'subscription')
  if (subscribed.some((item) => item.user?.id === userId && item.content?.id === workbookId)) return false
  const scheduleId = isCloud ? undefined : await findOrCreateSchedule(client, mail, 'Subscription')
  const values = { subject, attachImage: 'true', attachPdf: 'true' }
  const content = `<content${attributes({ id: workbookId, type: 'Workbook' })}/>`
  const user = `<user${attributes({ id: userId })}/>`
  const schedule = scheduleId ? `<schedule${attributes({ id: scheduleId })}/>` : ''
  const subscription = `<subscription${attributes(values)}>${content}${schedule}${user}</subscription>`
  await send('POST', 'subscriptions', isCloud ? `${subscription}${scheduleOf(mail)}` : subscription)
  return true
}
