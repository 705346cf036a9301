import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { XMLParser } from 'fast-xml-parser'
import type { Test } from 'tap'

interface Item {
  id: string
  name: string
  [field: string]: string
}

export const tokenSecret = 'qlE1g9MMh9vbrjjg==:rZTHhPpP2tUW1kfn4tjg8'

const namespaces =
  'xmlns="http://tableau.com/api" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://tableau.com/api https://help.tableau.com/samples/en-us/rest_api/ts-api_3_28.xsd"'
const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' })

/**
 * A double of the part of Tableau Server's REST API that `npm run tableau` uses. Source: "Signing In and Signing Out", "Publishing
 * Resources", "Handling Errors", and the methods for projects, users, data sources, workbooks, extracts, schedules and subscriptions.
 */
export async function startTableauDouble(t: Test) {
  const state = {
    version: '3.28',
    isAdministrator: true,
    /** Drops the connection for requests that match, such as `POST workbooks`. */
    drop: /^$/,
    requests: [] as string[],
    files: new Map<string, string>(),
    payloads: new Map<string, string>(),
    datasources: [] as Item[],
    workbooks: [] as Item[],
    schedules: [] as Item[],
    refreshes: [] as { target: string; schedule: string }[],
    extracts: new Set<string>(),
    subscriptions: [] as { user: string; content: string; schedule: string }[],
    sessions: new Set<string>(),
  }
  const named = {
    projects: [
      { id: 'project-1', name: 'Default' },
      { id: 'project-2', name: 'default' },
    ],
    users: [{ id: 'user-2', name: 'ada@example.com' }],
  }

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
    const [, version, rest = ''] = /^\/api\/([\d.]+)\/(.*)$/.exec(pathname) ?? []
    const body = await text(request)
    const path = rest.replace(/^sites\/site-1\//, '')
    const line = `${request.method} ${path}`
    state.requests.push(line)
    if (state.drop.test(line)) return request.socket.destroy()
    const send = (status: number, content: string) =>
      response
        .writeHead(status, { 'content-type': 'application/xml' })
        .end(`<?xml version='1.0' encoding='UTF-8'?><tsResponse ${namespaces}>${content}</tsResponse>`)
    const fail = (status: number, code: string, summary: string, detail: string) =>
      send(status, `<error code="${code}"><summary>${summary}</summary><detail>${detail}</detail></error>`)

    if (path === 'serverInfo') {
      return send(
        200,
        `<serverInfo><productVersion build="20261.26.0101.0000">2026.1</productVersion><restApiVersion>${state.version}</restApiVersion></serverInfo>`,
      )
    }
    if (version !== state.version) return fail(404, '404000', 'Resource Not Found', 'Unsupported version')
    if (path === 'auth/signin') {
      const { credentials } = parser.parse(body).tsRequest
      const isRight =
        credentials.personalAccessTokenSecret === tokenSecret && credentials.site.contentUrl === 'pictures'
      if (!isRight) return fail(401, '401001', 'Signin Error', 'Error signing in to Tableau Server')
      state.sessions.add('session-1')
      return send(
        200,
        '<credentials token="session-1"><site id="site-1" contentUrl="pictures"/><user id="user-1"/></credentials>',
      )
    }
    if (!state.sessions.has(String(request.headers['x-tableau-auth']))) {
      return fail(401, '401002', 'Unauthorized Access', 'Invalid authentication credentials were provided.')
    }
    if (path === 'auth/signout') {
      state.sessions.clear()
      return response.writeHead(204).end()
    }
    if (line === 'GET projects' || line === 'GET users') {
      const kind = path as 'projects' | 'users'
      const wanted = searchParams.get('filter')?.replace('name:eq:', '').toLowerCase()
      const found = named[kind].filter(({ name }) => name.toLowerCase() === wanted)
      return send(
        200,
        `<pagination pageNumber="1" pageSize="100" totalAvailable="${found.length}"/><${kind}>${found.map(({ id, name }) => `<${kind.slice(0, -1)} id="${id}" name="${name}"/>`).join('')}</${kind}>`,
      )
    }
    if (line === 'POST datasources' || line === 'POST workbooks')
      return publish(path as 'datasources' | 'workbooks')
    const [, extractOf] = /^POST \w+\/(.*)\/createExtract$/.exec(line) ?? []
    if (extractOf) {
      if (searchParams.get('encrypt') !== 'true') return fail(400, '400000', 'Bad Request', 'not encrypted')
      if (state.extracts.has(extractOf)) return fail(409, '409089', 'Extract already exists', extractOf)
      state.extracts.add(extractOf)
      return send(200, '<job id="job-1" mode="Asynchronous" type="CreateExtracts"/>')
    }
    if (line === 'GET schedules') {
      return send(
        200,
        `<schedules>${state.schedules.map(({ id, name, type }) => `<schedule id="${id}" name="${name}" type="${type}"/>`).join('')}</schedules>`,
      )
    }
    if (line === 'POST schedules') {
      if (!state.isAdministrator)
        return fail(403, '403004', 'Forbidden', 'Only server administrators can create schedules.')
      const { schedule } = parser.parse(body).tsRequest
      const id = `schedule-${state.schedules.length + 1}`
      state.schedules.push({ ...schedule, id, start: schedule.frequencyDetails.start })
      return send(201, `<schedule id="${id}" name="${schedule.name}"/>`)
    }
    const [, scheduleId] = /^PUT schedules\/(.*)\/(?:datasource|workbook)s$/.exec(line) ?? []
    if (scheduleId) {
      const { extractRefresh } = parser.parse(body).tsRequest.task
      state.refreshes.push({
        target: (extractRefresh.datasource ?? extractRefresh.workbook).id,
        schedule: scheduleId,
      })
      return send(200, '<task/>')
    }
    if (line === 'GET subscriptions') {
      return send(
        200,
        `<subscriptions>${state.subscriptions.map(({ user, content, schedule }) => `<subscription id="s"><content id="${content}" type="Workbook"/><schedule id="${schedule}"/><user id="${user}"/></subscription>`).join('')}</subscriptions>`,
      )
    }
    if (line === 'GET tasks/extractRefreshes') {
      const tasks = state.refreshes.map(
        ({ target }) =>
          `<task><extractRefresh id="t"><${target.replace(/-.*/, '')} id="${target}"/></extractRefresh></task>`,
      )
      return send(200, `<tasks>${tasks.join('')}</tasks>`)
    }
    if (line === 'POST tasks/extractRefreshes') {
      const { extractRefresh, schedule } = parser.parse(body).tsRequest
      const { id } = extractRefresh.datasource ?? extractRefresh.workbook
      state.refreshes.push({
        target: id,
        schedule: `${schedule.frequency} ${schedule.frequencyDetails.start}`,
      })
      return send(200, '<extractRefresh id="task-1" type="FullRefresh"/>')
    }
    if (line === 'POST subscriptions') {
      const { subscription, schedule } = parser.parse(body).tsRequest
      const { content, user } = subscription
      const planned = schedule
        ? `${schedule.frequency} ${schedule.frequencyDetails.intervals.interval.weekDay}`
        : subscription.schedule.id
      state.subscriptions.push({ user: user.id, content: content.id, schedule: planned })
      return send(201, '<subscription id="s"/>')
    }
    return fail(404, '404000', 'Resource Not Found', line)

    function publish(kind: 'datasources' | 'workbooks') {
      const boundary = /^multipart\/mixed; ?boundary=(.+)$/.exec(request.headers['content-type'] ?? '')?.[1]
      const parts = body.split(`--${boundary}`).slice(1, -1)
      const contentOf = (name: string) =>
        parts
          .find((part) => part.includes(`name="${name}"`))
          ?.split('\r\n\r\n')
          .slice(1)
          .join('\r\n\r\n')
          .trimEnd() ?? ''
      const single = kind.slice(0, -1)
      const item = parser.parse(contentOf('request_payload')).tsRequest[single]
      const exists = state[kind].some(({ name }) => name === item.name)
      if (exists && searchParams.get('overwrite') !== 'true') {
        return fail(409, '409004', 'Resource Conflict', `${single} already exists`)
      }
      if (!exists) state[kind].push({ id: `${single}-1`, name: item.name, project: item.project.id })
      state.files.set(single, contentOf(`tableau_${single}`))
      state.payloads.set(single, contentOf('request_payload'))
      return send(
        201,
        `<${single} id="${single}-1" name="${item.name}" webpageUrl="https://tableau.example.com/#/site/pictures/${kind}/1"/>`,
      )
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return { state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
